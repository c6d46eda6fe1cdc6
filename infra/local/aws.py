"""The local AWS: ministack, with the gaps bridged that the product would fall into.

Run with the emulator environment's interpreter, in place of its `ministack` command. It wraps private functions of one
pinned version, so that a plain `sam deploy` is enough and the product never knows. The gaps of 1.5.33, with the module
of `infra/local/emulator` that bridges them:

- gateway: `AWS::Serverless::HttpApi` keeps its routes, authorizers and CORS in the API's `Body`, which is not read. The
  API's id, which its public address holds, is drawn anew for each stack. Cookies do not reach a function as such.
- templates: a table's TTL, point-in-time recovery and encryption are dropped. SAM is told the defaults of parameters
  instead of their values. Parameters stay text where AWS reads a number, a list or a truth value, and a text limit
  stops the poller. An alarm on an expression is refused.
- clock: Scheduler reads every expression as UTC, looks every 10 s, accepts bad zones and expressions, leaves
  `<aws.scheduler.…>` in the input as it is, knows no universal targets, and fires a finished `at()` again after a
  restart.
- rights: some requests are checked against the resource `*`, or a schedule of the default group, so that no policy
  that names its resources would do: `ssm:GetParameters`, `ses:SendEmail`, schedules. Conditions on KMS's encryption
  context find none.
- directory: Cognito's SignUp takes attributes that its client may not write, and ConfirmSignUp does not note that the
  address is verified. What its mails with codes say is not asked of the pool's function.
- mail: the headers that a mail is given are dropped.
- workers: every worker of a function unpacks the layers for itself: seconds and 90 MB at each cold start. A burst of
  requests starts a worker for each, more than a laptop bears, and every version that a function ever had keeps one. One
  that dies while it starts takes all others of its function along, which start at that moment, too, and so on. Each
  invocation that logs nothing is held up for 50 ms, and a message whose delay is over for up to a second.

One thing is added that AWS has not: an address that signs the demo's owner in once (entrance).

What the product does not fall into stays as it is: a bucket's encryption and lifecycle are taken and ignored, routes
are not throttled nor logged, no concurrency is reserved, and a function that raises answers 502 instead of 500.
"""

import importlib
import os
import sys
import time
import zipfile
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace

from infra.local.emulator import clock, directory, entrance, gateway, mail, queries, rights, templates, workers

PINNED = "1.5.33"


def main() -> None:
    """Bridge the gaps and serve until SIGTERM."""
    if version("ministack") != PINNED:
        sys.exit(f"the bridge is written for ministack {PINNED}, not {version('ministack')}: adapt infra/local/aws.py")
    del os.environ["PYTHONPATH"]  # led here; the functions must not find the project by it
    emulator = importlib.import_module("ministack.app")
    _bridge_templates()
    _bridge_scheduler()
    _bridge_functions()
    dynamodb = _service("dynamodb")
    vars(dynamodb).update(queries.quick(dynamodb))
    cognito = _service("cognito")
    vars(cognito).update(
        _sign_up=directory.telling(directory.guarded(cognito)),
        _resend_confirmation_code=directory.telling(cognito._resend_confirmation_code),
        _forgot_password=directory.telling(cognito._forgot_password),
        _confirm_sign_up=directory.verified(cognito),
        _send_verification_email=directory.worded(cognito),
    )
    headers, ses = mail.Headers(), _service("ses_v2")
    door = entrance.Entrance(Path(os.environ["STATE_DIR"]).parents[1] / entrance.FILE)
    vars(ses).update(handle_request=headers.noted(ses.handle_request))
    vars(emulator).update(
        _handle_ses_messages_request=door.beside(headers.shown(emulator._handle_ses_messages_request))
    )
    actions = importlib.import_module("ministack.core.iam_actions")
    vars(actions).update(
        extract_resource_arn=rights.named(actions.extract_resource_arn),
        request_tag_context=rights.in_context(actions.request_tag_context),
    )
    evaluator = importlib.import_module("ministack.core.iam_evaluator")
    vars(evaluator).update(evaluate=rights.noted(evaluator.evaluate, Path(os.environ["STATE_DIR"]).parent / "rights"))
    emulator.main()


def _bridge_templates() -> None:
    handlers = importlib.import_module("ministack.services.cloudformation.provisioners")._RESOURCE_HANDLERS
    api, tables = _service("apigateway"), _service("dynamodb")
    templates.wrap(
        handlers,
        "AWS::ApiGatewayV2::Api",
        gateway.pinned,
        lambda id_, properties: gateway.imported(id_, properties.get("Body") or {}, api),
    )
    templates.wrap(
        handlers,
        "AWS::DynamoDB::Table",
        templates.typed,
        lambda name, properties: templates.table_settings(name, properties, tables),
    )
    templates.wrap(handlers, "AWS::Lambda::EventSourceMapping", templates.typed)
    templates.wrap(handlers, "AWS::CloudWatch::Alarm", templates.measured)
    applied = templates.with_parameter_values(importlib.import_module("ministack.services.cloudformation.engine"))
    for user in ("changesets", "handlers"):
        vars(importlib.import_module(f"ministack.services.cloudformation.{user}")).update(_apply_transforms=applied)


def _bridge_scheduler() -> None:
    scheduler = _service("scheduler")
    ticking = clock.Clock(scheduler, _service("eventbridge"), _service("sqs"), time.time())
    vars(scheduler).update(_tick_schedules=ticking.tick, _SCHEDULE_TICK_INTERVAL=1)
    clock.refusing(scheduler, "_create_schedule", ticking)
    clock.refusing(scheduler, "_update_schedule", ticking)


def _bridge_functions() -> None:
    runtime, functions = importlib.import_module("ministack.core.lambda_runtime"), _service("lambda_svc")
    workers.bounded(runtime, functions)
    vars(runtime).update(
        zipfile=SimpleNamespace(**{**vars(zipfile), "ZipFile": workers.SharedZip}),
        _PYTHON_WORKER_SCRIPT=workers.ending(runtime._PYTHON_WORKER_SCRIPT),
    )
    runtime.Worker._drain_stderr_bounded = workers.logged
    workers.dying_alone(runtime.Worker)
    executed = gateway.cookies_apart(functions._execute_function_with_config_scope)
    watch = workers.Watch(functions._esm_wake)
    vars(functions).update(_execute_function_with_config_scope=executed, _esm_wake=watch)


def _service(name: str) -> ModuleType:
    return importlib.import_module(f"ministack.services.{name}")


if __name__ == "__main__":
    main()
