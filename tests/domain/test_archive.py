"""Archives: what is written can be read, and whatever else comes is refused by name before it can do harm."""

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain import archive as archives
from pm_assistant.domain.archive import LONGEST_LINE, MANIFEST, MOST_BYTES, MOST_FILES, Archive, pack
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import Record
from tests.builders import NOW

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
records = st.lists(
    st.builds(Record, kind=st.sampled_from(["member", "ticket"]), data=st.dictionaries(st.text(), values, max_size=4)),
    max_size=12,
).map(lambda found: sorted(found, key=lambda record: record.kind))


def a_zip(files: Iterable[tuple[str, bytes]], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, inside in files:
            archive.writestr(name, inside)
    return content.getvalue()


def a_manifest(**counts: int) -> tuple[str, bytes]:
    """A manifest that promises so many records of each kind."""
    return MANIFEST, json.dumps({"format": 1, "created_at": NOW.isoformat(), "counts": counts}).encode()


def everything(content: bytes) -> list[Record]:
    """All records of an archive."""
    archive = Archive(content)
    return [record for kind in archive.kinds for record in archive.records(kind)]


@pytest.mark.thorough
@given(records)
def test_what_is_packed_is_read(found: list[Record]) -> None:
    """Whatever people wrote, in the order it came, and counted."""
    content, manifest = pack(found, created_at=NOW)

    assert found == everything(content)
    assert manifest == Archive(content).manifest
    assert len(found) == sum(manifest.counts.values())


def test_the_same_records_make_the_same_file() -> None:
    """Wherever it is made: time is an argument, and its zone does not show."""
    found = [Record(kind="member", data={"id": "1"})]

    here, there = (pack(found, created_at=at)[0] for at in (NOW, NOW.astimezone(timezone(timedelta(hours=5)))))

    assert here == there


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ([("ticket.jsonl", b"{}\n")], "no manifest.json"),
        ([(MANIFEST, b"{")], "manifest.json"),
        ([(MANIFEST, b'{"format": 2, "created_at": "2026-01-01T00:00:00Z", "counts": {}}')], "manifest.json .*format"),
        ([a_manifest(ticket=1)], "no ticket.jsonl"),
        ([a_manifest(ticket=2), ("ticket.jsonl", b"{}\n")], "ticket.jsonl has 1 lines"),
        ([a_manifest(ticket=1), ("ticket.jsonl", b"{}\n{}\n")], "ticket.jsonl has 2 lines"),
        ([a_manifest(ticket=2), ("ticket.jsonl", b"{}\nnull\n")], "ticket.jsonl, line 2"),
        ([a_manifest(ticket=2), ("ticket.jsonl", b"{}\n\xff\n")], "ticket.jsonl, line 2"),
        ([a_manifest(ticket=2), ("ticket.jsonl", b"{}\n" + b'{"a":' * 5000 + b"\n")], "ticket.jsonl, line 2"),
        ([a_manifest(ticket=2), ("ticket.jsonl", b"{}\n" + b" " * (LONGEST_LINE + 9) + b"\n")], "ticket.jsonl, line 2"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(files: list[tuple[str, bytes]], named: str) -> None:
    """Whoever brings it can find it."""
    with pytest.raises(InvalidRequest, match=named):
        everything(a_zip(files))


@pytest.mark.parametrize(
    "name",
    [
        "../ticket.jsonl",
        "/etc/passwd",
        "C:\\\\ticket.jsonl",
        "a/ticket.jsonl",
        "ticket.jsonl/",
        "ticket.JSONL",
        "ticket.jsonl\n",
        ".jsonl",
        "ticket.json",
        "tičket.jsonl",
    ],
)
def test_no_name_but_an_exports_own_is_taken(name: str) -> None:
    """A path is no name, and neither is what only looks like one."""
    with pytest.raises(InvalidRequest, match="none that an export has"):
        Archive(a_zip([a_manifest(), (name, b"")]))


def test_a_name_is_there_once() -> None:
    """Of two files of one name, which one was checked?"""
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = a_zip([a_manifest(), ("ticket.jsonl", b""), ("ticket.jsonl", b"")])

    with pytest.raises(InvalidRequest, match="two of one name"):
        Archive(twice)


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the files say of their sizes is added up before a byte of them is decompressed."""
    bomb = a_zip([a_manifest(ticket=1), *((f"{kind}.jsonl", b" " * 1_000_000) for kind in "abc")])
    monkeypatch.setattr(archives, "MOST_BYTES", 2_000_000)

    with pytest.raises(InvalidRequest, match="more than 2000000 bytes"):
        Archive(bomb)
    assert len(bomb) * 100 < MOST_BYTES


def test_a_bomb_that_lies_about_its_size_is_cut_off() -> None:
    """No more is read than the file says it holds; that it held more comes out."""
    honest = a_zip([a_manifest(ticket=1), ("ticket.jsonl", b" " * 5_000_000)])
    size = (5_000_000).to_bytes(4, "little")

    with pytest.raises(InvalidRequest, match=r"damaged|line 1"):
        everything(honest.replace(size, (10).to_bytes(4, "little")))


def test_there_are_only_so_many_files() -> None:
    """The table of contents is bounded before it is read."""
    many = a_zip([a_manifest(), *((f"{'a' * (n % 39 + 1)}{'b' * (n // 39)}.jsonl", b"") for n in range(MOST_FILES))])
    myriads = a_zip([a_manifest(), *((f"{n}.jsonl", b"") for n in range(5_000))])

    for content in (many, myriads):
        with pytest.raises(InvalidRequest, match=f"more than {MOST_FILES} files"):
            Archive(content)


def test_a_large_table_of_contents_cannot_be_smuggled_past() -> None:
    """A zip64 locator would send the reader to another, of any length."""
    plain = a_zip([a_manifest()])

    with pytest.raises(InvalidRequest):
        Archive(plain[:-22] + b"PK\x06\x07" + bytes(16) + plain[-22:])
    with pytest.raises(InvalidRequest):
        Archive(plain[:-2] + b"\x05\x00hello")


def test_what_is_packed_otherwise_is_not_read() -> None:
    """Two ways are enough, and neither needs a password."""
    encrypted = bytearray(a_zip([a_manifest()]))
    directory = encrypted.rindex(b"PK\x01\x02")
    encrypted[directory + 8] |= 1

    for content in (
        bytes(encrypted),
        a_zip([a_manifest()], zipfile.ZIP_LZMA),
        a_zip([a_manifest()], zipfile.ZIP_BZIP2),
    ):
        with pytest.raises(InvalidRequest, match="encrypted or packed"):
            Archive(content)


@given(st.binary(max_size=300))
def test_what_is_no_zip_file_is_refused(content: bytes) -> None:
    """Whatever it is."""
    with pytest.raises(InvalidRequest):
        Archive(content)


@given(st.data())
def test_damage_is_noticed_or_harmless(data: st.DataObject) -> None:
    """Nothing but our own error leaves, whichever bytes are wrong."""
    content = bytearray(pack([Record(kind="member", data={"id": str(n)}) for n in range(9)], created_at=NOW)[0])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        found = everything(bytes(content))
    except InvalidRequest:
        return
    assert 9 == len(found)


def test_an_archive_of_too_many_records_is_refused_by_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones fit into few bytes, and each takes its time; what is not told of is not read either."""
    monkeypatch.setattr(archives, "MOST_RECORDS", 3)
    with pytest.raises(InvalidRequest, match="more than 3 records"):
        Archive(a_zip([a_manifest(member=2, ticket=2), ("member.jsonl", b"{}\n" * 2), ("ticket.jsonl", b"{}\n" * 2)]))
    with pytest.raises(InvalidRequest, match="more than 3 records"):
        Archive(a_zip([a_manifest(member=4, ticket=-4)]))

    lying = Archive(a_zip([a_manifest(member=1), ("member.jsonl", b"{}\n" * 9)]))
    read = lying.records("member")
    assert next(read)
    with pytest.raises(InvalidRequest, match="2 lines or more"):
        next(read)
