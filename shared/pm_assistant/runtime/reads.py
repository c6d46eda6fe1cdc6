"""Reads that are made at the same time, each in a thread, as clients of AWS may be shared.

The threads are the container's, and wait for its next request: to begin one takes about as long as to read a row.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import Any

MOST_AT_ONCE = 8
"""Reads; a client keeps ten connections (botocore, `max_pool_connections`)."""

_thread = threading.local()


def _mark() -> None:
    _thread.is_reader = True


_readers = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="reads", initializer=_mark)


def side_by_side() -> Executor:
    """What makes several reads at the same time; none goes on behind its block.

    A read that has others made has threads of its own for them: if all readers waited for readers, none would read.
    """
    return ThreadPoolExecutor(MOST_AT_ONCE) if hasattr(_thread, "is_reader") else _Block()


class _Block(Executor):
    """What one block has the container's readers do."""

    def __init__(self) -> None:
        self._begun: list[Future[Any]] = []
        self._is_over = False

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have something read.

        Raises:
            RuntimeError: the block has been left.
        """
        if self._is_over:
            raise RuntimeError("nothing is read behind the block")
        begun = _readers.submit(fn, *args, **kwargs)
        self._begun.append(begun)
        return begun

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what is still being read; the readers go on to the next block."""
        self._is_over = True
        wait_for(self._begun)
