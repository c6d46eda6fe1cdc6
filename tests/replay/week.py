"""What happens in a week: people talk in Slack, plan in Linear and build on GitHub, all at once.

A week is made of a seed by letting people do things at the sandbox, one after the other, with pauses in between. What
the vendors tell of it is what is replayed, and what stands there in the end is what is true.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from infra.sandbox.github.work import Issue as CodeIssue
from infra.sandbox.github.work import PullRequest
from infra.sandbox.linear.state import Issue
from infra.sandbox.slack.state import Message
from infra.sandbox.world import SandboxWorld
from tests.replay.company import CHANNELS, NAMES, PEOPLE, TITLES
from tests.replay.vendors import Refused, Vendors

DAYS = 5
SIZE = 120
"""How many things people do in it."""
CLAIMS = ("is done, deployed to production", "is what I'm working on now", "is up for review: I opened the PR")
"""What people say of a ticket's progress; of these nothing is taken back."""
AGENTS = ("dependabot[bot]", "copilot-swe-agent[bot]")


@dataclass(frozen=True)
class Week:
    """A week that is over.

    Attributes:
        began_at: when it began.
        ended_at: when its last thing happened.
        before: all that there was at the vendors then.
        after: all that there was in the end; what the vendors told waits in it to be brought.
        log: what happened, for a reader.
    """

    seed: int
    began_at: datetime
    ended_at: datetime
    before: SandboxWorld
    after: SandboxWorld
    log: Sequence[str]


def record(seed: int, vendors: Vendors, *, size: int = SIZE) -> Week:
    """Let a week go by."""
    vendors.restore()
    life, before = _Life(seed, vendors), vendors.snapshot()
    began_at = vendors.clock()
    while len(life.log) < size:
        life.go_on(size)
    return Week(seed, began_at, vendors.clock(), before, vendors.snapshot(), life.log)


class _Life:
    """What people can do; each method is one thing, and does nothing where there is nothing to do it to."""

    def __init__(self, seed: int, vendors: Vendors) -> None:
        self.log: list[str] = []
        self._vendors = vendors
        self._random = random.Random(seed)  # noqa: S311 - a week like any other
        self._numbers = count(1)
        # What people say of a ticket is said of one that others do not move meanwhile, and once: whether we hear of the
        # one or of the other first would decide what we do, and rightly so.
        old_tickets = sorted(vendors.world.issues)
        self._talked_of, self._moved = old_tickets[::2], old_tickets[1::4]
        self._claimed: set[str] = set()
        chances = self._chances()
        self._acts, self._weights = list(chances), list(chances.values())

    def go_on(self, size: int) -> None:
        """Let some time pass, then something happen."""
        pause = self._random.choices(
            (0.0, self._random.uniform(0.2, 1), self._random.uniform(1, 90), self._random.uniform(90, 1_800)),
            (10, 15, 45, 30),
        )[0]
        if self._random.random() < DAYS / size:
            pause = timedelta(hours=16).total_seconds()
        self._vendors.clock.pass_by(seconds=pause)
        act = self._random.choices(self._acts, self._weights)[0]
        try:
            what = act()
        except Refused:
            return
        if what:
            self.log.append(f"{self._vendors.clock():%a %H:%M:%S.%f} {what}")

    def _chances(self) -> Mapping[Callable[[], str | None], int]:
        return {
            self._say: 14,
            self._reply: 8,
            self._correct: 3,
            self._take_back: 2,
            self._react: 1,
            self._join: 1,
            self._move_house: 1,
            self._plan: 4,
            self._replan: 12,
            self._remark: 2,
            self._move_team: 1,
            self._open: 10,
            self._push: 3,
            self._retell: 5,
            self._turn: 2,
            self._organize: 4,
            self._review: 7,
            self._discuss: 3,
            self._check: 4,
            self._comment: 4,
            self._queue: 2,
            self._merge: 8,
            self._close: 2,
            self._reopen: 1,
            self._revert: 2,
            self._report: 2,
            self._handle: 3,
            self._restructure: 1,
        }

    # Slack

    def _say(self) -> str:
        channel, user = self._any(list(CHANNELS)), self._any(PEOPLE)
        text = self._words()
        self._vendors.control("slack/messages", channel=channel, user=user, text=text)
        return f"{user} in #{channel}: {text}"

    def _reply(self) -> str | None:
        root = self._message(lambda message: message.thread_ts in {None, message.ts})
        if root is None:
            return None
        user, text = self._any(PEOPLE), self._words()
        self._vendors.control("slack/messages", channel=root.channel, user=user, text=text, thread_ts=root.ts)
        return f"{user} below {root.ts}: {text}"

    def _correct(self) -> str | None:
        message = self._message(lambda message: not message.text.endswith(CLAIMS))
        if message is None:
            return None
        text = self._any(["Thanks!", f"{self._key(self._ticket())} as well ({next(self._numbers)})"])
        self._vendors.control("slack/edit", channel=message.channel, ts=message.ts, text=text)
        return f"{message.ts} reads now: {text}"

    def _take_back(self) -> str | None:
        message = self._message(lambda message: not message.text.endswith(CLAIMS))
        if message is None:
            return None
        self._vendors.control("slack/delete", channel=message.channel, ts=message.ts)
        return f"{message.ts} is deleted"

    def _react(self) -> str | None:
        message = self._message()
        if message is None:
            return None
        self._vendors.control("slack/react", channel=message.channel, ts=message.ts, name="eyes", user="ana")
        return f"eyes on {message.ts}"

    def _join(self) -> str:
        handle = f"new{next(self._numbers)}"
        self._vendors.control("people", handle=handle, slack=self._any(["member", "guest"]))
        return f"{handle} joins"

    def _move_house(self) -> str:
        handle, zone = self._any(PEOPLE), self._any(["Asia/Tokyo", "America/New_York", "Europe/Berlin"])
        self._vendors.control("people", handle=handle, time_zone=zone)
        return f"{handle} lives in {zone}"

    # Linear

    def _plan(self) -> str:
        team, title = self._any(["ENG", "OPS"]), f"{self._any(TITLES)} again, case {next(self._numbers)}"
        made = self._vendors.control("linear/issues", team=team, title=title, description=f"{title}.")
        return f"{made['issue']['identifier']} is written: {title}"

    def _replan(self) -> str | None:
        issue = self._ticket()
        change: dict[str, Any] = self._any(
            [
                *([{"state": self._any(list(NAMES.values()))}] * 2 if issue.id not in self._talked_of else []),
                {"assignee": self._any([*PEOPLE, None])},
                {"title": f"{self._any(TITLES)} ({next(self._numbers)})"},
                {"description": self._any(["", "Nobody knows why.", "See the logs of Tuesday."])},
                {"priority": self._random.randrange(5)},
                {"labels": self._some(["bug", "customer", "night"])},
                {"parent": self._any([self._key(self._ticket()), None])},
            ]
        )
        key = self._key(issue)
        self._vendors.control(f"linear/issues/{issue.id}", user=self._any(PEOPLE), **change)
        return f"{key} changes: {change}"

    def _remark(self) -> str:
        issue = self._ticket()
        self._vendors.control(f"linear/issues/{issue.id}/comments", body="I am looking into it", user=self._any(PEOPLE))
        return f"a comment on {self._key(issue)}"

    def _move_team(self) -> str:
        issue = self._vendors.world.issues[self._any(self._moved)]
        before, team = self._key(issue), self._any(["ENG", "OPS"])
        self._vendors.control(f"linear/issues/{issue.id}", team=team)
        return f"{before} is now {self._key(issue)}"

    # GitHub

    def _open(self) -> str:
        repository, key, other = self._place(), self._key(self._ticket()), self._key(self._ticket())
        user, number = self._any([*PEOPLE, *PEOPLE, *AGENTS]), next(self._numbers)
        future = f"{key.partition('-')[0]}-{self._random.randrange(7, 14)}"
        title, body, branch = self._any(
            [
                (f"{key} Mend it", "", f"topic-{number}"),
                ("Mend it", f"Fixes {key}", f"topic-{number}"),
                ("Mend it", f"Closes {key} and {other}", f"topic-{number}"),
                ("Mend it", f"Part of {key}. See {other}.", f"topic-{number}"),
                ("Mend it", None, f"{user[:3]}/{key.lower()}-mend-{number}"),
                ("Tidy up", "Nothing to see", f"tidy-{number}"),
                ("Mend it soon", f"Fixes {future}", f"topic-{number}"),
                ("Mend it", f"Resolves https://linear.app/acme/issue/{key}/x", f"topic-{number}"),
            ]
        )
        base = self._any(["main", "main", "main", "release/1.2"])
        body_and_base = {"body": body} | ({} if base == "main" else {"base": base})
        opened = self._vendors.control(
            "github/pulls",
            repository=repository,
            user=user,
            title=title,
            head=branch,
            draft=self._random.random() < 0.2,
            **{name: value for name, value in body_and_base.items() if value is not None},
        )
        return f"{user} opens {repository}#{opened['pull']['number']} ({branch} to {base}): {title} - {body}"

    def _push(self) -> str | None:
        return self._to_pull("push", messages=["Go on"], force=self._random.random() < 0.3)

    def _retell(self) -> str | None:
        key = self._key(self._ticket())
        change = self._any([{"title": f"{key} Mend it well"}, {"body": f"Fixes {key}"}, {"body": "Never mind"}])
        return self._to_pull("edit", is_open=None, **change)

    def _turn(self) -> str | None:
        return self._to_pull("", do=self._any(["draft", "ready"]))

    def _organize(self) -> str | None:
        do, value = self._any(
            [
                *(("assign", self._any(PEOPLE)), ("unassign", self._any(PEOPLE))),
                *(("label", "bug"), ("unlabel", "bug"), ("label", "no-ticket")),
                *(("request_review", self._any(PEOPLE)), ("remove_request", self._any(PEOPLE))),
                ("request_review", "team/core"),
            ]
        )
        return self._to_pull("", do=do, value=value)

    def _review(self) -> str | None:
        lines = self._any([{}, {}, {"shop/cart.py:7": "Why?"}])
        state = self._any(["approved", "changes_requested", "commented"])
        return self._to_pull("review", user=self._any(PEOPLE), state=state, body="Well", lines=lines)

    def _discuss(self) -> str | None:
        pull = self._pull(is_open=None, where=lambda pull: bool(pull.threads))
        if pull is None:
            return None
        thread, do = self._any(pull.threads), self._any(["reply", "resolve", "unresolve", "edit"])
        return self._to_pull(f"threads/{thread.id}", pull=pull, do=do, body="Because")

    def _check(self) -> str | None:
        conclusion = self._any([None, "success", "failure"])
        if self._random.random() < 0.3:
            return self._to_pull("status", without_user=True, state=self._any(["pending", "success", "failure"]))
        return self._to_pull("checks", without_user=True, conclusion=conclusion)

    def _comment(self) -> str | None:
        pull = self._pull(is_open=None)
        if pull is not None and pull.comments and self._random.random() < 0.5:
            comment, body = self._any(pull.comments), self._any([None, "Rather not"])
            return self._to_pull("comments", pull=pull, body=body, comment_id=comment.id)
        return self._to_pull("comments", pull=pull, is_open=None, body="Looks right to me")

    def _queue(self) -> str | None:
        return self._to_pull("", do=self._any(["enqueue", "dequeue"]))

    def _merge(self) -> str | None:
        return self._to_pull("", do="merge")

    def _close(self) -> str | None:
        return self._to_pull("", do="close")

    def _reopen(self) -> str | None:
        return self._to_pull("", is_open=False, do="reopen")

    def _revert(self) -> str | None:
        return self._to_pull("", is_open=False, do="revert")

    def _report(self) -> str:
        repository, title = self._place(), f"Problem {next(self._numbers)}"
        made = self._vendors.control("github/issues", repository=repository, user="finn", title=title, body="It broke")
        return f"{repository}#{made['issue']['number']} is reported"

    def _handle(self) -> str | None:
        issue = self._code_issue()
        if issue is None:
            return None
        do, value = self._any(
            [
                *(("close", ""), ("close", "not_planned"), ("reopen", ""), ("assign", self._any(PEOPLE))),
                *(("delete", ""), ("transfer", self._place())),
            ]
        )
        place = self._vendors.world.repository_of(issue).name
        self._vendors.control(f"github/issues/{place}/{issue.number}", user="ana", do=do, value=value)
        return f"{place}#{issue.number}: {do} {value}"

    def _restructure(self) -> str:
        place = self._place()
        do, value = self._any(
            [
                *(("rename", f"site{next(self._numbers)}"), ("privatize", ""), ("publicize", "")),
                *(("archive", ""), ("unarchive", "")),
            ]
        )
        self._vendors.control(f"github/repositories/{place}", user="ana", do=do, value=value)
        return f"{place}: {do} {value}"

    # Who and what

    def _to_pull(
        self,
        path: str,
        *,
        pull: PullRequest | None = None,
        is_open: bool | None = True,
        without_user: bool = False,
        **body: object,
    ) -> str | None:
        found = pull or self._pull(is_open=is_open)
        if found is None:
            return None
        place = self._vendors.world.repository_of(found).name
        who = {} if without_user else {"user": self._any(PEOPLE)}
        control = "/".join(part for part in (f"github/pulls/{place}/{found.number}", path) if part)
        self._vendors.control(control, **(who | body))
        return f"{place}#{found.number}: {path} {body}"

    def _words(self) -> str:
        issue = self._vendors.world.issues[self._any(self._talked_of)]
        small_talk = ["Lunch at twelve?", "Thanks!", "The catalogue has no CSV import, could somebody build one?"]
        questions = ["Has anybody looked into {}?", "Two customers complain again, see {}"]
        claims = [f"{{}} {claim}" for claim in CLAIMS]
        words = str(self._any([*small_talk, *questions, *claims]))
        if words in claims and issue.id in self._claimed:
            words = questions[0]
        elif words in claims:
            self._claimed.add(issue.id)
        return f"({next(self._numbers)}) {words.format(self._key(issue))}"

    def _message(self, where: Callable[[Message], bool] = lambda _: True) -> Message | None:
        messages = [each for said in self._vendors.world.messages.values() for each in said]
        found: Message | None = self._any([each for each in messages if not each.tombstone and where(each)] or [None])
        return found

    def _ticket(self) -> Issue:
        issues = self._vendors.world.issues.values()
        issue: Issue = self._any([each for each in issues if not each.trashed])
        return issue

    def _key(self, issue: Issue) -> str:
        return self._vendors.world.identifier(issue)

    def _place(self) -> str:
        return str(self._any([each.name for each in self._vendors.world.github.repositories]))

    def _pull(
        self, *, is_open: bool | None = True, where: Callable[[PullRequest], bool] = lambda _: True
    ) -> PullRequest | None:
        pulls = self._vendors.world.github.pulls.values()
        fitting = [each for each in pulls if is_open in {None, each.is_open} and where(each)]
        found: PullRequest | None = self._any(fitting or [None])
        return found

    def _code_issue(self) -> CodeIssue | None:
        issues = self._vendors.world.github.issues.values()
        there = [each for each in issues if not each.deleted and each.moved_to is None]
        found: CodeIssue | None = self._any(there or [None])
        return found

    def _any(self, choices: Sequence[Any]) -> Any:
        return choices[self._random.randrange(len(choices))]

    def _some(self, choices: Sequence[Any]) -> list[Any]:
        return [each for each in choices if self._random.random() < 0.5]
