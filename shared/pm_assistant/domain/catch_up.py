"""Reading what a team builds, page by page, beside what the code host tells of it."""

from enum import StrEnum

from pydantic import AwareDatetime

from pm_assistant.domain.code import CodePart
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Flaw

MOST_REPOSITORIES_AT_ONCE = 100
"""Of which news are asked for."""


class CodeList(StrEnum):
    """What can be read of a repository, page by page."""

    PULL_REQUESTS = "pull_requests"
    """Those that were changed after a moment, changed last first, each with all that hangs on it."""
    DORMANT_PULL_REQUESTS = "dormant_pull_requests"
    """Those that are open and were not changed after it, longest ago first."""
    ISSUES = "issues"
    """Like pull requests, without what was said on them."""
    DORMANT_ISSUES = "dormant_issues"
    COMMENTS = "comments"
    """What was said, or said otherwise, after it in the conversations of issues and pull requests, latest first."""


class CodePage(Model):
    """A page of what was read.

    Attributes:
        at: what had happened by then is on it, by the host's clock.
        flaws: rows that were left out.
        cursor: of the following page, in the host's own words; None if there is none.
    """

    at: AwareDatetime
    parts: tuple[CodePart, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    cursor: str | None = None


class News(Model):
    """When something was changed in a repository: last, or longest ago among what is open; None where nothing is."""

    pull_request_at: AwareDatetime | None = None
    dormant_pull_request_at: AwareDatetime | None = None
    issue_at: AwareDatetime | None = None
    dormant_issue_at: AwareDatetime | None = None
