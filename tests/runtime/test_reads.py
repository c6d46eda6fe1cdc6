"""Reads are made at the same time, by threads that a container keeps."""

import threading

import pytest

from pm_assistant.domain.errors import NotFound
from pm_assistant.runtime.reads import MOST_AT_ONCE
from pm_assistant.runtime.settings import StoreSettings
from pm_assistant.runtime.unit import AwsUnit
from tests.builders import ACME

PATIENCE = 60
"""In seconds, until a thread that nobody meets gives up."""
UNIT = AwsUnit(StoreSettings(table_name="t"), ACME)


def threads_of_a_block() -> set[int]:
    """Who reads where as many reads meet as there may be."""
    everybody_is_there = threading.Barrier(MOST_AT_ONCE, timeout=PATIENCE)

    def meet() -> int:
        everybody_is_there.wait()
        return threading.get_ident()

    with UNIT.side_by_side() as reads:
        met = [reads.submit(meet) for _ in range(MOST_AT_ONCE)]
    return {read.result() for read in met}


def test_reads_that_do_not_wait_for_each_other_are_made_at_the_same_time() -> None:
    """As many as a page needs; an error is for whoever asks for the result, and none outlives the block."""
    everybody_is_there = threading.Barrier(MOST_AT_ONCE, timeout=PATIENCE)

    def lost() -> None:
        raise NotFound("lost")

    with UNIT.side_by_side() as reads:
        met = [reads.submit(everybody_is_there.wait) for _ in range(MOST_AT_ONCE)]
        missing = reads.submit(lost)

    assert all(read.done() for read in met)
    assert missing.done()
    assert {*range(MOST_AT_ONCE)} == {read.result() for read in met}
    with pytest.raises(NotFound):
        missing.result()


def test_the_next_block_is_read_by_the_same_threads() -> None:
    """To begin a thread takes as long as a read."""
    assert threads_of_a_block() == threads_of_a_block()


def test_reads_that_have_others_made_do_not_wait_for_themselves() -> None:
    """As many of them as there are readers, and each comes to its end."""
    everybody_is_there = threading.Barrier(MOST_AT_ONCE, timeout=PATIENCE)

    def have_read() -> str:
        everybody_is_there.wait()
        with UNIT.side_by_side() as further:
            return further.submit(str, "read").result(timeout=PATIENCE)

    with UNIT.side_by_side() as reads:
        read = [reads.submit(have_read) for _ in range(MOST_AT_ONCE)]

    assert ["read"] * MOST_AT_ONCE == [each.result() for each in read]


def test_nothing_is_read_behind_the_block() -> None:
    """Nobody would wait for it."""
    with UNIT.side_by_side() as reads:
        pass

    with pytest.raises(RuntimeError, match="behind the block"):
        reads.submit(str, "late")
