"""PM Assistant: keeps a team's tickets true to what its people say."""

import gc
from collections.abc import Callable
from functools import wraps

MOST_LOADED = 300_000
"""More objects than any function has made when all that it needs is there."""


def ends_loading[**P, R](handler: Callable[P, R]) -> Callable[P, R]:
    """Make a function's first call the end of its loading: what is in memory then is never looked through again."""

    @wraps(handler)
    def handle(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return handler(*args, **kwargs)
        finally:
            if _collect_as_usual in gc.callbacks:
                _collect_as_usual("stop", None)
                gc.freeze()

    return handle


def _collect_as_usual(phase: str, _: object) -> None:
    if phase == "stop":
        gc.callbacks.remove(_collect_as_usual)
        gc.set_threshold(*_usual)


# What a process loads stays: looking through it for garbage every few hundred objects finds none, and takes a tenth of
# the time until the first answer. What requests leave behind is garbage, and may hold on to much that is not counted:
# a first call that makes very much of it, and whatever is no function, collects from `MOST_LOADED` objects on.
_usual = gc.get_threshold()
gc.callbacks.append(_collect_as_usual)
gc.set_threshold(MOST_LOADED, *_usual[1:])
