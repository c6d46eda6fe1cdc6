"""Why something was not done, in the reader's language."""

from collections.abc import Mapping

from pm_assistant.domain import errors
from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.presentation.i18n import Texts, gettext_noop

WORDS: Mapping[type[errors.ProductError], str] = {
    errors.InvalidRequest: gettext_noop("Something that was entered cannot be used."),
    errors.Unauthenticated: gettext_noop("It is not proven who you are; please log in again."),
    errors.Forbidden: gettext_noop("You may not do that."),
    errors.NotFound: gettext_noop("That is not there, or not any more."),
    errors.Contention: gettext_noop("Somebody else is at work on this right now; please try again in a moment."),
    errors.Conflict: gettext_noop("As things stand, that is not possible."),
    errors.NotConnected: gettext_noop("That is not connected."),
    errors.Throttled: gettext_noop("Too many attempts; please try again in a few minutes."),
    errors.Misconfigured: gettext_noop("This is our fault, and we have been told of it."),
    errors.UpstreamRejected: gettext_noop("The other side has refused."),
    errors.UpstreamUnavailable: gettext_noop("The other side does not answer; please try again in a few minutes."),
}
"""What each error means; one that is not here means what its next parent here does."""
ANY_FIELD = gettext_noop("what was entered")
LABELS: Mapping[str, str] = {
    "mode": gettext_noop("Trust"),
    "threshold": gettext_noop("Confidence in percent"),
    "effect": gettext_noop("What it does"),
    "kind": gettext_noop("Only this kind"),
    "channel": gettext_noop("Only this channel, by its name or id"),
    "label": gettext_noop("Only tickets with this label"),
    "until": gettext_noop("Last day; empty for no end"),
    "note": gettext_noop("Why"),
    "plan": gettext_noop("Plan"),
    "seats": gettext_noop("Seats: people you pay for"),
    "hour": gettext_noop("Time"),
    "minute": gettext_noop("Time"),
    "weekdays": gettext_noop("Days"),
    "delivery": gettext_noop("They reach me by"),
    "time_zone": gettext_noop("Time zone"),
    "channel_id": gettext_noop("Channel"),
}
"""What stands beside a field of a form, by which it is named where what was filled in cannot be used."""


def refusal(error: errors.ProductError, texts: Texts) -> str:
    """An error's own words, which say most; or what it means, for those who read another language than theirs.

    Behind that stands in brackets what a vendor said of it.
    """
    if texts.language is Language.ENGLISH or isinstance(error.words, Translatable):
        return texts.said(error.words)
    meaning = texts.gettext(next(WORDS[kind] for kind in type(error).__mro__ if kind in WORDS))
    return f"{meaning} ({error})" if isinstance(error, errors.UpstreamError) else meaning
