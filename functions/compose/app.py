"""Cognito asks here what the mails say that bring its codes."""

from collections.abc import Mapping
from typing import Any

from pm_assistant import ends_loading
from pm_assistant.domain.languages import language_of
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.mails import code_mail


@ends_loading
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write one mail; what we have no words for, Cognito says in its own (Custom message Lambda trigger).

    It cannot fail for what it is told: whoever registers would be refused.
    """
    request: Mapping[str, Any] = event["request"]
    metadata: Mapping[str, str] = request.get("clientMetadata") or {}
    texts = texts_in(language_of(metadata.get("language")))
    mail = code_mail(
        event["triggerSource"], request["codeParameter"], public_url=metadata.get("public_url", ""), texts=texts
    )
    if mail is not None:
        event["response"] |= {"emailSubject": mail.subject, "emailMessage": mail.html}
    return event
