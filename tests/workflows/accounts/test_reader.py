"""Mails are in the language of whom they are for; of nobody known in that of whoever has us write."""

from collections.abc import Callable

import pytest

from pm_assistant.domain.languages import Language
from pm_assistant.workflows.accounts.email_change import ask_for_email, confirm_email
from tests.builders import ACME, GLOBEX, a_member
from tests.presentation.mail_reader import Reader
from tests.workflows.accounts.app import ADA, GRACE, LINUS, OTHER, PASSWORD, AccountsApp, as_caller

NEW = "ada@byron.test"

type Ask = Callable[[AccountsApp], object]


def invite_grace(app: AccountsApp) -> str:
    """Have Ada invite somebody who cannot log in anywhere; whom the mail is for."""
    app.invite(GRACE, caller=as_caller(app.account()))
    return GRACE


def register_as_ada(app: AccountsApp) -> str:
    """Try to found a team with an address that has an account."""
    app.register(ADA, OTHER)
    return ADA


def join_as_linus(app: AccountsApp) -> str:
    """Take up an invitation with the address of an account of another team."""
    app.invite(LINUS, caller=as_caller(app.account()))
    app.register(LINUS, OTHER, invitation=app.invitation_code())
    return LINUS


def want_another_address(app: AccountsApp) -> str:
    """Have Ada ask to log in with an address that nobody knows yet."""
    ask_for_email(NEW, PASSWORD, as_caller(app.account()), app.unit(ACME), origin=app.origin())
    return NEW


def take_another_address(app: AccountsApp) -> str:
    """Have Ada confirm that address, of which the former one is told."""
    want_another_address(app)
    code = app.mailer.sent[-1].text.partition("/account/email/")[2].split()[0]
    confirm_email(code, as_caller(app.account()), app.unit(ACME), origin=app.origin())
    return ADA


MAILS = (invite_grace, register_as_ada, join_as_linus, want_another_address, take_another_address)
LANGUAGES = [
    (Language.FRENCH, Language.GERMAN, Language.FRENCH),
    (Language.FRENCH, None, Language.FRENCH),
    (None, Language.GERMAN, Language.GERMAN),
    (None, None, Language.ENGLISH),
]
"""What the team knows a reader to read, what whoever asks reads, and what the reader is then written to in."""


def knowing(language: Language | None) -> AccountsApp:
    """Ada owns a team, Linus is of another one, and each team knows its people to read a language."""
    app = AccountsApp()
    app.member(ADA)
    app.member(LINUS, tenant_id=GLOBEX)
    app.stores.directory.put_members(ACME, [a_member(name, language=language) for name in ("ada", "grace")])
    app.stores.directory.put_members(GLOBEX, [a_member("linus", language=language)])
    return app


@pytest.mark.parametrize("cause", MAILS, ids=lambda cause: cause.__name__)
@pytest.mark.parametrize(("own", "asked_in", "expected"), LANGUAGES)
def test_whoever_is_known_reads_their_own_language(
    own: Language | None, asked_in: Language | None, expected: Language, cause: Callable[[AccountsApp], str]
) -> None:
    """Else that of whoever asks, where the request says it, else English."""
    app = knowing(own)
    app.asked_in = asked_in

    reader = cause(app)

    mail = app.mailer.sent[-1]
    assert (reader, expected) == (mail.to, Reader(mail).language)


@pytest.mark.parametrize("asked_in", [Language.JAPANESE, None])
def test_whom_no_team_knows_is_written_to_in_the_language_of_who_invites(asked_in: Language | None) -> None:
    """There is nothing else to go by."""
    app = AccountsApp()
    app.member(ADA)
    app.asked_in = asked_in

    invite_grace(app)

    assert (asked_in or Language.ENGLISH) == Reader(app.mailer.sent[-1]).language


@pytest.mark.parametrize(("own", "asked_in", "expected"), LANGUAGES)
def test_a_code_for_a_new_password_comes_in_the_language_of_whose_password_it_is(
    own: Language | None, asked_in: Language | None, expected: Language
) -> None:
    """Whoever it is that asks for it."""
    app = knowing(own)
    app.asked_in = asked_in

    app.forgot(LINUS)

    assert ([LINUS], [expected]) == ([email for email, _ in app.users.sent], app.users.languages)


@pytest.mark.parametrize("asked_in", [Language.SPANISH, None])
def test_whoever_registers_gets_the_code_in_the_language_of_the_page(asked_in: Language | None) -> None:
    """When it is sent again, in the language of the page on which that was asked for."""
    app = AccountsApp()
    app.asked_in = asked_in

    app.register(GRACE)
    assert [asked_in] == app.users.languages

    app.asked_in = Language.FRENCH
    app.resend(GRACE)
    assert [asked_in, Language.FRENCH] == app.users.languages
