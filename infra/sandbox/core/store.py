"""The file the sandbox remembers its state in."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from infra.sandbox.core.world import World


class StateUnreadable(Exception):
    """The state file is not of this version's form."""


class Store[W: World]:
    """Holds the world and writes it to one file shortly after it changed.

    Args:
        directory: where the file is.
        form: of the world; whoever needs but a part of it sees that part.
        seed: makes the world where there is no file.
        all_stores: those of all companies at the same vendors, this one among them.
    """

    def __init__(
        self, directory: Path, form: type[W], seed: Callable[[], W], all_stores: "Sequence[Store[W]]" = ()
    ) -> None:
        self._path = directory / "sandbox.json"
        self._form = form
        self._seed = seed
        self._all_stores = all_stores
        self._dirty = False
        self._world = self._read() if self._path.exists() else seed()

    @property
    def world(self) -> W:
        """The world as it is now; another one after `reset`."""
        return self._world

    @property
    def is_first(self) -> bool:
        """Whether this is the company that is meant where none is named."""
        return not self._all_stores or self._all_stores[0] is self

    @property
    def other_worlds(self) -> Sequence[W]:
        """The worlds of the other companies."""
        return [each.world for each in self._all_stores if each is not self]

    def changed(self) -> None:
        """Note that there is something to write."""
        self._dirty = True

    def reset(self) -> None:
        """Start again from the seed; how the app is reached stays."""
        config, public_url = self.world.config, self.world.public_url
        self._world = self._seed()
        self.world.config, self.world.public_url = config, public_url
        self.changed()

    def count(self, operation: str) -> None:
        """Note a request."""
        self.world.requests[operation] = self.world.requests.get(operation, 0) + 1
        self.changed()

    def save(self) -> None:
        """Write what changed; a reader or a crash never sees half a file."""
        if not self._dirty and self._path.exists():
            return
        self._dirty = False
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".tmp")
        draft.write_text(self.world.model_dump_json())
        draft.chmod(0o600)
        draft.replace(self._path)

    async def save_forever(self, every_seconds: float = 0.2) -> None:
        """Write changes until cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(every_seconds)
                self.save()
        finally:
            self.save()

    def _read(self) -> W:
        try:
            return self._form.model_validate_json(self._path.read_bytes())
        except ValidationError as error:
            raise StateUnreadable(f"{self._path} is not a state of this version; remove it to start afresh") from error
