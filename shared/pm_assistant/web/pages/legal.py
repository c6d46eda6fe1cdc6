"""What anybody may read of the service: privacy, terms, who else processes data, and how to be helped.

What is true of the product stands in the templates. What only whoever runs a stage can say comes out of its
parameters; where that is missing, the page says so (ADR 71).
"""

from typing import Any, NamedTuple

from pm_assistant.domain.tenants import Settings
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.runtime.settings import LegalSettings
from pm_assistant.web.html import page
from pm_assistant.web.request import PageRequest, current_request, needs_nobody, settings
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.accounts.browser_sessions import LONGEST
from pm_assistant.workflows.tenants.closing import GRACE

router = Router()

UNSAID = {
    "legal_name": gettext_noop("who runs it"),
    "legal_address": gettext_noop("their address"),
    "contact_email": gettext_noop("where to write to"),
    "governing_law": gettext_noop("by which country's law"),
}
"""What only whoever runs a stage can say of it."""
ALWAYS = gettext_noop("Always")
BACKUP_DAYS = 35
"""How far back the table can be restored (docs.aws.amazon.com/amazondynamodb, Point-in-time recovery)."""
DEAD_LETTER_DAYS = 10
ARCHIVE_DAYS = 7


class Subprocessor(NamedTuple):
    """Who else gets data.

    Attributes:
        name: as it is registered.
        purpose: what for.
        data: what it gets.
        only_if: when it gets any; empty for always.
        address: where it says what it does with data.
    """

    name: str
    purpose: str
    data: str
    only_if: str
    address: str


AWS = Subprocessor(
    "Amazon Web Services",
    gettext_noop("Runs all of the service, keeps its data and sends its mail"),
    gettext_noop("All that this service holds"),
    "",
    "https://aws.amazon.com/privacy/",
)
OPENAI = Subprocessor(
    "OpenAI",
    gettext_noop("Judges what a conversation means for which ticket, and words reports where a team wants that"),
    gettext_noop("What was said and by whom, by name, and the tickets it may be about; no addresses, no credentials"),
    "",
    "https://openai.com/policies/",
)
OTHERS = (
    Subprocessor(
        "Slack",
        gettext_noop("Where a team talks"),
        gettext_noop("Cards, reports and answers that are sent there"),
        gettext_noop("Once a team connects it"),
        "https://slack.com/trust/privacy/privacy-policy",
    ),
    Subprocessor(
        "Linear",
        gettext_noop("Where a team plans"),
        gettext_noop("Comments, tickets and changes that are written there, with quotes of what was said"),
        gettext_noop("Once a team connects it"),
        "https://linear.app/privacy",
    ),
    Subprocessor(
        "GitHub",
        gettext_noop("Where a team builds"),
        gettext_noop("Nothing: it is only read"),
        gettext_noop("Once a team connects it"),
        "https://docs.github.com/site-policy/privacy-policies/github-general-privacy-statement",
    ),
    Subprocessor(
        "Stripe",
        gettext_noop("Takes payments"),
        gettext_noop("The team's name, who pays, and what its plan counts; cards are entered there alone"),
        gettext_noop("Once a team pays"),
        "https://stripe.com/privacy",
    ),
)


@router.get("/privacy", **needs_nobody())
def show_privacy() -> Response[str]:
    """What is kept of whom, what for, how long, and how it ends."""
    return _page("privacy.html", current_request(router))


@router.get("/terms", **needs_nobody())
def show_terms() -> Response[str]:
    """On what terms the service may be used."""
    return _page("terms.html", current_request(router))


@router.get("/subprocessors", **needs_nobody())
def show_subprocessors() -> Response[str]:
    """Who else processes data for the service, and which."""
    uses_model = _legal().analyst == "openai"
    others = (AWS, *((OPENAI,) if uses_model else ()), *OTHERS)
    return _page("subprocessors.html", current_request(router), others=others, always=ALWAYS)


@router.get("/support", **needs_nobody())
def show_support() -> Response[str]:
    """How to be helped, and what helps whoever helps."""
    return _page("support.html", current_request(router))


def _page(template: str, request: PageRequest, **values: Any) -> Response[str]:
    legal = _legal()
    return page(
        request,
        template,
        legal=legal,
        unsaid=[request.texts.gettext(UNSAID[name]) for name in legal.unsaid],
        retention_days=Settings().retention_days,
        grace_days=GRACE.days,
        session_days=LONGEST.days,
        backup_days=BACKUP_DAYS,
        dead_letter_days=DEAD_LETTER_DAYS,
        archive_days=ARCHIVE_DAYS,
        **values,
    )


def _legal() -> LegalSettings:
    return settings()
