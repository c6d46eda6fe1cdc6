"""What SES tells of mail that comes back reaches the reports stage (template.yaml, MailReturned)."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from pm_assistant.domain.accounts import MailReturned
from pm_assistant.domain.messages import ReportsMessage
from tests.infra.test_template import resources

type Node = dict[str, Any]

RULE = resources("AWS::Events::Rule")["MailReturned"]
SET = "pm-assistant-dev"


def told(kind: str, **details: Any) -> Node:
    """An event as SES puts it on the default bus (docs.aws.amazon.com/ses, monitoring-eventbridge)."""
    mail = {
        "timestamp": "2026-11-20T09:00:00.000Z",
        "source": "hello@pm.test",
        "messageId": "0100018c",
        "destination": ["ada@acme.test"],
        "headersTruncated": False,
        "commonHeaders": {"from": ["hello@pm.test"], "to": ["ada@acme.test"], "subject": "Standup"},
        "tags": {"ses:configuration-set": [SET], "ses:operation": ["SendEmail"], "tenant": ["acme"]},
    }
    return {
        "version": "0",
        "id": "12345678",
        "detail-type": {"Bounce": "Email Bounced", "Complaint": "Email Complaint Received"}.get(
            kind, "Email Delivered"
        ),
        "source": "aws.ses",
        "account": "123456789012",
        "time": "2026-11-20T09:00:05Z",
        "region": "eu-central-1",
        "resources": [],
        "detail": {"eventType": kind, "mail": mail, **details},
    }


BOUNCE = told("Bounce", bounce={"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": []})
COMPLAINT = told("Complaint", complaint={"complainedRecipients": [{"emailAddress": "ada@acme.test"}]})


def matches(pattern: Node, event: Mapping[str, Any]) -> bool:
    """Whether EventBridge takes an event, as far as this rule's pattern goes."""
    return all(
        any(matches(each, event) for each in wanted) if name == "$or" else _is_among(event.get(name), wanted)
        for name, wanted in pattern.items()
    )


def _is_among(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(found, dict) and matches(wanted, found)
    if wanted == [{"exists": True}]:
        return found is not None
    return bool(set(map(_plain, wanted)) & set(found if isinstance(found, list) else [found]))


def _plain(value: Any) -> Any:
    return SET if isinstance(value, dict) else value


def put_on_the_queue(event: Node) -> str:
    """The message that EventBridge's input transformer makes of an event; strings get their quotes there."""
    [target] = RULE["Targets"]
    text: str = target["InputTransformer"]["InputTemplate"]
    for name, path in target["InputTransformer"]["InputPathsMap"].items():
        value: Any = event
        for part in re.findall(r"[\w-]+", path):
            value = value[int(part)] if part.isdigit() else value[part]
        text = text.replace(f"<{name}>", json.dumps(value))
    return text


@pytest.mark.parametrize(("event", "reason"), [(BOUNCE, "Bounce"), (COMPLAINT, "Complaint")])
def test_what_comes_back_for_good_becomes_a_message(event: Node, reason: Any) -> None:
    """It names the tenant whose mail it was, the address, why and when."""
    assert matches(RULE["EventPattern"], event)
    expected = MailReturned(
        tenant_id="acme", email="ada@acme.test", reason=reason, at=datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC)
    )
    assert expected == ReportsMessage.model_validate_json(put_on_the_queue(event)).root


@pytest.mark.parametrize(
    "event",
    [
        told("Bounce", bounce={"bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": []}),
        told("Delivery", delivery={}),
        {**BOUNCE, "source": "somebody.else"},
        {**BOUNCE, "detail": {**BOUNCE["detail"], "mail": {"tags": {"ses:configuration-set": [SET]}}}},
        {**BOUNCE, "detail": {**BOUNCE["detail"], "mail": {"tags": {"ses:configuration-set": ["x"], "tenant": ["a"]}}}},
    ],
    ids=["full mailbox", "delivered", "other source", "no tenant's", "other stack's"],
)
def test_all_else_stays_where_it_is(event: Node) -> None:
    """A mailbox that is full for a day is written to again; mail of other stacks and of no tenant is not ours."""
    assert not matches(RULE["EventPattern"], event)
