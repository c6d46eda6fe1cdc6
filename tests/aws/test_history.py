"""Rows of what was heard: small, ending in time, safe from each other's writers."""

import hashlib
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.aws.rows import HistoryRow
from pm_assistant.aws.stores import DynamoStores, history
from pm_assistant.aws.stores.history import HEARD, LARGEST_PACK
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.history import Keeping, PastConversation
from pm_assistant.domain.word_counts import PLACES, WordCounts
from tests.aws.emulated import dynamo
from tests.builders import ACME, GLOBEX, NOW, a_conversation, a_heard_conversation, a_message

KEEPING = Keeping(NOW, days=90)


@pytest.fixture(scope="module")
def stores() -> Iterator[DynamoStores]:
    """The stores on an emulated DynamoDB."""
    with dynamo() as real:
        yield real


def heard(offset: float, *terms: str) -> PastConversation:
    """A message of Ada's with these terms."""
    return a_heard_conversation(a_message(offset, " ".join(terms)))


def hear(stores: DynamoStores, offset: float, author: str) -> None:
    """Have a message kept."""
    said = a_message(offset, author=author)
    stores.history.keep(ACME, a_conversation(said), [a_heard_conversation(said)], KEEPING)


def test_of_what_is_too_much_for_a_row_the_latest_is_packed() -> None:
    """However long the words are; a conversation that is too long by itself is not."""
    many = [heard(-9_000 * n, *(f"w{n * 997 % 89}x{term * 7919}" for term in range(24))) for n in range(60)]
    packed, kept = HEARD.pack(many)

    assert LARGEST_PACK // 2 < len(packed) <= LARGEST_PACK
    assert many[: len(kept)] == kept == HEARD.unpack(packed)
    assert [] == HEARD.pack([heard(0, *(hashlib.sha256(bytes([n])).hexdigest() for n in range(200)))])[1]


def test_sixty_ordinary_conversations_have_room() -> None:
    """A few words each, many of them shared."""
    words = ["checkout", "coupon", "invoice", "deploy", "search", "login", "export", "webhook", "staging", "queue"]
    many = [heard(-9_000 * n, *(words[(n * k) % 10] for k in (1, 2, 3, 7)), f"detail{n}") for n in range(60)]

    assert many == HEARD.pack(many)[1]


def test_what_another_version_of_us_has_packed_is_forgotten() -> None:
    """It is a memory: nothing depends on it."""
    assert [] == HEARD.unpack(zlib.compress(b'[2,[["something","else"]]]'))


def test_counts_of_words_have_room_in_a_row_however_many_they_are() -> None:
    """They are halved until they do, which says as much of them."""
    many = WordCounts(2_000, tuple(zlib.crc32(bytes(count)) % 2_000 for count in range(PLACES)), NOW)
    packed = history._packed(many, NOW)
    counts = history._counted(packed)

    assert (True, True) == (len(packed) <= LARGEST_PACK, 0 < counts.conversations < many.conversations)
    assert max(counts.places) <= counts.conversations


def test_counts_of_words_are_read_as_they_were_packed() -> None:
    """Also those that are more than a byte holds."""
    counts = WordCounts(700, (0, 1, 255, 256, 700, *[0] * (PLACES - 5)), NOW)

    assert counts == history._counted(history._packed(counts, NOW))


def test_counts_of_words_that_another_version_of_us_has_packed_are_forgotten() -> None:
    """Whatever it has changed."""
    begun = WordCounts().after_saying(["coupon"], now=NOW, days=90)
    packed = history._packed(begun, NOW)
    assert begun == history._counted(packed)
    content = zlib.decompress(packed)
    for other in (bytes([history._COUNTS_FORM + 1]) + content[1:], content[:-1]):
        assert WordCounts() == history._counted(zlib.compress(other))


def test_two_conversations_are_both_counted(stores: DynamoStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second counts on what the first has written; the row ends when nothing more is counted."""
    put, interrupted = HistoryRow.put, list[HistoryRow]()

    def after_another(row: HistoryRow, condition: Any = None) -> bool:
        if not interrupted:
            interrupted.append(row)
            stores.history.count(GLOBEX, ["coupon"], KEEPING)
        return put(row, condition)

    monkeypatch.setattr(HistoryRow, "put", after_another)
    stores.history.count(GLOBEX, ["coupon", "tax"], KEEPING)

    counts = stores.history.read(GLOBEX, []).words
    assert (2, 2, 1) == (counts.conversations, *map(counts.of, ("coupon", "tax")))
    row = HistoryRow.find(GLOBEX, "WORD_COUNTS")
    assert row is not None
    assert NOW + timedelta(days=90) == row.expires_at


def test_a_conversation_that_is_always_forestalled_is_not_counted(
    stores: DynamoStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of many says nothing, and nobody waits for it."""
    tried = list[int]()
    monkeypatch.setattr(HistoryRow, "put", lambda *_: tried.append(1))

    stores.history.count(ACME, ["coupon"], KEEPING)
    assert history.ATTEMPTS == len(tried)


def test_a_row_ends_with_the_first_of_what_it_holds(stores: DynamoStores) -> None:
    """DynamoDB then removes it, whoever has spoken since."""
    for offset in (0, 9_000):
        hear(stores, offset, "U0ENDS")

    row = HistoryRow.find(ACME, "HEARD#U0ENDS")
    assert row is not None
    assert NOW + timedelta(days=90) == row.expires_at


def test_nothing_is_written_where_nothing_changes(stores: DynamoStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judgement that is repeated reads."""
    hear(stores, 0, "U0SAME")
    monkeypatch.setattr(HistoryRow, "put", pytest.fail)
    hear(stores, 0, "U0SAME")


def test_two_conversations_of_one_speaker_do_not_undo_each_other(
    stores: DynamoStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes second reads what the first has written."""
    put, interrupted = HistoryRow.put, list[HistoryRow]()

    def after_another(row: HistoryRow, condition: Any = None) -> bool:
        if not interrupted:
            interrupted.append(row)
            hear(stores, 9_000, "U0BUSY")
        return put(row, condition)

    monkeypatch.setattr(HistoryRow, "put", after_another)
    hear(stores, 0, "U0BUSY")

    kept = stores.history.read(ACME, ["U0BUSY"]).recent["U0BUSY"]
    assert [a_message(offset).ts for offset in (9_000, 0)] == [each.root_ts for each in kept]


def test_a_row_that_keeps_changing_is_left_to_a_repetition(
    stores: DynamoStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried a few times."""
    tried = list[int]()
    monkeypatch.setattr(HistoryRow, "put", lambda *_: tried.append(1))

    with pytest.raises(Conflict):
        hear(stores, 0, "U0NEVER")
    assert history.ATTEMPTS == len(tried)
