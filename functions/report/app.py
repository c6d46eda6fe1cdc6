"""Reports that are due, and notices of what broke, are delivered here.

A run that is due comes this way, too, when `tick` had given it up and its dead letter was sent again: `tick` fails into
this stage's dead letters, whatever it was told.
"""

from datetime import UTC, datetime
from functools import cache, partial
from typing import Annotated, Any

from pydantic import Discriminator, RootModel, Tag

from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.reports import ReportDue
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import batch_handler
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.loss import noticing_loss
from pm_assistant.runtime.settings import ReportSettings, load
from pm_assistant.workflows.connections.notify import notify
from pm_assistant.workflows.reports.report import report

settings = cache(lambda: load(ReportSettings))
KINDS = {"notice": "notice", "run_id": "run"}
"""What a message is, by the field that only it has; any other is a report."""


def _kind(message: Any) -> str:
    named = message if isinstance(message, dict) else {}
    return next((kind for field, kind in KINDS.items() if field in named), "report")


class ToTell(
    RootModel[
        Annotated[
            Annotated[ReportDue, Tag("report")]
            | Annotated[ConnectionNotice, Tag("notice")]
            | Annotated[JobDue, Tag("run")],
            Discriminator(_kind),
        ]
    ]
):
    """A message on the reports queue."""


def on_message(message: ToTell) -> None:
    """Deliver one report or notice, or send a run to where it belongs."""
    env, told = settings(), message.root
    with noticing_loss(told.tenant_id, table_name=env.table_name, reports_queue_url=env.reports_queue_url):
        match told:
            case ReportDue():
                _report(told, env)
            case ConnectionNotice():
                _notify(told, env)
            case JobDue():
                wiring.queue(env.jobs_queue_url).put(told, group=told.tenant_id)


def _report(due: ReportDue, env: ReportSettings) -> None:
    stores = wiring.stores(env.table_name)
    address = report(
        due,
        directory=stores.directory,
        tickets=stores.tickets,
        decisions=stores.decisions,
        deliveries=stores.deliveries,
        subscriptions=stores.subscriptions,
        chat=partial(wiring.chat, due.tenant_id, env),
        mailer=wiring.mailer(env.mail_from),
        now=datetime.now(UTC),
    )
    about = {"tenant": due.tenant_id, "member": due.member_id, "kind": due.kind}
    logger().info("reported" if address else "report was delivered before", extra=about)


def _notify(notice: ConnectionNotice, env: ReportSettings) -> None:
    stores = wiring.stores(env.table_name)
    sent = notify(
        notice,
        accounts=stores.accounts,
        directory=stores.directory,
        tenants=stores.tenants,
        connections=stores.connections,
        deliveries=stores.deliveries,
        chat=partial(wiring.chat, notice.tenant_id, env),
        mailer=wiring.mailer(env.mail_from),
        public_url=env.public_url,
        now=datetime.now(UTC),
    )
    logger().info("notified", extra={"tenant": notice.tenant_id, "provider": notice.provider, "messages": sent})


handler = batch_handler(ToTell, on_message, settings)
