"""What is said of what is due over money: the same on pages, in the chat and in mails."""

from typing import assert_never

from pm_assistant.domain.due import Due
from pm_assistant.presentation.i18n import Texts
from pm_assistant.presentation.notices import NoticeWords


def words_of(due: Due, texts: Texts) -> NoticeWords:
    """What to say of it, in a language; the button leads to the page of the plan."""
    gettext = texts.gettext
    match due:
        case Due.LIMITED:
            return NoticeWords(
                gettext("Your plan is not paid any more"),
                gettext("I go on as on the free plan: I ask before I do anything, and nothing that was kept is lost."),
                gettext("Pay for the plan"),
            )
        case Due.TRIAL_OVER:
            return NoticeWords(
                gettext("Your trial is over"),
                gettext("I go on as on the free plan: I ask before I do anything, and nothing that was kept is lost."),
                gettext("Choose a plan"),
            )
        case Due.PAYMENT_FAILED:
            return NoticeWords(
                gettext("The last payment failed"),
                gettext("For two weeks everything goes on as it is. Until then another card can be given."),
                gettext("Give another card"),
            )
        case Due.QUOTA_USED:
            return NoticeWords(
                gettext("This month's decisions are used up"),
                gettext("What is said is still read and kept. Soon I judge it more simply, and only propose."),
                gettext("See your plan"),
            )
        case Due.TRIAL_ENDING:
            return NoticeWords(
                gettext("Your trial ends in a few days"),
                gettext("Without a plan I go on as on the free one: I ask before I do anything."),
                gettext("Choose a plan"),
            )
        case Due.QUOTA_NEARLY_USED:
            return NoticeWords(
                gettext("Four fifths of this month's decisions are used"),
                gettext("Nothing changes yet, and nothing is lost if they run out."),
                gettext("See your plan"),
            )
        case Due.SEATS_EXCEEDED | Due.SEATS_NEARLY_USED:
            return _of_seats(due, texts)
        case _:
            assert_never(due)


def _of_seats(due: Due, texts: Texts) -> NoticeWords:
    gettext = texts.gettext
    title, text = (
        (
            gettext("There are more people than seats"),
            gettext("Who has no seat gets no reports. All that is said is still read, and nothing is lost."),
        )
        if due is Due.SEATS_EXCEEDED
        else (
            gettext("Nearly all seats are taken"),
            gettext("Nothing changes yet. Who comes when none is left gets no reports; nothing else is lost."),
        )
    )
    return NoticeWords(title, text, gettext("See your plan"))
