"""What can happen to a repository as a whole; each happening tells the app."""

from infra.sandbox.core.state import Json
from infra.sandbox.github import objects
from infra.sandbox.github.happenings import Happenings, Refused
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.state import Repository


class GitHubRepositories:
    """The repositories; `by` is the login of who does it."""

    def __init__(self, happenings: Happenings, installations: GitHubInstallations) -> None:
        self._happenings = happenings
        self._installations = installations

    def create(self, name: str, *, by: str, description: str, private: bool) -> Repository:
        """Make one of the organisation's; the app is let at it where it is at all of them.

        Raises:
            Refused: another one is called so.
        """
        world = self._happenings.world
        self._must_be_free(f"{world.github.organization.login}/{name}")
        place = Repository(
            id=world.github.next_id() % 1_000_000_000,
            name=name,
            description=description,
            language="",
            private=private,
            created_at=self._happenings.clock(),
        )
        world.github.repositories.append(place)
        self._tell(place, "created", by)
        return place

    def delete(self, place: Repository, *, by: str) -> None:
        """Remove it with all that is in it."""
        self._tell(place, "deleted", by)
        github = self._happenings.world.github
        github.repositories.remove(place)
        github.pulls = {number: each for number, each in github.pulls.items() if each.repository_id != place.id}
        github.issues = {number: each for number, each in github.issues.items() if each.repository_id != place.id}

    def rename(self, place: Repository, name: str, *, by: str) -> None:
        """Call it otherwise; the old name leads to it.

        Raises:
            Refused: another one is called so.
        """
        world, was = self._happenings.world, place.name
        self._must_be_free(f"{world.owner(place)}/{name}")
        place.former.append(world.full_name(place))
        place.name = name
        self._tell(place, "renamed", by, changes={"repository": {"name": {"from": was}}})

    def transfer(self, place: Repository, login: str, *, by: str) -> None:
        """Give it to another account; the app comes along only where it is installed there, too."""
        world = self._happenings.world
        old, new = world.account(world.owner(place)), world.account(login)
        if new is None or old is None or new.login == old.login:
            raise Refused(f"cannot be given to {login}")
        reached = [each for each in world.github.installations.values() if place in world.repositories(each)]
        place.former.append(world.full_name(place))
        place.owner = "" if new == world.github.organization else new.login
        for installed in reached:
            if installed.selected is not None:
                self._installations.forget(installed, place, by=by)
        if old.type == "Organization":
            giver: Json = {"organization": objects.organization(world, old)}
        else:
            giver = {"user": objects.account(world, old)}
        self._tell(place, "transferred", by, changes={"owner": {"from": giver}})

    def show(self, place: Repository, *, by: str, private: bool) -> None:
        """Hide it from strangers, or let everybody see it."""
        if place.private != private:
            place.private = private
            self._tell(place, "privatized" if private else "publicized", by)

    def archive(self, place: Repository, *, by: str, archived: bool = True) -> None:
        """Let nobody change anything in it, or go on."""
        if place.archived != archived:
            place.archived = archived
            self._tell(place, "archived" if archived else "unarchived", by)

    def _must_be_free(self, full_name: str) -> None:
        if self._happenings.world.repository(full_name) is not None:
            raise Refused("name already exists on this account")

    def _tell(self, place: Repository, action: str, by: str, **more: object) -> None:
        place.updated_at = self._happenings.clock()
        self._happenings.store.changed()
        self._happenings.news.repository(place, "repository", {"action": action, **more}, by=by)
