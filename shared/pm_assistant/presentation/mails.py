"""What the mails say that we write ourselves; those with codes are the directory's."""

from datetime import datetime
from html import escape

from pm_assistant.domain.accounts import Mail
from pm_assistant.presentation.comments import inert

LONGEST_TEAM = 40
"""Characters of a team's name in a mail to strangers: more would be room for a message."""


def invitation(to: str, *, team: str, invited_by: str, code: str, until: datetime, public_url: str) -> Mail:
    """Offer a person to join a team."""
    return _mail(
        to,
        "You are invited to a team on PM Assistant",
        f"{invited_by} invites you to join the team “{_name(team)}” on PM Assistant.",
        f"Your invitation code is {code}",
        f"Use it to register with this e-mail address, until {until:%-d %B %Y, %H:%M} UTC. "
        f"How to register is described at {public_url}/v1/docs",
        "If you do not know the team, ignore this mail: without the code nothing happens.",
    )


def already_registered(to: str, *, public_url: str) -> Mail:
    """Tell a person, and nobody else, that somebody tried to register an address that has an account."""
    return _mail(
        to,
        "You already have an account on PM Assistant",
        "Somebody, perhaps you, tried to register this e-mail address. It has an account already; nothing was changed.",
        "If you have forgotten the password, ask for a code to set a new one: "
        f"POST {public_url}/auth/password/forgot with your e-mail address.",
        "If it was not you, ignore this mail: whoever it was has not been told that the account exists.",
    )


def connection_broken(to: str, *, team: str, vendor: str, since: datetime, reason: str, public_url: str) -> Mail:
    """Tell somebody who can mend it that a vendor no longer lets us in."""
    return _mail(
        to,
        f"{vendor} is no longer connected to PM Assistant",
        f"PM Assistant lost its access to {vendor} for the team “{_name(team)}” on {since:%-d %B %Y, %H:%M} UTC. "
        f"What {vendor} said: {reason}",
        "Nothing that was kept is lost, but until it is connected again nothing new is read or written there.",
        f"Connect it again at {public_url}/connect",
    )


def _name(team: str) -> str:
    """What a team calls itself, to somebody who may not know it: short, and no address."""
    return inert(team if len(team) <= LONGEST_TEAM else f"{team[: LONGEST_TEAM - 1]}…")


def _mail(to: str, subject: str, *paragraphs: str) -> Mail:
    html = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    text = "\n\n".join(paragraphs) + "\n"
    return Mail(to=to, subject=subject, text=text, html=f"<!doctype html><html><body>{html}</body></html>")
