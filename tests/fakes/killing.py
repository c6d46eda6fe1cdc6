"""Ends a worker at a question that it asks a vendor, once each, so that whoever goes on after it can be watched."""

from collections.abc import Callable


class Killed(Exception):
    """The function ends here."""


class Questions:
    """What a vendor is asked, and at which of these questions whoever asks is killed.

    Attributes:
        asked: what was asked for, in order.
        kill_before: numbers of different questions before which whoever asks is killed once.
        kill_after: those after whose answer they are.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.kill_before: set[int] = set()
        self.kill_after: set[int] = set()

    def put[T](self, question: tuple[object, ...], answer: Callable[[], T]) -> T:
        """Note a question and have it answered, unless that is where it ends.

        Raises:
            Killed: this is where it ends.
        """
        number = len(set(self.asked) - {question})
        self._end(self.kill_before, number)
        self.asked.append(question)
        given = answer()
        self._end(self.kill_after, number)
        return given

    def _end(self, points: set[int], number: int) -> None:
        if number in points:
            points.remove(number)
            raise Killed
