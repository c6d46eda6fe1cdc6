"""Cognito asks here what the mails say that bring its codes."""

from collections.abc import Mapping
from typing import Any

from pm_assistant import ends_loading
from pm_assistant.presentation.mails import code_mail


@ends_loading
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write one mail; what we have no words for, Cognito says in its own (Custom message Lambda trigger).

    It cannot fail for what it is told: whoever registers would be refused.
    """
    request: Mapping[str, Any] = event["request"]
    public_url = (request.get("clientMetadata") or {}).get("public_url", "")
    mail = code_mail(event["triggerSource"], request["codeParameter"], public_url=public_url)
    if mail is not None:
        event["response"] |= {"emailSubject": mail.subject, "emailMessage": mail.html}
    return event
