"""Mail as SES is told to send it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest

from pm_assistant.aws.mail import SesMailer
from pm_assistant.domain.accounts import Mail
from pm_assistant.domain.errors import InvalidRequest, UpstreamRejected
from pm_assistant.domain.tenants import TenantId
from tests.aws.emulated import aws

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

MAIL = Mail(to="ada@acme.test", subject="Grüße", text="Hello Ada ✓", html="<p>Hello Ada ✓</p>")


class Subject(NamedTuple):
    """A mailer, its client and what SES was asked."""

    mailer: SesMailer
    client: SESV2Client
    asked: list[dict[str, Any]]


@pytest.fixture
def subject() -> Iterator[Subject]:
    """An account in which the sender's address is verified."""
    with aws():
        client = boto3.client("sesv2")
        client.create_email_identity(EmailIdentity="pm@example.com")
        asked: list[dict[str, Any]] = []
        client.meta.events.register(
            "provide-client-params.sesv2.SendEmail", lambda params, **_: asked.append(dict(params))
        )
        yield Subject(SesMailer(client, sender="pm@example.com"), client, asked)


def test_a_mail_says_the_same_as_text_and_as_html(subject: Subject) -> None:
    """To one person, from us, in UTF-8."""
    subject.mailer.send(MAIL)
    (asked,) = subject.asked
    assert "pm@example.com" == asked["FromEmailAddress"]
    assert {"ToAddresses": ["ada@acme.test"]} == asked["Destination"]
    simple = asked["Content"]["Simple"]
    assert {"Data": "Grüße", "Charset": "UTF-8"} == simple["Subject"]
    assert {"Data": "Hello Ada ✓", "Charset": "UTF-8"} == simple["Body"]["Text"]
    assert {"Data": "<p>Hello Ada ✓</p>", "Charset": "UTF-8"} == simple["Body"]["Html"]


def test_a_mail_of_a_list_can_be_ended_with_one_click(subject: Subject) -> None:
    """It carries the two headers for which mail programs show a button (RFC 8058); other mail has neither."""
    subject.mailer.send(MAIL.model_copy(update={"unsubscribe_url": "https://pm.test/unsubscribe?link=a.b"}))
    subject.mailer.send(MAIL)
    listed, other = (asked["Content"]["Simple"]["Headers"] for asked in subject.asked)
    expected = [
        {"Name": "List-Unsubscribe", "Value": "<https://pm.test/unsubscribe?link=a.b>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]
    assert [expected, []] == [listed, other]


def test_what_bounces_is_counted_under_our_name(subject: Subject) -> None:
    """And under the sender's own, where we have none."""
    SesMailer(subject.client, sender="pm@example.com", counted_as="pm").send(MAIL)
    subject.mailer.send(MAIL)
    assert ["pm", None] == [asked.get("ConfigurationSetName") for asked in subject.asked]


def test_a_tenants_mail_says_whose_it_is(subject: Subject) -> None:
    """So that what SES tells of its fate does; it is counted like all other."""
    mailer = SesMailer(subject.client, sender="pm@example.com", counted_as="pm")
    mailer.of(TenantId("acme")).send(MAIL)
    mailer.send(MAIL)
    tagged, other = subject.asked
    assert ("pm", [{"Name": "tenant", "Value": "acme"}]) == (tagged["ConfigurationSetName"], tagged["EmailTags"])
    assert "EmailTags" not in other


@pytest.mark.parametrize("end", ["\r\n", "\n", "\x00\x85 ", "\u2028"])
def test_a_subject_is_one_line_whatever_is_in_it(subject: Subject, end: str) -> None:
    """A tenant's name in it may come from anybody."""
    subject.mailer.send(MAIL.model_copy(update={"subject": f"Hi{end}Bcc: eve@evil.test"}))
    assert "Hi Bcc: eve@evil.test" == subject.asked[0]["Content"]["Simple"]["Subject"]["Data"]


@pytest.mark.parametrize(
    "to",
    [
        "ada@acme.test\r\nBcc: eve@evil.test",
        "ada@acme.test,eve@evil.test",
        "ada@acme.test;eve@evil.test",
        "Ada <ada@acme.test>",
        '"ada@acme.test"@evil.test',
        "ada@acme.test@evil.test",
        "ada(comment)@acme.test",
        "ada",
        "ada@",
        "",
        "ada@acme.test\n",
    ],
)
def test_mail_goes_to_one_address_and_nothing_else(subject: Subject, to: str) -> None:
    """SES is not asked."""
    with pytest.raises(InvalidRequest) as refused:
        subject.mailer.send(MAIL.model_copy(update={"to": to}))
    assert "to" == refused.value.field
    assert [] == subject.asked


def test_a_sender_that_is_not_verified_is_a_rejection(subject: Subject) -> None:
    """Repeating would not help."""
    with pytest.raises(UpstreamRejected, match="SendEmail"):
        SesMailer(subject.client, sender="other@example.com").send(MAIL)
