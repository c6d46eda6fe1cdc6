"""What pages call what programs name: fields of what a job tells or the audit trail notes, and values of closed sets.

People read words in their language. What has none here stands as code, so that it is not taken for any: what a version
to come has written, or a vendor. A test names whatever the product itself tells of without having words for it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.checkout import PortalFlow
from pm_assistant.domain.trials import ExperimentState
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.presentation.cards import percent_in
from pm_assistant.presentation.i18n import gettext_noop
from pm_assistant.presentation.jobs import KINDS as JOB_KINDS
from pm_assistant.presentation.previews import STATUSES
from pm_assistant.presentation.reasons import reason_in
from pm_assistant.presentation.settings import LANGUAGES, NAMES
from pm_assistant.presentation.trail import ACTIONS
from pm_assistant.web import wording
from pm_assistant.web.html import moment
from pm_assistant.web.pages.access import ROLES
from pm_assistant.web.pages.automation import EFFECTS
from pm_assistant.web.pages.billing import PLANS
from pm_assistant.web.pages.decisions import KINDS as DECISION_KINDS
from pm_assistant.web.pages.disagreements import KINDS as DISAGREEMENT_KINDS
from pm_assistant.web.pages.keys import SCOPES
from pm_assistant.web.request import PageRequest
from pm_assistant.web.settings_fields import GROUPS

FIELDS: Mapping[str, str] = {
    "kind": gettext_noop("What"),
    "would": gettext_noop("What would come of it"),
    "ticket": gettext_noop("Ticket"),
    "to": gettext_noop("Moved to"),
    "title": gettext_noop("Title"),
    "text": gettext_noop("Words"),
    "confidence": gettext_noop("Confidence"),
    "reason": gettext_noop("Why"),
    "because": gettext_noop("Why"),
    "evidence": gettext_noop("Where it was said"),
    "private": gettext_noop("Said where not everybody listens"),
    "error": gettext_noop("What went wrong"),
    "members": gettext_noop("People"),
    "member_id": gettext_noop("Who"),
    "team_id": gettext_noop("Team"),
    "teams": gettext_noop("Teams"),
    "tickets": gettext_noop("Tickets"),
    "messages": gettext_noop("Messages"),
    "flaws": gettext_noop("What could not be read as it is"),
    "problem": gettext_noop("What is wrong"),
    "left_out": gettext_noop("Left out"),
    "left": gettext_noop("Who has left"),
    "missing": gettext_noop("Not connected"),
    "since": gettext_noop("Since"),
    "receipts": gettext_noop("What it rests on"),
    "repositories": gettext_noop("Repositories"),
    "pull_requests": gettext_noop("Pull requests"),
    "issues": gettext_noop("Issues"),
    "comments": gettext_noop("Comments"),
    "finished": gettext_noop("Finished"),
    "in_progress": gettext_noop("In progress"),
    "file": gettext_noop("File"),
    "counts": gettext_noop("How much"),
    "sent": gettext_noop("Sent on"),
    "remarks": gettext_noop("Reasons and notes"),
    "audit_entries": gettext_noop("Entries of the trail"),
    "code_comments": gettext_noop("Comments on code"),
    "ticket_comments": gettext_noop("Comments on tickets"),
    "track_records": gettext_noop("Answers that trust rests on"),
    "kept_messages": gettext_noop("Messages that waited"),
    "report_answers": gettext_noop("Answers for the team's report"),
    "called_off": gettext_noop("Called off"),
    "connections": gettext_noop("Connections"),
    "revoked": gettext_noop("Taken back at the vendor"),
    "schedules": gettext_noop("Schedules"),
    "logins": gettext_noop("Accounts"),
    "customers": gettext_noop("Subscriptions that were paid for"),
    "files": gettext_noop("Files"),
    "rows": gettext_noop("Rows"),
    "counts.tenant": gettext_noop("The team itself"),
    "counts.member": gettext_noop("People"),
    "counts.team": gettext_noop("Teams"),
    "counts.ticket": gettext_noop("Tickets"),
    "counts.message": gettext_noop("Messages"),
    "counts.decision": gettext_noop("Decisions"),
    "counts.subscription": gettext_noop("Reports"),
    "counts.audit": gettext_noop("Entries of the trail"),
    "counts.account": gettext_noop("Accounts"),
    "counts.connection": gettext_noop("Connections"),
    "counts.repository": gettext_noop("Repositories"),
    "counts.pull_request": gettext_noop("Pull requests"),
    "counts.issue": gettext_noop("Issues"),
    "counts.code_comment": gettext_noop("Comments on code"),
    "counts.plan_name": gettext_noop("Names of plans and labels"),
    "counts.attachment": gettext_noop("Attachments"),
    "counts.ticket_comment": gettext_noop("Comments on tickets"),
    "counts.track_record": gettext_noop("Answers that trust rests on"),
    "counts.report_answers": gettext_noop("Answers for the team's report"),
    "counts.calendar": gettext_noop("Calendars"),
    "account": gettext_noop("Account"),
    "accounts": gettext_noop("Accounts"),
    "address": gettext_noop("From which address"),
    "answer": gettext_noop("Answer"),
    "away_until": gettext_noop("Away until"),
    "before": gettext_noop("Before"),
    "decisions": gettext_noop("Decisions"),
    "history_days": gettext_noop("Days of history"),
    "people": gettext_noop("People"),
    "budget_dollars": gettext_noop("Dollars a month"),
    "by": gettext_noop("By"),
    "closes_at": gettext_noop("Ends"),
    "detail": gettext_noop("Details"),
    "dry_run": gettext_noop("Only tried"),
    "email": gettext_noop("E-mail"),
    "external_id": gettext_noop("Id at the vendor"),
    "fields": gettext_noop("What was changed"),
    "flow": gettext_noop("What for"),
    "invitations_cancelled": gettext_noop("Invitations taken back"),
    "invoiced": gettext_noop("Paid by invoice"),
    "keys_revoked": gettext_noop("Keys revoked"),
    "language": gettext_noop("Language"),
    "name": gettext_noop("Name"),
    "others": gettext_noop("Other browsers"),
    "plan": gettext_noop("Plan"),
    "provider": gettext_noop("Tool"),
    "role": gettext_noop("Role"),
    "run": gettext_noop("Job"),
    "scope": gettext_noop("What it may do"),
    "seats": gettext_noop("Seats"),
    "state": gettext_noop("State"),
    "team": gettext_noop("Team"),
    "time_zone": gettext_noop("Time zone"),
    "undone": gettext_noop("Undone"),
    "not_undone": gettext_noop("Not undone"),
    "trial_ends_at": gettext_noop("End of the trial"),
    "winner": gettext_noop("Better side"),
    "effect": gettext_noop("What it does"),
    "channel": gettext_noop("Channel"),
    "one_thread": gettext_noop("One thread of it alone"),
    "label": gettext_noop("Label"),
    "until": gettext_noop("Until"),
}
"""What a field is called; below another one first by both names with a point between."""
IDS = frozenset({"id", "ticket_id", "pull_request_id", "account_id", "url"})
"""Fields that tell people nothing beside the others."""
WOULD: Mapping[str, str] = {
    "act": gettext_noop("Done at once"),
    "ask": gettext_noop("People are asked first"),
    "log": gettext_noop("Only logged"),
    "nothing": gettext_noop("Nothing: it has been done, or answered, already"),
}
TRIALS: Mapping[ExperimentState, str] = {
    ExperimentState.RUNNING: gettext_noop("Running"),
    ExperimentState.WON: gettext_noop("One side is better"),
    ExperimentState.UNDECIDED: gettext_noop("Neither side is better"),
    ExperimentState.UNSAFE: gettext_noop("Stopped, as it did harm"),
    ExperimentState.STRAY: gettext_noop("Stopped, as conversations got lost"),
    ExperimentState.STOPPED: gettext_noop("Stopped by a person"),
}
PAYING: Mapping[PortalFlow, str] = {
    PortalFlow.PAYMENT_METHOD: gettext_noop("Another way to pay"),
    PortalFlow.UPDATE: gettext_noop("Another plan, or other seats"),
    PortalFlow.CANCEL: gettext_noop("To cancel"),
}
_TOOLS = {provider.value: vendor.label for provider, vendor in VENDORS.items()}
_ANSWERS = {action.partition(".")[2]: words for action, words in ACTIONS.items() if action.startswith("decision.")}


def _by_value(*tables: Mapping[Any, str]) -> Mapping[str, str]:
    return {str(each): words for table in tables for each, words in table.items()}


VALUES: Mapping[str, Mapping[str, str]] = {
    "kind": _by_value(JOB_KINDS, NAMES, DECISION_KINDS, DISAGREEMENT_KINDS),
    "would": WOULD,
    "role": _by_value(ROLES),
    "scope": _by_value(SCOPES),
    "state": _by_value(STATUSES, TRIALS),
    "language": _by_value(LANGUAGES),
    "provider": _TOOLS,
    "missing": _TOOLS,
    "plan": _by_value(PLANS),
    "answer": _ANSWERS,
    "flow": _by_value(PAYING),
    "effect": EFFECTS,
    "text": {TAKEN_BACK: TAKEN_BACK},
    "title": {TAKEN_BACK: TAKEN_BACK},
}
"""What a field's values are called, where they are of a closed set."""
REASONS: Mapping[str, str] = {reason.value: said.title for reason, said in wording.PAGES.items()}
"""Why a vendor was not connected."""
SWITCHES = frozenset({"dry_run", "one_thread", "revoked"})
"""What the trail, which keeps text, says of a yes or no."""
OURS = frozenset({"because", "by", "detail", "error", "problem", "reason"})
"""Fields of which a sentence of ours may be the value; all others have people's and vendors' own words."""
SETTINGS: Mapping[str, str] = {
    **{setting.name.partition(".")[0]: group.title for group in GROUPS for setting in group.settings},
    **{setting.name: setting.label for group in GROUPS for setting in group.settings},
    "rules": gettext_noop("Automation"),
}
"""What is set, by its name in the settings; of several that are saved together, what those are called."""
_DIFFERENCE = re.compile(r".* -> .*", re.DOTALL)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d[0-9:.]*(?:Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Said(NamedTuple):
    """A field as people read it."""

    name: Markup
    value: Markup


class Naming:
    """Calls things by their names, in the language of whoever looks."""

    def __init__(self, request: PageRequest, names: Callable[[str, str], str]) -> None:
        """Use `names` for what ids stand for, by the field that has them."""
        self._request, self._texts, self._names = request, request.texts, names

    def all_of(self, content: Mapping[str, object], *, within: str = "", vendor: str = "") -> Sequence[Said]:
        """Each field in words, without those that are empty or ids.

        Args:
            content: JSON.
            within: the field that has it.
            vendor: what it is about, where it is about one.
        """
        told = {name: value for name, value in content.items() if value not in (None, "", [], {}, ())}
        return [
            Said(self.field(name, within), self.value(name, value, vendor))
            for name, value in told.items()
            if name not in IDS
        ]

    def field(self, name: str, within: str = "") -> Markup:
        """What a field, or a setting, is called."""
        words = FIELDS.get(f"{within}.{name}") or FIELDS.get(name) or SETTINGS.get(name)
        return escape(self._texts.gettext(words)) if words else _code(name)

    def value(self, name: str, value: object, vendor: str = "") -> Markup:
        """What a field says."""
        match value:
            case bool():
                return escape(self._texts.gettext("Yes") if value else self._texts.gettext("No"))
            case "true" | "false" if name in SWITCHES:
                return self.value(name, value == "true")
            case int() | float():
                return escape(percent_in(value, self._texts) if name == "confidence" else self._texts.decimal(value))
            case str():
                return self._said(name, value, vendor)
            case {"text": str(text), "url": str(url)}:
                return _link(url, text)
            case Mapping():
                fields = self.all_of(value, within=name)
                return Markup("; ").join(Markup("{}: {}").format(each.name, each.value) for each in fields)
            case list() | tuple():
                return Markup(", ").join(self.value(name, each, vendor) for each in value)
            case _:
                return escape(str(value))

    def _said(self, name: str, value: str, vendor: str) -> Markup:
        if value in VALUES.get(name, {}):
            return escape(self._texts.gettext(VALUES[name][value]))
        if name == "reason" and vendor and value in REASONS:
            return escape(self._texts.gettext(REASONS[value], **self._vendor_words(vendor)))
        if name in {"member_id", "team_id", "team", "account", "channel"}:
            return escape(self._names(name, value))
        if name == "fields":
            return Markup(", ").join(map(self.field, value.split(", ")))
        if name == "file" or (name in SETTINGS and _DIFFERENCE.fullmatch(value)):
            return _code(value)
        if value.startswith(("https://", "http://")):
            return _link(value, self._texts.gettext("Show it"))
        return self._time(value) or escape(reason_in(value, self._texts) if name in OURS else value)

    def _time(self, value: str) -> Markup | None:
        try:
            if _MOMENT.fullmatch(value):
                return moment(datetime.fromisoformat(value), self._request)
            return escape(self._texts.date(date.fromisoformat(value))) if _DAY.fullmatch(value) else None
        except ValueError:
            return None

    def _vendor_words(self, vendor: str) -> Mapping[str, str]:
        known = next((each for provider, each in VENDORS.items() if provider.value == vendor), None)
        return {"vendor": known.label if known else vendor, "place": self._texts.gettext(known.place) if known else ""}


def _code(name: str) -> Markup:
    return Markup("<code>{}</code>").format(name)


def _link(url: str, words: str) -> Markup:
    """To a page of a vendor's; its words alone where the address is none of the web."""
    if not url.startswith(("https://", "http://")):
        return escape(words)
    return Markup('<a href="{}" rel="noreferrer" hx-boost="false">{}</a>').format(url, words)
