"""What people do in Linear."""

from typing import Any

from tests.replay.company import NAMES, PEOPLE, TITLES
from tests.replay.people import Acts, People


class Planning(People):
    """What may happen in the tracker."""

    @property
    def planning(self) -> Acts:
        """All of it."""
        planned = {self._plan: 4, self._replan: 12, self._remark: 4, self._move_team: 2}
        return {**planned, **self._removing}

    @property
    def _removing(self) -> Acts:
        """What is put there and taken away again."""
        return {self._throw_away: 2, self._take_back: 4, self._detach: 4, self._delete_for_good: 2}

    def _plan(self) -> str:
        team, title = self._any(["ENG", "OPS"]), f"{self._any(TITLES)} again, case {next(self._numbers)}"
        made = self._vendors.control("linear/issues", team=team, title=title, description=f"{title}.")
        return f"{made['issue']['identifier']} is written: {title}"

    def _replan(self) -> str | None:
        issue = self._ticket()
        self._vendors.clock.pass_by(milliseconds=1)  # Linear says in thousandths of a second when a ticket changed.
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

    def _throw_away(self) -> str:
        """Into the trash, and out of it an hour later."""
        issue, by = self._vendors.world.issues[self._any(self._moved)], self._any(PEOPLE)
        self._vendors.control(f"linear/issues/{issue.id}", trashed=True, user=by)
        self._vendors.clock.pass_by(seconds=3_600)
        self._vendors.control(f"linear/issues/{issue.id}", trashed=False, user=by)
        return f"{self._key(issue)} was in the trash for an hour"

    def _take_back(self) -> str | None:
        """What somebody has said."""
        world = self._vendors.world
        said = [each for each in world.comments.values() if each.user_id != world.organization.app.id]
        if not said:
            return None
        comment = self._any(said)
        self._vendors.control(f"linear/comments/{comment.id}", deleted=True)
        return f"a comment on {self._key(world.issues[comment.issue_id])} is deleted"

    def _detach(self) -> str:
        """A page was the wrong one, which is seen an hour later."""
        issue, url = self._ticket(), f"https://example.test/page-{next(self._numbers)}"
        self._vendors.control(f"linear/issues/{issue.id}", attachment=url)
        self._vendors.clock.pass_by(seconds=3_600)
        self._vendors.control(f"linear/issues/{issue.id}", detached=url)
        return f"{url} hung on {self._key(issue)} for an hour"

    def _delete_for_good(self) -> str:
        """A ticket was written by mistake, which is seen an hour later."""
        title = f"Test, please ignore: case {next(self._numbers)}"
        made = self._vendors.control("linear/issues", team="OPS", title=title)["issue"]
        self._vendors.clock.pass_by(seconds=3_600)
        self._vendors.control(f"linear/issues/{made['id']}", erased=True)
        return f"{made['identifier']} is deleted for good: {title}"
