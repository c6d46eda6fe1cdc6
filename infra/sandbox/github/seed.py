"""Lets happen on GitHub what a demo's file says has happened there, while nobody was told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from pydantic import Field

from infra.sandbox.core.state import Json, Model
from infra.sandbox.github.actions import GitHubActions, PullAction
from infra.sandbox.github.happenings import Happenings, Refused
from infra.sandbox.github.issues import GitHubIssues
from infra.sandbox.github.pulls import GitHubPulls
from infra.sandbox.github.reviews import GitHubReviews
from infra.sandbox.github.state import CHECKS, Account, GitHub, GitHubApp, GitHubWorld, Repository
from infra.sandbox.github.work import Conclusion, PullRequest, ReviewState

_VERDICTS: dict[str, ReviewState] = {
    "approve": "approved",
    "request_changes": "changes_requested",
    "review": "commented",
}


class Step(Model):
    """What somebody did to a pull request; people are named by their handle, apps by their login.

    Attributes:
        value: what an action is about; how checks ended, which run where it is empty.
        text: what was said or pushed.
        lines: what was said about `path:line`.
    """

    do: PullAction | Literal["approve", "request_changes", "review", "comment", "push", "check", "resolve"]
    by: str = CHECKS.login
    days_ago: float = Field(ge=0)
    value: str = ""
    text: str = ""
    lines: dict[str, str] = Field(default_factory=dict)


class PullSeed(Model):
    """A pull request and what became of it.

    Attributes:
        reverts: the branch of another one, which this one takes back; title, head and body are GitHub's then.
    """

    repository: str
    by: str
    days_ago: float = Field(ge=0)
    title: str = ""
    head: str = ""
    reverts: str = ""
    body: str | None = None
    base: str | None = None
    draft: bool = False
    messages: list[str] | None = None
    additions: int | None = None
    deletions: int | None = None
    changed_files: int | None = None
    then: list[Step] = Field(default_factory=list)


class IssueSeed(Model):
    """An issue on GitHub itself, and when it was closed."""

    repository: str
    by: str
    title: str
    body: str | None = None
    days_ago: float = Field(ge=0)
    closed_days_ago: float | None = Field(default=None, ge=0)


class GitHubSeed(Model):
    """`github.json`."""

    organization: Account
    owners: list[str] = Field(min_length=1)
    app: GitHubApp
    repositories: list[Repository]
    installed: int = 0
    pull_requests: list[PullSeed] = Field(default_factory=list)
    issues: list[IssueSeed] = Field(default_factory=list)

    def github(self) -> GitHub:
        """What there is before anything happens."""
        return GitHub(**self.model_dump(exclude={"pull_requests", "issues"}))


class Unlikely(Exception):
    """It cannot have happened so; the text says what and why."""


class _Silence:
    """Nobody is told."""

    def repository(self, repository: Repository, event: str, content: Json, *, by: str) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class _Unkept:
    """Who makes the world keeps it."""

    world: GitHubWorld

    def changed(self) -> None:
        """Note nothing."""


def relive(world: GitHubWorld, seed: GitHubSeed, now: datetime) -> None:
    """Let all of it happen in its order; ages count back from `now`.

    Raises:
        Unlikely: somebody or something is not there, or GitHub would not have it.
    """
    _Past(world, seed, now).relive()


class _Past:
    def __init__(self, world: GitHubWorld, seed: GitHubSeed, now: datetime) -> None:
        self._at = self._now = now
        self._seed = seed
        self._opened: dict[int, PullRequest] = {}
        self._happenings = Happenings(_Unkept(world), _Silence(), lambda: self._at)
        self._issues = GitHubIssues(self._happenings)
        self._pulls = GitHubPulls(self._happenings, self._issues)
        self._actions = GitHubActions(self._happenings, self._pulls)
        self._reviews = GitHubReviews(self._happenings)

    def relive(self) -> None:
        happened: list[tuple[float, str, Callable[[], object]]] = []
        for place, pull in enumerate(self._seed.pull_requests):
            name = f"pull_requests.{place}"
            happened.append((pull.days_ago, name, partial(self._open, place, pull)))
            for number, step in enumerate(pull.then):
                if step.days_ago > pull.days_ago:
                    raise Unlikely(f"{name}.then.{number}.days_ago: before it was opened")
                happened.append((step.days_ago, f"{name}.then.{number}", partial(self._do, place, step)))
        for place, issue in enumerate(self._seed.issues):
            happened.append((issue.days_ago, f"issues.{place}", partial(self._write, issue)))
        # Sorting is stable: what happened at one time keeps the file's order.
        for days_ago, name, happen in sorted(happened, key=lambda each: -each[0]):
            self._at = self._now - timedelta(days=days_ago)
            try:
                happen()
            except (Refused, KeyError, ValueError) as error:
                raise Unlikely(f"{name}: {error}") from error

    def _open(self, place: int, seed: PullSeed) -> None:
        by = self._happenings.login(seed.by)
        if seed.reverts:
            reverted = [each for each in self._opened.values() if each.head == seed.reverts]
            if not reverted:
                raise Refused(f"nothing comes from {seed.reverts}")
            self._opened[place] = self._pulls.revert(reverted[-1], by=by)
            return
        given = seed.model_dump(
            exclude_none=True, exclude={"repository", "by", "days_ago", "title", "head", "reverts", "then"}
        )
        self._opened[place] = self._pulls.open(
            self._place(seed.repository), by=by, title=seed.title, head=seed.head, **given
        )

    def _write(self, seed: IssueSeed) -> None:
        by = self._happenings.login(seed.by)
        issue = self._issues.open(self._place(seed.repository), by=by, title=seed.title, body=seed.body)
        if seed.closed_days_ago is not None:
            self._at = self._now - timedelta(days=seed.closed_days_ago)
            self._issues.close(issue, by=by)

    def _do(self, place: int, step: Step) -> None:
        pull, by = self._opened[place], self._happenings.login(step.by)
        match step.do:
            case "approve" | "request_changes" | "review":
                verdict = _VERDICTS[step.do]
                self._reviews.review(pull, by=by, state=verdict, body=step.text, lines=step.lines)
            case "comment":
                self._issues.comment(pull, by=by, body=step.text)
            case "push":
                self._pulls.push(pull, [step.text], by=by)
            case "check":
                self._reviews.check(pull, _conclusion(step.value), by=by)
            case "resolve":
                for thread in pull.threads:
                    self._reviews.settle(pull, thread, by=by)
            case _:
                self._actions.act(pull, step.do, by=by, value=step.value)

    def _place(self, name: str) -> Repository:
        found = next((each for each in self._happenings.world.github.repositories if each.name == name), None)
        if found is None:
            raise Refused(f"no repository {name}")
        return found


def _conclusion(value: str) -> Conclusion | None:
    match value:
        case "":
            return None
        case "success" | "failure" | "cancelled":
            return value
        case _:
            raise Refused(f"checks do not end as {value}")
