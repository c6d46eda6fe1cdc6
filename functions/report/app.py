"""Reports that are due, and notices of what broke, are delivered here."""

from datetime import timedelta
from functools import cache
from typing import assert_never

from pm_assistant.domain.accounts import MailReturned
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.due import DueNotice
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.messages import ReportsMessage
from pm_assistant.domain.reports import AnswersChanged, ReportDue
from pm_assistant.runtime.batch import QueueMessage, batch_handler, cause_of
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.report import ReportSettings
from pm_assistant.runtime.unit import AwsUnit, open_unit
from pm_assistant.workflows.accounts.mail_stops import stop_mail
from pm_assistant.workflows.billing.notices import tell_due
from pm_assistant.workflows.connections.notify import notify
from pm_assistant.workflows.reports.amend import bring_up_to_date
from pm_assistant.workflows.reports.channels import report_to_channel
from pm_assistant.workflows.reports.delivery import give_up
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.tenants.suspension import WITHHELD, is_withheld

settings = cache(lambda: load(ReportSettings))


def on_message(message: ReportsMessage) -> None:
    """Deliver one report or notice, or send a job to where it belongs."""
    due = message.root
    with open_unit(settings(), due.tenant_id) as unit:
        if is_withheld(due, unit):
            logger().info(WITHHELD, extra={"tenant": due.tenant_id})
            return
        match due:
            case ReportDue():
                address = report(due, unit) if due.channel_id is None else report_to_channel(due, unit)
                about = {"tenant": due.tenant_id, "subscription": due.subscription_id, "kind": due.kind}
                logger().info("reported" if address else "report was delivered before, or its reader left", extra=about)
            case AnswersChanged():
                count = bring_up_to_date(due, unit)
                logger().info("posts brought up to date", extra={"tenant": due.tenant_id, "posts": count})
            case ConnectionNotice():
                sent = notify(due, unit)
                logger().info("notified", extra={"tenant": due.tenant_id, "provider": due.provider, "messages": sent})
            case DueNotice():
                sent = tell_due(due, unit)
                logger().info("told what is due", extra={"tenant": due.tenant_id, "due": due.what, "messages": sent})
            case MailReturned():
                count = stop_mail(due, unit)
                logger().warning("mail stopped", extra={"tenant": due.tenant_id, "reason": due.reason, "told": count})
            case JobDue():
                unit.queues.jobs.put(due, group=due.tenant_id)
            case _:
                assert_never(due)


def on_given_up(message: ReportsMessage, error: Exception, _: QueueMessage) -> None:
    """Note that a report has not come; a notice that is given up is told of by what it would have told of."""
    due = message.root
    if isinstance(due, ReportDue):
        give_up(due, cause_of(error), AwsUnit(settings(), due.tenant_id))


handler = batch_handler(ReportsMessage, on_message, settings, on_given_up, patience=timedelta(hours=24))
