"""The address that somebody logs in with, and what changes it."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Account, Caller, MailStop, Role, Scope
from pm_assistant.domain.errors import (
    Forbidden,
    InvalidRequest,
    Throttled,
    Unauthenticated,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.workflows.accounts.email_change import EmailTaken, ask_for_email, confirm_email
from pm_assistant.workflows.accounts.login import change_password
from pm_assistant.workflows.accounts.mail_stops import CalledJunk
from pm_assistant.workflows.accounts.signing import said_in, signed
from pm_assistant.workflows.accounts.throttle import RATES
from tests.builders import ACME, GLOBEX, a_member
from tests.workflows.accounts.app import ADA, GRACE, LINUS, OTHER, PASSWORD, AccountsApp, as_caller

NEW = "ada@byron.test"


class Changing(AccountsApp):
    """Somebody who logs in with one address and would like another."""

    def __init__(self) -> None:
        super().__init__()
        self.ada = self.member()

    def ask(self, email: str = NEW, current: str = PASSWORD, *, caller: Caller | None = None) -> str:
        """Ask for another address; the code that was mailed there."""
        ask_for_email(email, current, caller or as_caller(self.ada), self.unit(ACME), origin=self.origin())
        mail = self.mailer.sent[-1]
        assert email.casefold() == mail.to
        return mail.text.partition("/account/email/")[2].split()[0].rstrip(">)")

    def confirm(self, code: str, *, caller: Caller | None = None) -> Account:
        """Give the code."""
        return confirm_email(code, caller or as_caller(self.ada), self.unit(ACME), origin=self.origin())


def test_an_address_changes_when_its_mailbox_confirms_it() -> None:
    """Nothing before; then one logs in with it and with the same password, and with the former one no more."""
    app = Changing()
    session = app.login()
    code = app.ask()
    assert session.identity.id == app.login(ADA).identity.id

    changed = app.confirm(code)

    assert (NEW, (ADA,)) == (changed.email, changed.former_emails)
    assert changed == app.stores.accounts.get(ACME, app.ada.id)
    assert app.ada.id == app.login(NEW).identity.id
    with pytest.raises(Unauthenticated):
        app.login(ADA)
    assert (NEW, "account.email_changed") in app.noted()


def test_all_sessions_end_with_the_former_address() -> None:
    """As they do with a former password."""
    app = Changing()
    token = app.login().refresh_token
    assert token is not None
    app.at += timedelta(minutes=1)

    app.confirm(app.ask())

    with pytest.raises(Unauthenticated):
        app.refresh(token.get_secret_value())


def test_the_former_address_is_told_once() -> None:
    """Of the new one; the new one is sent the code alone."""
    app = Changing()
    app.confirm(app.ask())
    assert [NEW, ADA] == [mail.to for mail in app.mailer.sent]
    assert NEW in app.mailer.sent[-1].text


def test_what_breaks_off_is_put_right_by_the_same_code() -> None:
    """The directory had moved already, and nobody is told twice."""
    app = Changing()
    code = app.ask()
    app.mailer.fail_next(UpstreamUnavailable("mail"))
    with pytest.raises(UpstreamUnavailable):
        app.confirm(code)
    assert ADA == app.stores.accounts.get(ACME, app.ada.id).email

    assert NEW == app.confirm(code).email
    assert [NEW, ADA] == [mail.to for mail in app.mailer.sent]


def test_a_mailbox_that_there_is_no_more_keeps_nobody_at_its_address() -> None:
    """It is why people change theirs."""
    app = Changing()
    code = app.ask()
    app.mailer.fail_next(UpstreamRejected("no such mailbox"))
    assert NEW == app.confirm(code).email
    app.stores.mail.stop(ACME, MailStop(email=NEW, reason="Bounce", at=app.now()))
    app.ada = app.stores.accounts.get(ACME, app.ada.id)
    assert GRACE == app.confirm(app.ask(GRACE)).email
    assert [NEW, GRACE] == [mail.to for mail in app.mailer.sent]


@pytest.mark.parametrize(
    "spent", ["an hour", "the change", "another change", "a new password", "another's", "nonsense"]
)
def test_a_code_counts_once_for_an_hour_and_for_one_person(spent: str) -> None:
    """A password that was set meanwhile shows that somebody else may have asked."""
    app = Changing()
    code, caller = app.ask(), as_caller(app.ada)
    match spent:
        case "an hour":
            app.at += timedelta(hours=1)
        case "the change":
            app.confirm(code)
        case "another change":
            app.confirm(app.ask(GRACE))
        case "a new password":
            change_password(caller, PASSWORD, OTHER, app.unit(ACME), origin=app.origin())
        case "another's":
            caller = as_caller(app.member(LINUS, Role.ADMIN))
        case _:
            code = f"{code[:-1]}{'A' if code[-1] != 'A' else 'B'}"
    before = app.stores.accounts.get(ACME, app.ada.id)

    with pytest.raises(InvalidRequest) as refused:
        app.confirm(code, caller=caller)

    assert "code" == refused.value.field
    assert before == app.stores.accounts.get(ACME, app.ada.id)


def test_what_the_key_of_the_team_signs_for_a_report_changes_no_address() -> None:
    """Each code counts for its own purpose."""
    app = Changing()
    said, key = said_in(app.ask()), app.stores.mail.make_link_key(ACME)
    with pytest.raises(InvalidRequest):
        app.confirm(signed(said, purpose="unsubscribe", key=key))
    for key in (app.stores.mail.make_link_key(GLOBEX), b"guessed"):
        with pytest.raises(InvalidRequest):
            app.confirm(signed(said, purpose="email", key=key))
    with pytest.raises(InvalidRequest):
        app.confirm(signed("no change", purpose="email", key=app.stores.mail.make_link_key(ACME)))
    assert NEW == app.confirm(signed(said, purpose="email", key=app.stores.mail.make_link_key(ACME))).email


def test_an_address_of_somebody_else_stays_theirs() -> None:
    """Whoever asks is told no more than with any other address; only who reads its mail sees that it has a login."""
    app = Changing()
    app.member(GRACE, tenant_id=GLOBEX)
    code = app.ask(GRACE)
    with pytest.raises(EmailTaken):
        app.confirm(code)
    assert ADA == app.stores.accounts.get(ACME, app.ada.id).email


def test_who_does_not_know_the_password_has_nothing_mailed() -> None:
    """Nor does who has the address already, and a program has none."""
    app = Changing()
    refusals = []
    for email, current in ((NEW, OTHER), (f" {ADA.upper()}", PASSWORD)):
        with pytest.raises(InvalidRequest) as refused:
            app.ask(email, current)
        refusals.append(refused.value.field)
    assert ["current", "email"] == refusals
    program = Caller(tenant_id=ACME, kind="key", id="k", name="ci", scope=Scope.ADMIN)
    with pytest.raises(Forbidden):
        app.ask(caller=program)
    with pytest.raises(Forbidden):
        app.confirm("code", caller=program)
    assert [] == app.mailer.sent


def test_mails_to_strangers_and_guesses_are_counted() -> None:
    """As registrations and their codes are; who called our mail junk is left alone."""
    app = Changing()
    app.stores.mail.stop(ACME, MailStop(email=GRACE, reason="Complaint", at=app.now()))
    with pytest.raises(CalledJunk):
        app.ask(GRACE)
    for _ in range(RATES["register"].per_email or 0):
        app.ask()
    with pytest.raises(Throttled):
        app.ask()
    for _ in range(RATES["verify"].per_email or 0):
        with pytest.raises(InvalidRequest):
            app.confirm("a guess")
    with pytest.raises(Throttled):
        app.confirm("a guess")


def test_the_team_knows_the_person_by_the_new_address() -> None:
    """Beside the one that the chat tells of, in the place of one that people gave; offers to join it end."""
    app = Changing()
    person = a_member("ada").model_copy(update={"email": "ada@chat.test", "emails": (ADA, "a@old.test")})
    app.stores.directory.put_members(ACME, [person, a_member("grace").model_copy(update={"email": LINUS})])
    app.invite(NEW, caller=as_caller(app.ada))

    app.confirm(app.ask())

    known, other = sorted(app.stores.directory.members(ACME), key=lambda member: member.id)
    assert ("ada@chat.test", ("a@old.test", NEW)) == (known.email, known.emails)
    assert [] == list(app.stores.invitations.all(ACME, app.now()))
    app.ada = app.stores.accounts.get(ACME, app.ada.id)
    app.confirm(app.ask(LINUS))
    assert [known, other] == sorted(app.stores.directory.members(ACME), key=lambda member: member.id)


def test_mail_goes_to_an_address_again_that_confirms_itself() -> None:
    """It had come back before."""
    app = Changing()
    app.stores.mail.stop(ACME, MailStop(email=NEW, reason="Bounce", at=app.now()))
    app.confirm(app.ask())
    assert app.stores.mail.stopped(ACME, NEW) is None
