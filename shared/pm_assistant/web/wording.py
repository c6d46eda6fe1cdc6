"""What the pages say: for each way that connecting can go, why, and what a person can do."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple

from pm_assistant.domain.connections import Reason
from pm_assistant.presentation.i18n import gettext_noop


class Wording(NamedTuple):
    """One page; `{vendor}` stands for the vendor's name, `{place}` for what it calls that which is connected."""

    status: HTTPStatus
    title: str
    why: str
    what: Sequence[str]


_AGAIN = gettext_noop("Go to your connections and press the button for {vendor} again.")

PAGES: Mapping[Reason, Wording] = {
    Reason.LINK: Wording(
        HTTPStatus.GONE,
        gettext_noop("This link no longer opens"),
        gettext_noop(
            "A link to connect {vendor} opens once and for ten minutes. This one was used, is too old, or was "
            "never made."
        ),
        (gettext_noop("Go to your connections and get a fresh one."),),
    ),
    Reason.DECLINED: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("{vendor} was not connected"),
        gettext_noop("On the page of {vendor}, access was declined. Nothing was granted and nothing was stored."),
        (
            gettext_noop("If that was by mistake:"),
            _AGAIN,
        ),
    ),
    Reason.VENDOR_ERROR: Wording(
        HTTPStatus.BAD_GATEWAY,
        gettext_noop("{vendor} could not do it"),
        gettext_noop("{vendor} sent you back with an error of its own. Nothing was stored."),
        (
            _AGAIN,
            gettext_noop("If it stays like this, an administrator of your {vendor} may have to allow the app."),
        ),
    ),
    Reason.STATE_MISSING: Wording(
        HTTPStatus.BAD_REQUEST,
        gettext_noop("This page was not opened by {vendor}"),
        gettext_noop("People come here from {vendor}, with a proof of where they set out. Here it is missing."),
        (_AGAIN,),
    ),
    Reason.STATE: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("This way back is closed"),
        gettext_noop(
            "The way back from {vendor} is good once and for ten minutes. This one was used, is too old, or is "
            "not ours."
        ),
        (_AGAIN,),
    ),
    Reason.BROWSER: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("This is another browser"),
        gettext_noop(
            "Connecting {vendor} was begun in another browser, or in this one more than once. To be on the safe "
            "side nothing was stored."
        ),
        (
            _AGAIN,
            gettext_noop("Stay in the one browser until it says that it is done, and let it keep cookies."),
        ),
    ),
    Reason.PROVIDER: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("That belongs to another tool"),
        gettext_noop(
            "What was begun for one tool came back here for {vendor}. To be on the safe side nothing was stored."
        ),
        (_AGAIN,),
    ),
    Reason.RIGHTS: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("Your team does not let you connect"),
        gettext_noop(
            "Whoever asked for this is no longer an admin of the team, has logged out everywhere, or the team is "
            "closing."
        ),
        (gettext_noop("Ask an owner or admin of your team to connect {vendor}."),),
    ),
    Reason.PENDING: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("An owner has to agree first"),
        gettext_noop("You asked for the app to be installed. An owner of that {vendor} account has to agree to it."),
        (gettext_noop("When that is done, go to your connections and press the button for {vendor} again."),),
    ),
    Reason.INCOMPLETE: Wording(
        HTTPStatus.BAD_REQUEST,
        gettext_noop("Something is missing"),
        gettext_noop("{vendor} sent you back without what it takes to connect."),
        (_AGAIN,),
    ),
    Reason.CODE: Wording(
        HTTPStatus.BAD_GATEWAY,
        gettext_noop("{vendor} did not confirm it"),
        gettext_noop("{vendor} sent you back with a code and then did not accept it. Nothing was stored."),
        (_AGAIN,),
    ),
    Reason.NOT_THEIRS: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("An organisation's owner has to do this"),
        gettext_noop(
            "The app is installed on another {vendor} account than yours, or on an organisation of which you are "
            "no owner."
        ),
        (
            gettext_noop(
                "Ask an owner of the organisation to connect it. To connect your own {vendor} account, install the "
                "app there first, then connect again."
            ),
        ),
    ),
    Reason.TAKEN: Wording(
        HTTPStatus.CONFLICT,
        gettext_noop("This {place} belongs to another team"),
        gettext_noop(
            "This {vendor} {place} is connected to another team here, and can belong to one only. Nothing was "
            "changed there, and what was just granted is not kept."
        ),
        (
            gettext_noop(
                "Ask your colleagues who has registered already, and have them invite you. If it should move to your "
                "team, they have to disconnect it first."
            ),
        ),
    ),
    Reason.OTHER_WORKSPACE: Wording(
        HTTPStatus.CONFLICT,
        gettext_noop("Your team has another {vendor} {place}"),
        gettext_noop(
            "Your team is connected to a different {vendor} {place}. They must not be mixed, so the first one stays."
        ),
        (gettext_noop("To change over, disconnect the first one at your connections, then connect again."),),
    ),
    Reason.VENDOR_DOWN: Wording(
        HTTPStatus.SERVICE_UNAVAILABLE,
        gettext_noop("{vendor} does not answer"),
        gettext_noop("{vendor} did not answer in time when we asked about your consent. Nothing was stored."),
        (
            gettext_noop("Wait a minute."),
            _AGAIN,
        ),
    ),
    Reason.NOT_SET_UP: Wording(
        HTTPStatus.SERVICE_UNAVAILABLE,
        gettext_noop("{vendor} is not set up here yet"),
        gettext_noop("Whoever runs this service has not registered it with {vendor}."),
        (gettext_noop("Tell them; there is nothing that you can do about it."),),
    ),
}

AGAIN_FROM_THE_ACCOUNT = gettext_noop("Go to My account and press the button for your calendar again.")
OF_CALENDARS: Mapping[Reason, Wording] = {
    Reason.RIGHTS: Wording(
        HTTPStatus.FORBIDDEN,
        gettext_noop("Your calendar was not connected"),
        gettext_noop(
            "Whoever asked for this has logged out everywhere or left, the team does not know them, or it is closing."
        ),
        (AGAIN_FROM_THE_ACCOUNT,),
    ),
}
"""What reads otherwise where people connect their own calendar."""
