"""E-mail through SES."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client
    from mypy_boto3_sesv2.type_defs import ContentTypeDef, MessageHeaderTypeDef, MessageTagTypeDef

    from pm_assistant.domain.accounts import Mail
    from pm_assistant.domain.tenants import TenantId

ONE_ADDRESS = re.compile(r"""[^\s@,;:<>()\[\]"\\\x00-\x1f\x7f]+@[^\s@,;:<>()\[\]"\\\x00-\x1f\x7f]+""")
"""No form of an address that names a second one, a person's name or a header besides."""


def is_verified(identity: str, client: SESV2Client) -> bool:
    """Whether SES lets us send in the name of an address or a domain."""
    try:
        return client.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"]
    except ClientError as error:
        if code_of(error) != "NotFoundException":
            raise
        return False


class _Options(TypedDict, total=False):
    ConfigurationSetName: str
    EmailTags: list[MessageTagTypeDef]


class SesMailer:
    """Sends e-mail (`Mailer`), always from the same address.

    Args:
        client: of SES.
        sender: its address.
        counted_as: the configuration set under which SES counts what bounces; without one the sender's own, if any.
    """

    def __init__(self, client: SESV2Client, *, sender: str, counted_as: str | None = None) -> None:
        self._client = client
        self._sender = sender
        self._options: _Options = {"ConfigurationSetName": counted_as} if counted_as else {}

    def of(self, tenant_id: TenantId) -> SesMailer:
        """The same in the name of a tenant, which SES repeats where it tells of a mail's fate."""
        mailer = SesMailer(self._client, sender=self._sender)
        mailer._options = {**self._options, "EmailTags": [{"Name": "tenant", "Value": tenant_id}]}
        return mailer

    def send(self, mail: Mail) -> None:
        """Send one; SES writes the headers, the subject is one line of what it was.

        Raises:
            InvalidRequest: `to` is more or less than an address.
        """
        if not ONE_ADDRESS.fullmatch(mail.to):
            raise InvalidRequest("mail goes to one plain address", field="to")
        subject = " ".join("".join(c if c.isprintable() else " " for c in mail.subject).split())
        with translated():
            self._client.send_email(
                **self._options,
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [mail.to]},
                Content={
                    "Simple": {
                        "Subject": _content(subject),
                        "Body": {"Text": _content(mail.text), "Html": _content(mail.html)},
                        "Headers": _headers(mail),
                    }
                },
            )


def _headers(mail: Mail) -> list[MessageHeaderTypeDef]:
    """What mail programs show a button to unsubscribe for (RFC 2369, RFC 8058)."""
    if not mail.unsubscribe_url:
        return []
    return [
        {"Name": "List-Unsubscribe", "Value": f"<{mail.unsubscribe_url}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


def _content(text: str) -> ContentTypeDef:
    return {"Data": text, "Charset": "UTF-8"}
