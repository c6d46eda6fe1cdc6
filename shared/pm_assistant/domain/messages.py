"""What a queue carries, where that is more than one kind of message: each says its own type."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, RootModel

from pm_assistant.domain.accounts import MailReturned
from pm_assistant.domain.answers import ActionRequest
from pm_assistant.domain.billing import BillingDue, CustomerChanged
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.due import DueNotice
from pm_assistant.domain.jobs import JobDue, RecurringDue
from pm_assistant.domain.model import Late
from pm_assistant.domain.reports import AnswersChanged, ReportDue
from pm_assistant.domain.surfaces import SurfaceRequest

UNTYPED: Mapping[str, str] = {"notice": "connection_notice", "run_id": "job_due"}
"""The types of messages that were put before they said so, by the field that only they have; the others are reports."""


def _typed(message: Any) -> Any:
    if not isinstance(message, dict) or "type" in message:
        return message
    return {"type": next((UNTYPED[field] for field in UNTYPED if field in message), "report_due"), **message}


class ReportsMessage(Late, RootModel[Any]):
    """A message on the reports queue.

    A job is there only when an old dead letter is sent again: what once scheduled jobs failed into this stage's.
    """

    # Said here and not as RootModel's parameter, which would have its validator built at once.
    root: Annotated[
        Annotated[
            ReportDue | AnswersChanged | ConnectionNotice | DueNotice | MailReturned | JobDue,
            Field(discriminator="type"),
        ],
        BeforeValidator(_typed),
    ]


def _of_a_job(message: Any) -> Any:
    return {"type": "job_due", **message} if isinstance(message, dict) else message


class JobsMessage(Late, RootModel[Any]):
    """A message on the jobs queue."""

    root: Annotated[Annotated[JobDue | RecurringDue, Field(discriminator="type")], BeforeValidator(_of_a_job)]


class BillingMessage(Late, RootModel[Any]):
    """A message on the billing queue."""

    root: Annotated[CustomerChanged | BillingDue, Field(discriminator="type")]


def _of_a_decision(message: Any) -> Any:
    return {"type": "action_request", **message} if isinstance(message, dict) else message


class ActionsMessage(Late, RootModel[Any]):
    """A message on the actions queue."""

    root: Annotated[
        Annotated[ActionRequest | SurfaceRequest, Field(discriminator="type")], BeforeValidator(_of_a_decision)
    ]
