"""Mail goes to the one person it is for."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import boto3
import pytest
from moto.ses.models import ses_backends

from pm_assistant.aws.mail import SesMailer
from pm_assistant.domain.accounts import Mail
from pm_assistant.ports.reports import Mailer
from tests.aws.emulated import REGION, aws
from tests.fakes.accounts import FakeMailer


class Subject(NamedTuple):
    """A mailer, and the mailboxes: to whom, about what, saying what."""

    mailer: Mailer
    arrived: Callable[[], list[tuple[str, str, str]]]


@pytest.fixture(params=["fake", "ses"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The fake, and the real one on an emulated SES."""
    if request.param == "fake":
        fake = FakeMailer()
        yield Subject(fake, lambda: [(mail.to, mail.subject, mail.html) for mail in fake.sent])
        return
    with aws():
        client = boto3.client("sesv2")
        client.create_email_identity(EmailIdentity="pm@example.com")
        mailbox = ses_backends["123456789012"][REGION].sent_messages
        yield Subject(
            SesMailer(client, sender="pm@example.com"),
            lambda: [(*mail.destinations["ToAddresses"], mail.subject, mail.body) for mail in mailbox],
        )


def test_each_mail_reaches_one_person(subject: Subject) -> None:
    """In the order they were sent, in whatever language."""
    for name in ("ada", "grace"):
        subject.mailer.send(Mail(to=f"{name}@acme.test", subject=f"Grüße {name}", text=name, html=f"<p>{name} ✓</p>"))
    expected = [
        ("ada@acme.test", "Grüße ada", "<p>ada ✓</p>"),
        ("grace@acme.test", "Grüße grace", "<p>grace ✓</p>"),
    ]
    assert expected == subject.arrived()
