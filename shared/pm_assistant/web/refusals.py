"""Why something was not done, in the reader's language."""

from collections.abc import Mapping

from pm_assistant.domain import errors
from pm_assistant.domain.calendars import UnknownPerson
from pm_assistant.domain.languages import Language
from pm_assistant.presentation.i18n import Texts, gettext_noop

WORDS: Mapping[type[errors.ProductError], str] = {
    errors.InvalidRequest: gettext_noop("Something that was entered cannot be used."),
    errors.Unauthenticated: gettext_noop("It is not proven who you are; please log in again."),
    errors.Forbidden: gettext_noop("You may not do that."),
    errors.NotFound: gettext_noop("That is not there, or not any more."),
    errors.Conflict: gettext_noop("As things stand, that is not possible."),
    UnknownPerson: gettext_noop(
        "The team knows nobody by your address: have an admin say whose account in the chat is yours."
    ),
    errors.NotConnected: gettext_noop("That is not connected."),
    errors.Throttled: gettext_noop("Too many attempts; please try again in a few minutes."),
    errors.Misconfigured: gettext_noop("This is our fault, and we have been told of it."),
    errors.UpstreamRejected: gettext_noop("The other side has refused."),
    errors.UpstreamUnavailable: gettext_noop("The other side does not answer; please try again in a few minutes."),
}
"""What each error means; one that is not here means what its next parent here does."""


def refusal(error: errors.ProductError, texts: Texts) -> str:
    """What an error means, and in brackets its own words, which are English and say most; for English readers these."""
    if texts.language is Language.ENGLISH:
        return str(error)
    words = next(WORDS[kind] for kind in type(error).__mro__ if kind in WORDS)
    return f"{texts.gettext(words)} ({error})"
