"""`pm operator`: what takes rights on the stack, as whoever runs the service has them."""

import typer

from pm_assistant.cli.commands import deadletters, doctor, keys, migrate, payments, rejudge, status, tenants
from pm_assistant.cli.options import for_tenant, on_stack

operator = typer.Typer(
    no_args_is_help=True, help="Run the service: takes rights on its stack, on AWS or the local one."
)
dlq = typer.Typer(no_args_is_help=True, help="What could not be done: look at it, and try it again.")

operator.command("status")(for_tenant(status.status))
operator.command("tenants")(on_stack(tenants.list_all))
operator.command("tenant")(on_stack(tenants.show_one))
operator.command("suspend")(on_stack(tenants.suspend))
operator.command("resume")(on_stack(tenants.resume))
operator.command("grant")(on_stack(tenants.grant))
operator.command("doctor")(on_stack(doctor.doctor))
operator.command("rotate-key")(on_stack(keys.rotate_key))
operator.command("stripe-products")(on_stack(payments.make_products))
operator.command("billing-sync")(for_tenant(payments.sync_billing))
operator.command("migrate")(on_stack(migrate.migrate))
operator.command("rejudge")(for_tenant(rejudge.rejudge))
operator.command("restore")(for_tenant(migrate.restore))
dlq.command("list")(on_stack(deadletters.list_all))
dlq.command("show")(on_stack(deadletters.show))
dlq.command("redrive")(on_stack(deadletters.redrive))
operator.add_typer(dlq, name="dlq")
