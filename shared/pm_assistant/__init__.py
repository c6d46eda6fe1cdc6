"""PM Assistant: keeps a team's tickets true to what its people say."""

import gc

LOADED = 100_000
"""About as many objects as a function has made when all that it needs is there."""


def _collect_as_usual(phase: str, _: object) -> None:
    if phase == "stop":
        gc.callbacks.remove(_collect_as_usual)
        gc.set_threshold(*_usual)


# What a process loads stays: looking through it for garbage every few hundred objects finds none, and takes a tenth of
# the time until the first answer. What requests leave behind is garbage, and may hold on to much that is not counted.
_usual = gc.get_threshold()
gc.callbacks.append(_collect_as_usual)
gc.set_threshold(LOADED, *_usual[1:])
