"""Every kind of mail that we write, as people would get it."""

from datetime import date

from pm_assistant.domain.accounts import Invitation, Mail, MailReturned, Role
from pm_assistant.domain.due import Due
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import Line, Report, ReportKind, Section
from pm_assistant.presentation import mails
from pm_assistant.presentation.due import words_of
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.presentation.report_mail import report_mail
from tests.builders import ACME, NOW

TO, URL = "ada@acme.test", "https://pm.test"

OFFER = Invitation(
    id="offer",
    tenant_id=ACME,
    email=TO,
    role=Role.MEMBER,
    invited_by="account:grace",
    created_at=NOW,
    expires_at=NOW,
    waits_for_seat=True,
)
"""That Ada may join, for whom there is no seat yet."""
PAGE = f"{URL}/"
"""Where a reader goes on."""


def standup() -> Report:
    """A morning on which something has happened."""
    ticket, talk = "https://linear.app/acme/issue/ENG-12", "https://acme.slack.com/archives/C1/p17"
    sections = (
        Section(
            title="Done since Thursday",
            lines=(
                Line(text="ENG-12 Checkout drops the coupon: In Review → Done", url=ticket),
                Line(text="acme/shop #421 Keep the coupon when the address changes, merged", url=f"{talk}0"),
            ),
        ),
        Section(title="In progress", lines=(Line(text="ENG-48 Answer 429 above the limit", url=f"{ticket}8"),)),
        Section(title="Blocked", lines=()),
        Section(
            title="Waits for your answer", lines=(Line(text="Close ENG-9? Asked yesterday in #support", url=talk),)
        ),
    )
    title = "Standup for Ada, Friday 20 November"
    return Report(id="r", kind=ReportKind.STANDUP, title=title, day=date(2026, 11, 20), sections=sections, page=PAGE)


def overview() -> Report:
    """A team of two, one of whom is held up."""
    blocked = Line(
        text="Blocked: ENG-12 Checkout drops the coupon (labelled blocked)", url="https://linear.app/a/ENG-12"
    )
    return Report(
        id="o",
        kind=ReportKind.OVERVIEW,
        title="Overview of Engineering, Friday 20 November",
        day=date(2026, 11, 20),
        notes=("Done: 2 · In progress: 1 · Blocked: 1 · Waiting: 0 · Overdue: 0",),
        sections=(
            Section(title="Ada · Done: 2 · Blocked: 1", lines=(blocked,), hidden=2),
            Section(title="Bob", lines=()),
        ),
        team_id="team-eng",
        page=PAGE,
    )


def _code_mail(occasion: str, texts: Texts) -> Mail:
    mail = mails.code_mail(f"CustomMessage_{occasion}", "123456", public_url=URL, texts=texts)
    assert mail is not None
    return mail


def _report_mail(report: Report, language: Language) -> Mail:
    spoken = report.model_copy(update={"language": language})
    return report_mail(spoken, to=TO, unsubscribe_url=f"{URL}/unsubscribe?link=YWNtZQ.c2lnbmF0dXJl")


def account_mails(texts: Texts) -> dict[str, Mail]:
    """What is mailed to people so that they come to log in, or keep that to themselves."""
    return {
        "invitation": mails.invitation(
            OFFER,
            team="R&D <x>",
            invited_by="grace@acme.test",
            code=f"{'acme' * 8}.{'s3cr3t-' * 6}",
            public_url=URL,
            texts=texts,
        ),
        "address-code": _code_mail("SignUp", texts),
        "password-code": _code_mail("ForgotPassword", texts),
        "already-registered": mails.already_registered(TO, public_url=URL, texts=texts),
        "email-change": mails.email_change(
            TO, before="ada@acme.test", code="s1gned-" * 30, public_url=URL, texts=texts
        ),
        "email-changed": mails.email_changed(TO, email="ada@byron.test", public_url=URL, texts=texts),
    }


def samples(language: Language = Language.ENGLISH) -> dict[str, Mail]:
    """Each by what it is; what reports say, and reasons, stays in English."""
    texts = texts_in(language)
    reason = "the app was removed from the workspace"
    return {
        **account_mails(texts),
        "connection-broken": mails.connection_broken(
            TO, team="Acme", vendor="Linear", since=NOW, reason=reason, public_url=URL, texts=texts
        ),
        "payment-due": mails.payment_due(
            TO,
            team="Acme",
            words=words_of(Due.PAYMENT_FAILED, texts),
            address=f"{URL}/billing",
            texts=texts,
        ),
        "mail-stopped": mails.mail_stopped(
            TO,
            team="Acme",
            returned=MailReturned(tenant_id=ACME, email="bob@acme.test", reason="Bounce", at=NOW),
            public_url=URL,
            texts=texts,
        ),
        "overview": _report_mail(overview(), language),
        "report": _report_mail(standup(), language),
    }
