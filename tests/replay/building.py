"""What people do on GitHub."""

from collections.abc import Callable

from infra.sandbox.github.work import Issue as CodeIssue
from infra.sandbox.github.work import PullRequest
from tests.replay.company import PEOPLE
from tests.replay.people import Acts, People

AGENTS = ("dependabot[bot]", "copilot-swe-agent[bot]")


class Building(People):
    """What may happen at the code host."""

    @property
    def building(self) -> Acts:
        """All of it."""
        return {
            self._open: 10,
            self._push: 3,
            self._reword: 5,
            self._turn: 2,
            self._organize: 4,
            self._review: 7,
            self._dismiss: 2,
            self._reword_review: 3,
            self._stack: 2,
            self._backport: 2,
            self._remark_on_issue: 2,
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

    def _reword(self) -> str | None:
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
        body = self._any(["Well", "", f"Well, this is {self._key(self._ticket())}"])
        return self._to_pull("review", user=self._any(PEOPLE), state=state, body=body, lines=lines)

    def _dismiss(self) -> str | None:
        pull = self._pull(where=lambda pull: bool(pull.reviews))
        return self._to_pull("dismiss", pull=pull, review_id=self._any(pull.reviews).id) if pull else None

    def _reword_review(self) -> str | None:
        """Somebody words a review otherwise: it names a ticket by then, or does not any more."""
        pull = self._pull(is_open=None, where=lambda pull: bool(pull.reviews))
        if pull is None:
            return None
        body = self._any(["Never mind", f"See {self._key(self._ticket())}", "Rather well"])
        return self._to_pull("dismiss", pull=pull, review_id=self._any(pull.reviews).id, body=body)

    def _stack(self) -> str | None:
        """One pull request goes to the branch of another."""
        pull = self._pull()
        if pull is None:
            return None
        place, number, key = (
            self._vendors.world.repository_of(pull).name,
            next(self._numbers),
            self._key(self._ticket()),
        )
        what = {"title": "The next step", "body": f"Fixes {key}", "head": f"step-{number}", "base": pull.head}
        self._vendors.control("github/pulls", repository=place, user=self._any(PEOPLE), **what)
        return f"{place}: {what}"

    def _backport(self) -> str | None:
        """What was merged is brought to a release as well."""
        pull = self._pull(is_open=False)
        if pull is None:
            return None
        place, number = self._vendors.world.repository_of(pull).name, next(self._numbers)
        what = {"title": f"[release/1.2] {pull.title}", "body": f"Backport of #{pull.number}. {pull.body or ''}"}
        what |= {"head": f"backport-{pull.number}-{number}", "base": "release/1.2"}
        self._vendors.control("github/pulls", repository=place, user=self._any(PEOPLE), **what)
        return f"{place}: {what}"

    def _remark_on_issue(self) -> str | None:
        issue = self._code_issue()
        if issue is None:
            return None
        place, body = self._vendors.world.repository_of(issue).name, f"See {self._key(self._ticket())}"
        self._vendors.control(f"github/issues/{place}/{issue.number}/comments", user=self._any(PEOPLE), body=body)
        return f"{place}#{issue.number}: {body}"

    def _discuss(self) -> str | None:
        pull = self._pull(is_open=None, where=lambda pull: bool(pull.threads))
        if pull is None:
            return None
        thread, do = self._any(pull.threads), self._any(["reply", "resolve", "unresolve", "edit", "delete"])
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
                *(("delete", ""), ("transfer", self._place()), ("edit", "")),
            ]
        )
        more = {"title": f"Problem {next(self._numbers)}"} if do == "edit" else {}
        place = self._vendors.world.repository_of(issue).name
        self._vendors.control(f"github/issues/{place}/{issue.number}", user="ana", do=do, value=value, **more)
        return f"{place}#{issue.number}: {do} {value} {more}"

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
