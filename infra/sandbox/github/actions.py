"""What people do to a pull request, by the names that controls and the demo's files have for it."""

from typing import Literal, assert_never

from infra.sandbox.github.happenings import Happenings
from infra.sandbox.github.pulls import TEAM, GitHubPulls
from infra.sandbox.github.work import PullRequest

type PullAction = (
    Literal["ready", "draft", "assign", "unassign", "label", "unlabel", "request_review", "remove_request"]
    | Literal["enqueue", "dequeue", "merge", "close", "reopen", "revert", "lose_fork"]
)


class GitHubActions:
    """Does them."""

    def __init__(self, happenings: Happenings, pulls: GitHubPulls) -> None:
        self._happenings = happenings
        self._pulls = pulls

    def act(self, pull: PullRequest, action: PullAction, *, by: str, value: str = "") -> PullRequest:
        """Do one; `value` is the person, `team/slug`, label or reason that it is about. Returns what came of it.

        Raises:
            Refused: GitHub would not let anybody.
        """
        pulls = self._pulls
        match action:
            case "ready" | "draft":
                pulls.turn(pull, by=by, draft=action == "draft")
            case "assign" | "unassign":
                pulls.assign(pull, self._happenings.login(value), by=by, wanted=action == "assign")
            case "label" | "unlabel":
                pulls.label(pull, value, by=by, wanted=action == "label")
            case "request_review" | "remove_request" if value.startswith(TEAM):
                slug = value.removeprefix(TEAM)
                pulls.request_team(pull, slug, by=by, wanted=action == "request_review")
            case "request_review" | "remove_request":
                pulls.request(pull, self._happenings.login(value), by=by, wanted=action == "request_review")
            case "lose_fork":
                pulls.lose_fork(pull)
            case "enqueue" | "dequeue" | "merge" | "close" | "reopen" | "revert":
                return self._decide(pull, action, by=by, value=value)
            case _:
                assert_never(action)
        return pull

    def _decide(
        self,
        pull: PullRequest,
        action: Literal["enqueue", "dequeue", "merge", "close", "reopen", "revert"],
        *,
        by: str,
        value: str,
    ) -> PullRequest:
        pulls = self._pulls
        match action:
            case "enqueue":
                pulls.enqueue(pull, by=by)
            case "dequeue":
                pulls.dequeue(pull, by=by, reason=value or "MANUAL")
            case "merge":
                pulls.merge(pull, by=by)
            case "close":
                pulls.close(pull, by=by)
            case "reopen":
                pulls.reopen(pull, by=by)
            case "revert":
                return pulls.revert(pull, by=by)
            case _:
                assert_never(action)
        return pull
