"""What the mails say that are no reports."""

from datetime import datetime

from pm_assistant.domain.accounts import Invitation, Mail, MailReturned
from pm_assistant.presentation.escaping import inert
from pm_assistant.presentation.i18n import Texts
from pm_assistant.presentation.mail_layout import Code, Letter, Link, Paragraph, lay_out
from pm_assistant.presentation.notices import NoticeWords
from pm_assistant.presentation.reasons import reason_in

LONGEST_TEAM = 40
"""Characters of a team's name in a mail to strangers: more would be room for a message."""


def invitation(offer: Invitation, *, team: str, invited_by: str, code: str, public_url: str, texts: Texts) -> Mail:
    """Offer a person to join a team; the code in the link opens nothing but for the address that it was sent to."""
    gettext, name, until = texts.gettext, _name(team), offer.expires_at
    without_a_seat = Paragraph(
        gettext(
            "The team's plan has no seat left right now. You can log in, read and answer at once; "
            "reports of your own come as soon as there is a seat, and nothing is lost until then."
        )
    )
    return lay_out(
        Letter(
            subject=gettext("You are invited to a team on PM Assistant"),
            preview=gettext("{person} would like you to join “{team}”.", person=invited_by, team=name),
            title=gettext("You are invited"),
            parts=(
                Paragraph(
                    gettext(
                        "{person} invites you to join the team “{team}” on PM Assistant.", person=invited_by, team=name
                    )
                ),
                Paragraph(
                    gettext(
                        "PM Assistant keeps a team's tickets true to what its people say, "
                        "and tells each of them in the morning what moved and what is next."
                    )
                ),
                *((without_a_seat,) if offer.waits_for_seat else ()),
                Paragraph(
                    gettext(
                        "Register with this e-mail address until {day}, {time} UTC. "
                        "Where you are asked for it, your invitation code is",
                        day=texts.date(until.date()),
                        time=texts.time(until),
                    )
                ),
                Code(code),
            ),
            button=Link(gettext("Join the team"), f"{public_url}/join?code={code}"),
            small_print=(gettext("If you do not know the team, ignore this mail: without the code nothing happens."),),
            language=texts.language,
        ),
        to=offer.email,
    )


def already_registered(to: str, *, public_url: str, texts: Texts) -> Mail:
    """Tell a person, and nobody else, that somebody tried to register an address that has an account."""
    gettext = texts.gettext
    return lay_out(
        Letter(
            subject=gettext("You already have an account on PM Assistant"),
            preview=gettext("Somebody tried to register this address. Nothing was changed."),
            title=gettext("You already have an account"),
            parts=(
                Paragraph(
                    gettext(
                        "Somebody, perhaps you, tried to register this e-mail address. "
                        "It has an account already; nothing was changed."
                    )
                ),
                Paragraph(gettext("You can log in with your password, or have a code mailed to set a new one.")),
            ),
            button=Link(gettext("Log in"), f"{public_url}/login"),
            small_print=(
                gettext("If it was not you, ignore this mail: whoever it was is not told that the account exists."),
            ),
            ways_out=(Link(gettext("I forgot my password"), f"{public_url}/forgot"),),
            language=texts.language,
        ),
        to=to,
    )


def email_change(to: str, *, before: str, code: str, public_url: str, texts: Texts) -> Mail:
    """Bring the code by which somebody confirms that this is to be the address of their account."""
    gettext = texts.gettext
    return lay_out(
        Letter(
            subject=gettext("Confirm your new address for PM Assistant"),
            preview=gettext("Until it is confirmed, nothing changes."),
            title=gettext("Confirm your new address"),
            parts=(
                Paragraph(
                    gettext(
                        "Somebody who logs in to PM Assistant as {email} would like to do so with this address.",
                        email=before,
                    )
                ),
                Paragraph(
                    gettext(
                        "If that is you, open the page below where you are logged in, "
                        "or enter this code under My account:"
                    )
                ),
                Code(code),
                Paragraph(gettext("It is good for an hour. You are then logged out everywhere else.")),
            ),
            button=Link(gettext("Confirm the address"), f"{public_url}/account/email/{code}"),
            small_print=(gettext("If it was not you, ignore this mail: without your doing nothing comes of it."),),
            language=texts.language,
        ),
        to=to,
    )


def email_changed(to: str, *, email: str, public_url: str, texts: Texts) -> Mail:
    """Tell the mailbox that an account had so far that it has another one now."""
    gettext = texts.gettext
    return lay_out(
        Letter(
            subject=gettext("Your address for PM Assistant has changed"),
            preview=gettext("You log in with {email} from now on.", email=email),
            title=gettext("Your address has changed"),
            parts=(
                Paragraph(
                    gettext(
                        "Your account on PM Assistant now has the address {email}. It was asked for with your "
                        "password, and confirmed by whoever reads that mailbox. This address is no longer used.",
                        email=email,
                    )
                ),
                Paragraph(
                    gettext("If it was not you, tell an owner or admin of your team at once: they can end the login.")
                ),
            ),
            button=Link(gettext("Log in"), f"{public_url}/login"),
            small_print=(gettext("You get this once, because it was the address of your account."),),
            language=texts.language,
        ),
        to=to,
    )


def code_mail(trigger: str, code: str, *, public_url: str, texts: Texts) -> Mail | None:
    """What the directory mails a code with, by what it calls the occasion; None where we have no words for it.

    The directory knows the address, and takes the HTML alone. Without `public_url` there is no button.
    """
    match trigger:
        case "CustomMessage_SignUp" | "CustomMessage_ResendCode":
            return lay_out(_address_code(code, public_url, texts), to="")
        case "CustomMessage_ForgotPassword":
            return lay_out(_password_code(code, public_url, texts), to="")
        case _:
            return None


def _address_code(code: str, public_url: str, texts: Texts) -> Letter:
    gettext = texts.gettext
    return Letter(
        subject=gettext("Your code for PM Assistant"),
        preview=gettext("Enter it to prove that this address is yours."),
        title=gettext("Prove that this address is yours"),
        parts=(
            Paragraph(gettext("Welcome to PM Assistant. Enter this code where you registered, in the same browser:")),
            Code(code),
            Paragraph(gettext("It is good for a day.")),
        ),
        button=_leading_to(public_url, "verify", gettext("Enter the code")),
        small_print=(gettext("If you did not register, ignore this mail: without the code nothing comes of it."),),
        language=texts.language,
    )


def _password_code(code: str, public_url: str, texts: Texts) -> Letter:
    gettext = texts.gettext
    return Letter(
        subject=gettext("Your code for a new password on PM Assistant"),
        preview=gettext("Enter it to set a new password for PM Assistant."),
        title=gettext("Set a new password"),
        parts=(
            Paragraph(gettext("Somebody, perhaps you, wants to set a new password for your account on PM Assistant.")),
            Paragraph(gettext("The code for that is")),
            Code(code),
            Paragraph(gettext("It is good for an hour.")),
        ),
        button=_leading_to(public_url, "reset", gettext("Set a new password")),
        small_print=(
            gettext("If it was not you, ignore this mail: your password stays as it is. Give the code to nobody."),
        ),
        language=texts.language,
    )


def _leading_to(public_url: str, part: str, words: str) -> Link | None:
    return Link(words, f"{public_url}/{part}") if public_url else None


def connection_broken(
    to: str, *, team: str, vendor: str, since: datetime, reason: str, public_url: str, texts: Texts
) -> Mail:
    """Tell somebody who can mend it that a vendor no longer lets us in."""
    gettext, words = texts.gettext, words_of_loss(vendor, since, reason, texts)
    return lay_out(
        Letter(
            subject=gettext("{vendor} is no longer connected to PM Assistant", vendor=vendor),
            preview=gettext("Until it is connected again, nothing new is read or written in {vendor}.", vendor=vendor),
            title=words.title,
            parts=(
                Paragraph(gettext("This is about the team “{team}”.", team=_name(team))),
                Paragraph(inert(words.text)),
            ),
            button=Link(words.button, f"{public_url}/connections"),
            small_print=(gettext("You get this because you are an owner or admin of the team."),),
            language=texts.language,
        ),
        to=to,
    )


def words_of_loss(vendor: str, since: datetime, reason: str, texts: Texts) -> NoticeWords:
    """What to say of it in mails and in the chat; a reason that is none of ours is quoted."""
    return NoticeWords(
        texts.gettext("{vendor} is no longer connected", vendor=vendor),
        texts.gettext(
            "PM Assistant lost its access to {vendor} on {day}, {time} UTC. Why: {reason} Nothing that was kept is "
            "lost, but until it is connected again nothing new is read or written there.",
            vendor=vendor,
            day=texts.date(since.date()),
            time=texts.time(since),
            reason=_sentence(reason_in(reason, texts)),
        ),
        texts.gettext("Reconnect {vendor}", vendor=vendor),
    )


def calendar_broken(to: str, *, public_url: str, texts: Texts) -> Mail:
    """Tell a person that their own calendar can no longer be read."""
    gettext = texts.gettext
    return lay_out(
        Letter(
            subject=gettext("Your calendar is no longer connected to PM Assistant"),
            preview=gettext("Until it is connected again, reports come on days on which you are out of office, too."),
            title=gettext("Your calendar is no longer connected"),
            parts=(
                Paragraph(
                    gettext(
                        "Google no longer lets PM Assistant see when you are out of office. Perhaps you took the "
                        "access away, or whoever administers your Google Workspace did."
                    )
                ),
                Paragraph(
                    gettext(
                        "Reports go on, also on days on which your calendar has you out of office. "
                        "What was kept of those days has been deleted."
                    )
                ),
            ),
            button=Link(gettext("Connect my calendar"), f"{public_url}/account#calendar"),
            small_print=(gettext("You get this once, because you connected your calendar."),),
            language=texts.language,
        ),
        to=to,
    )


def payment_due(to: str, *, team: str, words: NoticeWords, address: str, texts: Texts) -> Mail:
    """Tell somebody who can see to it what is due over money."""
    gettext = texts.gettext
    return lay_out(
        Letter(
            subject=f"{words.title} (PM Assistant)",
            preview=gettext("What it means for your team, and what can be done."),
            title=words.title,
            parts=(
                Paragraph(gettext("This is about the team “{team}”.", team=_name(team))),
                Paragraph(words.text),
                Paragraph(gettext("To undo, to export and to see who did what is always possible.")),
            ),
            button=Link(words.button, address),
            small_print=(gettext("You get this once, because you are an owner or admin of the team."),),
            language=texts.language,
        ),
        to=to,
    )


def mail_stopped(to: str, *, team: str, returned: MailReturned, public_url: str, texts: Texts) -> Mail:
    """Tell somebody who can mend it that an address is no longer written to."""
    gettext = texts.gettext
    came_back = returned.reason == "Bounce"
    return lay_out(
        Letter(
            subject=gettext("Mail to somebody of your team does not arrive"),
            preview=gettext("{email} is sent no more mail.", email=returned.email),
            title=gettext("Mail does not arrive"),
            parts=(
                Paragraph(
                    gettext(
                        "PM Assistant sent mail to {email} for the team “{team}”.",
                        email=returned.email,
                        team=_name(team),
                    )
                ),
                Paragraph(
                    gettext("It came back: there is no such mailbox.")
                    if came_back
                    else gettext("Its reader called it junk.")
                ),
                Paragraph(
                    gettext(
                        "Nothing more is sent there. Reports for this person come in Slack instead, if the person is "
                        "known there, until somebody asks for them by e-mail again or confirms the address."
                    )
                ),
            ),
            button=Link(gettext("Open PM Assistant"), f"{public_url}/today"),
            small_print=(gettext("You get this because you are an owner or admin of the team."),),
            language=texts.language,
        ),
        to=to,
    )


def _sentence(words: str) -> str:
    """A reason, with the mark at its end that vendors leave out as often as not."""
    return words.rstrip() if words.rstrip().endswith((".", "!", "?", "…", "。")) else f"{words.rstrip()}."


def _name(team: str) -> str:
    """What a team calls itself, to somebody who may not know it: short, and no address."""
    return inert(team if len(team) <= LONGEST_TEAM else f"{team[: LONGEST_TEAM - 1]}…")
