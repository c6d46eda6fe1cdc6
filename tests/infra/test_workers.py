"""The local AWS runs functions in workers, each for itself."""

from infra.local.emulator import workers


class Dying:
    """A worker of the emulator's that dies while it starts."""

    alive = True

    def invoke(self, event: object) -> dict[str, object]:
        """Fail as the emulator's own does."""
        raise RuntimeError(f"Worker process exited immediately on {event}")

    def kill(self) -> None:
        """End what is left of it."""
        self.alive = False


def test_a_worker_that_dies_while_it_starts_fails_its_own_invocation_alone() -> None:
    """An exception would have the emulator end all workers of the function, also those that start to take its place."""
    workers.dying_alone(Dying)
    worker = Dying()

    answer = worker.invoke("an event")

    assert "error" == answer["status"]
    assert "RuntimeError: Worker process exited immediately on an event" == answer["error"]
    assert not worker.alive
