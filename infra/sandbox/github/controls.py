"""What the doors to GitHub have in common: who acts, and on which repository."""

from collections.abc import Callable

from infra.sandbox.core.controls import BadControl
from infra.sandbox.core.state import Model
from infra.sandbox.github.happenings import Happenings, Refused
from infra.sandbox.github.state import GitHubWorld, Repository


class Acting(Model):
    """Somebody does something; by any name, also an app's login such as `dependabot[bot]`."""

    user: str


class GitHubControls:
    """Finds what is named."""

    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings

    @property
    def _world(self) -> GitHubWorld:
        return self._happenings.world

    def _place(self, name: str) -> Repository:
        places = self._world.github.repositories
        found = next((each for each in places if name in {each.name, self._world.full_name(each), str(each.id)}), None)
        if found is None:
            raise BadControl("repository", f"no repository {name}")
        return found

    def _login(self, name: str) -> str:
        return attempt("user", lambda: self._happenings.login(name))


def attempt[T](field: str, act: Callable[[], T]) -> T:
    """Do something that GitHub may refuse.

    Raises:
        BadControl: it does, because of that field.
    """
    try:
        return act()
    except Refused as refused:
        raise BadControl(field, str(refused)) from refused
