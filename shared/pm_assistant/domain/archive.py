"""A tenant's records in one file that people can keep: a zip with a manifest and a file of JSON lines for each kind.

What is read here may come from anybody. Nothing is unpacked to disk, names are compared and never used as paths, and
how much is decompressed is bounded before anything is.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import Any, Literal

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.portability import EXPORT_ONLY

MANIFEST = "manifest.json"
MOST_BYTES = 512_000_000
"""Of all files together, decompressed."""
MOST_FILES = 32
MOST_RECORDS = 500_000
"""Of all kinds together: what one step of an import can check in its time."""
LONGEST_LINE = 1_000_000
LARGEST_DIRECTORY = 16_384
"""Bytes of the zip's table of contents, which is read as a whole before the first entry can be looked at."""

WHOLE = "archive"
"""What is named where no file of it can be."""
NO_ARCHIVE = Translatable("it is not a zip file as we write it")

_FILE = re.compile(r"([a-z_]{1,40})\.jsonl")
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"


@cache
def _fields() -> TypeAdapter[dict[str, Any]]:
    return TypeAdapter(dict[str, Any])


class Manifest(Model):
    """What an archive says of itself.

    Attributes:
        format: grows when archives change so that older readers would misread them.
        counts: how many records of each kind there are.
        restored: the kinds that an import brings back; the others are there to be read.
    """

    format: Literal[1] = 1
    created_at: AwareDatetime
    counts: dict[str, int]
    restored: tuple[str, ...] = ()


def pack(records: Iterable[Record], *, created_at: datetime) -> tuple[bytes, Manifest]:
    """Write an archive of records that come one kind after the other; the same records make the same bytes."""
    content, counts = io.BytesIO(), dict[str, int]()
    with zipfile.ZipFile(content, "w") as archive:
        for kind, alike in groupby(records, key=lambda record: record.kind):
            with archive.open(_entry(f"{kind}.jsonl", created_at), "w") as file:
                for record in alike:
                    file.write(_fields().dump_json(record.data) + b"\n")
                    counts[kind] = counts.get(kind, 0) + 1
        restored = tuple(kind for kind in counts if kind not in EXPORT_ONLY)
        manifest = Manifest(created_at=created_at.astimezone(UTC), counts=counts, restored=restored)
        archive.writestr(_entry(MANIFEST, created_at), manifest.model_dump_json(indent=2))
    return content.getvalue(), manifest


class Archive:
    """An archive that somebody brought.

    Args:
        content: the whole file.

    Raises:
        InvalidRequest: it is not such an archive, or larger than we read; names the file.
    """

    def __init__(self, content: bytes) -> None:
        _check_ending(content)
        with _readable(WHOLE):
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        entries = self._zip.infolist()
        names = [entry.filename for entry in entries]
        if len(names) > MOST_FILES or len(set(names)) < len(names):
            words = Translatable("the archive has more than {most} files, or two of one name", most=str(MOST_FILES))
            raise InvalidRequest(words, field=WHOLE)
        for entry in entries:
            _check(entry)
        # What an entry says of its size is an upper bound: zipfile reads no further.
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            words = Translatable("the archive holds more than {most} bytes", most=str(MOST_BYTES))
            raise InvalidRequest(words, field=WHOLE)
        if MANIFEST not in names:
            raise InvalidRequest(Translatable("the archive has no {file}", file=MANIFEST), field=MANIFEST)
        self.kinds = tuple(match[1] for name in names if (match := _FILE.fullmatch(name)))
        self.manifest = self._manifest()

    def records(self, kind: str) -> Iterator[Record]:
        """The records of a kind, line by line.

        Raises:
            InvalidRequest: a line cannot be read, or there are not as many as the manifest says; names file and line.
        """
        name, number = f"{kind}.jsonl", 0
        for number, line in enumerate(self._lines(name), start=1):
            try:
                yield Record(kind=kind, data=_fields().validate_json(line))
            except ValidationError as error:
                raise _bad_line(name, number, Translatable("it is not a JSON object")) from error
        if number != self.manifest.counts.get(kind, 0):
            words = Translatable("{file} has {count} lines, the manifest says otherwise", file=name, count=str(number))
            raise InvalidRequest(words, field=name)

    def _lines(self, name: str) -> Iterator[bytes]:
        with _readable(name), self._zip.open(name) as file:
            number = 1
            while line := file.readline(LONGEST_LINE + 1):
                if len(line) > LONGEST_LINE:
                    raise _bad_line(name, number, Translatable("it is too long"))
                if number > self.manifest.counts.get(name.removesuffix(".jsonl"), 0):
                    raise InvalidRequest(
                        Translatable(
                            "{file} has {count} lines or more, the manifest says otherwise",
                            file=name,
                            count=str(number),
                        ),
                        field=name,
                    )
                yield line
                number += 1

    def _manifest(self) -> Manifest:
        with _readable(MANIFEST), self._zip.open(MANIFEST) as file:
            content = file.read(LONGEST_LINE)
        try:
            manifest = Manifest.model_validate_json(content)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"]) or MANIFEST
            words = Translatable(
                "the archive's {file} is not as an export writes it: {field}", file=MANIFEST, field=where
            )
            raise InvalidRequest(words, field=MANIFEST) from error
        if sum(manifest.counts.values()) > MOST_RECORDS or min(manifest.counts.values(), default=0) < 0:
            words = Translatable("the archive holds more than {most} records", most=str(MOST_RECORDS))
            raise InvalidRequest(words, field=MANIFEST)
        missing = {kind for kind, count in manifest.counts.items() if count} - set(self.kinds)
        if missing:
            words = Translatable("the archive has no {file}", file=min(missing)[:40] + ".jsonl")
            raise InvalidRequest(words, field=MANIFEST)
        return manifest


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _check_ending(content: bytes) -> None:
    """Refuse what zipfile would read a table of contents of any length from (APPNOTE.TXT 4.3.14 to 4.3.16)."""
    end = content[-22:]
    if len(end) < 22 or not end.startswith(_END) or end[20:] != b"\0\0":
        raise InvalidRequest(NO_ARCHIVE, field=WHOLE)
    (length,) = struct.unpack("<L", end[12:16])
    if length > LARGEST_DIRECTORY or content[-42:-38] == _END_64:
        words = Translatable("the archive has more than {most} files", most=str(MOST_FILES))
        raise InvalidRequest(words, field=WHOLE)


def _check(entry: zipfile.ZipInfo) -> None:
    if entry.filename != MANIFEST and not _FILE.fullmatch(entry.filename):
        raise InvalidRequest(Translatable("a file of the archive is none that an export has"), field=WHOLE)
    if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        words = Translatable("{file} is encrypted or packed in a way we do not read", file=entry.filename)
        raise InvalidRequest(words, field=entry.filename)


def _bad_line(name: str, number: int, problem: Translatable) -> InvalidRequest:
    words = Translatable("{file}, line {number}: {problem}", file=name, number=str(number), problem=problem)
    return InvalidRequest(words, field=name)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        words = NO_ARCHIVE if name == WHOLE else Translatable("the archive's {file} is damaged", file=name)
        raise InvalidRequest(words, field=name) from error
