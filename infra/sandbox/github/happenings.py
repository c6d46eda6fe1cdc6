"""What every happening in a repository has: it takes a moment, moves what it happens to, and is told."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from typing import Protocol

from infra.sandbox.core.state import Clock, Json
from infra.sandbox.github import described
from infra.sandbox.github.state import GitHubWorld, Repository
from infra.sandbox.github.work import Commit, Happening, Issue, PullRequest


class Refused(Exception):
    """GitHub says no; the text is what it says."""


class News(Protocol):
    """Who is told."""

    def repository(self, repository: Repository, event: str, content: Json, *, by: str) -> None:
        """Tell of something in a repository."""


class Memory(Protocol):
    """Where it is remembered."""

    @property
    def world(self) -> GitHubWorld:
        """What is there."""

    def changed(self) -> None:
        """Note that there is something to remember."""


@dataclass(frozen=True)
class Happenings:
    """Writes down and tells; `by` is the login of who does it."""

    store: Memory
    news: News
    clock: Clock

    @property
    def world(self) -> GitHubWorld:
        """What is there."""
        return self.store.world

    def touched(self, thing: PullRequest | Issue) -> datetime:
        """Note that something was said or done about it; returns when."""
        thing.updated_at = now = self.clock()
        self.store.changed()
        return now

    def noted(self, pull: PullRequest, kind: str, by: str, about: str = "") -> datetime:
        """Put a line into its timeline."""
        now = self.touched(pull)
        pull.timeline.append(Happening(id=self.world.github.next_id(), kind=kind, actor=by, at=now, about=about))
        return now

    def pull(self, pull: PullRequest, action: str, by: str, **more: object) -> None:
        """Tell what has become of a pull request."""
        shown = described.pull(self.world, pull, told=True)
        content: Json = {"action": action, "number": pull.number, "pull_request": shown}
        self.news.repository(self.world.repository_of(pull), "pull_request", content | more, by=by)

    def about_pull(self, pull: PullRequest, event: str, action: str, by: str, **more: object) -> None:
        """Tell of something that belongs to a pull request, which is then shown as lists show it."""
        content: Json = {"action": action, "pull_request": described.pull_simple(self.world, pull)}
        self.news.repository(self.world.repository_of(pull), event, content | more, by=by)

    def issue(self, issue: PullRequest | Issue, event: str, action: str, by: str, **more: object) -> None:
        """Tell of an issue, or of the conversation about a pull request."""
        content: Json = {"action": action, "issue": described.issue(self.world, issue)}
        self.news.repository(self.world.repository_of(issue), event, content | more, by=by)

    def login(self, name: str) -> str:
        """The login of somebody by any name.

        Raises:
            Refused: nobody is called so.
        """
        person = self.world.person(name)
        found = self.world.account(person.github_login if person else name)
        if found is None:
            raise Refused(f"no person {name}")
        return found.login

    def commit(self, place: Repository, message: str, by: str, after: str) -> Commit:
        """A commit on top of another."""
        made = f"{self.world.github.organization.id}/{self.world.github.next_id()}/{after}/{message}"
        sha = sha1(made.encode(), usedforsecurity=False).hexdigest()
        place.pushed_at = self.clock()
        return Commit(sha=sha, message=message, author=by, at=place.pushed_at)
