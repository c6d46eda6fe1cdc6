"""What each role of a stack has to be allowed, held against what its policies say.

The policies are read, not simulated, so that the same is looked at on any AWS: a right that an organisation or the
key's own policy takes away is met by the checks that use it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pm_assistant.cli.stack import STAGES, Stack
from pm_assistant.integrations.vendors import CALENDARS, VENDORS

type Statement = Mapping[str, Any]


class Right(NamedTuple):
    """That some actions are allowed on some things of the stack.

    Attributes:
        actions: in IAM's words.
        on: what people call the things, as `arns` names them.
        via: the service that acts in the role's name, if the right is for that alone.
    """

    actions: tuple[str, ...]
    on: tuple[str, ...]
    via: str = ""


def _may(*actions: str, on: Sequence[str] | str) -> Right:
    return Right(actions, (on,) if isinstance(on, str) else tuple(on))


def _put_on(*queues: str) -> Right:
    return _may("sqs:SendMessage", on=queues)


def _key_through(*services: str) -> tuple[Right, ...]:
    """The use of the key by services that encrypt with it; secrets are only read."""
    both = ("kms:Decrypt", "kms:GenerateDataKey")
    return tuple(Right(both[:1] if each == "ssm" else both, ("key",), each) for each in services)


def _worker(stage: str) -> tuple[Right, ...]:
    """What taking messages off a queue needs, also to have them come later, or to park them."""
    taking = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes")
    waiting = ("scheduler:CreateSchedule", "scheduler:UpdateSchedule")
    return (
        _may(*taking, on=f"{stage} queue"),
        _put_on(f"{stage} queue", f"{stage} dead letters"),
        _may(*waiting, on="schedules"),
        _PASSING,
    )


_PASSING = _may("iam:PassRole", on="schedule role")
_ROWS = (
    _may(
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        on="table",
    ),
    _may("dynamodb:Query", on="index of the table"),
    *_key_through("dynamodb"),
)
_BATCHES = _may("dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", on="table")
_SEALING, _OPENING = _may("kms:GenerateDataKey", on="key"), _may("kms:Decrypt", on="key")
_DIRECTORY = _may(
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminDeleteUser",
    "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:AdminUserGlobalSignOut",
    on="user pool",
)
_MAILING = _may("ses:SendEmail", on=("mail's sender", "mail's configuration set"))
_FILES = (_may("s3:GetObject", "s3:PutObject", on="files"), _may("s3:ListBucket", on="bucket"), *_key_through("s3"))
CALENDAR_SECRETS = tuple(f"{vendor.provider}/{name}" for vendor in CALENDARS.values() for name in vendor.app_secrets)
_APP_SECRETS = (
    *(f"{vendor.provider}/{name}" for vendor in VENDORS.values() for name in vendor.app_secrets),
    *CALENDAR_SECRETS,
)
_WEBHOOK_SECRETS = tuple(f"{vendor.provider}/{vendor.webhook_secret}" for vendor in VENDORS.values())
MODEL_KEY = "openai/api-key"
PAYMENT_SECRETS = (_PAYMENT_KEY, _PAYMENT_WEBHOOK) = ("stripe/secret-key", "stripe/webhook-secret")
SECRETS = (*_APP_SECRETS, *_WEBHOOK_SECRETS, MODEL_KEY, *PAYMENT_SECRETS)
"""All secrets there are, by their names below the stack's prefix."""
_AT_VENDORS = (_may("ssm:GetParameters", on=_APP_SECRETS), *_key_through("ssm"))
_PAYMENTS = _may("ssm:GetParameters", on=_PAYMENT_KEY)
_MODEL = (_may("ssm:GetParameters", on=MODEL_KEY), *_key_through("ssm"))

RIGHTS: Mapping[str, tuple[Right, ...]] = {
    "authorize": (_may("dynamodb:GetItem", on="table"), *_key_through("dynamodb")),
    "api": (
        *_ROWS,
        _BATCHES,
        *_key_through("sqs"),
        _SEALING,
        _OPENING,
        _put_on("actions queue", "reports queue", "runs queue"),
        _DIRECTORY,
        _MAILING,
        *_FILES,
        _may("scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule", on="schedules"),
        _PASSING,
        *_AT_VENDORS,
        _PAYMENTS,
    ),
    "web": (
        *_ROWS,
        _BATCHES,
        *_key_through("sqs"),
        _put_on("actions queue", "runs queue"),
        _may("scheduler:CreateSchedule", "scheduler:UpdateSchedule", "scheduler:DeleteSchedule", on="schedules"),
        _PASSING,
        _DIRECTORY,
        _MAILING,
        *_FILES,
        _SEALING,
        _OPENING,
        *_AT_VENDORS,
        _PAYMENTS,
    ),
    "compose": (),
    "connect": (
        *_ROWS,
        _may("dynamodb:BatchGetItem", on="table"),
        *_key_through("sqs"),
        _SEALING,
        _put_on("runs queue"),
        _may("scheduler:DeleteSchedule", on="schedules"),
        *_AT_VENDORS,
    ),
    "receive": (
        _may("dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", on="table"),
        _may("dynamodb:Query", on="index of the table"),
        _put_on("events queue", "actions queue", "reports queue", "runs queue"),
        _may("ssm:GetParameters", on=_WEBHOOK_SECRETS),
        *_key_through("dynamodb", "sqs", "ssm"),
    ),
    "analyze": (
        *_ROWS,
        _BATCHES,
        *_key_through("sqs"),
        *_worker("events"),
        _may("scheduler:DeleteSchedule", on="schedules"),
        _put_on("actions queue", "reports queue"),
        *_MODEL,
    ),
    "act": (
        *_ROWS,
        _BATCHES,
        *_key_through("sqs"),
        *_worker("actions"),
        _may("scheduler:DeleteSchedule", on="schedules"),
        _put_on("reports queue"),
        _SEALING,
        _OPENING,
        *_AT_VENDORS,
    ),
    "report": (
        *_ROWS,
        _BATCHES,
        *_key_through("sqs"),
        *_worker("reports"),
        _put_on("runs queue"),
        _SEALING,
        _OPENING,
        *_AT_VENDORS,
        _MAILING,
        *_MODEL,
    ),
    "run": (
        *_ROWS,
        _BATCHES,
        *_key_through("sqs"),
        *_worker("runs"),
        _put_on("events queue", "actions queue", "reports queue", "billing queue"),
        _SEALING,
        _OPENING,
        *_AT_VENDORS,
        _PAYMENTS,
        *_MODEL,
        *_FILES,
        _may("s3:DeleteObject", on="files"),
        _may("scheduler:DeleteSchedule", "scheduler:ListSchedules", on="schedules"),
        _may("cognito-idp:AdminDeleteUser", on="user pool"),
        _may("cloudwatch:GetMetricData", on="what is measured"),
    ),
    "bill": (
        _may("dynamodb:GetItem", "dynamodb:PutItem", on="table"),
        *_key_through("dynamodb", "sqs", "ssm"),
        *_worker("billing"),
        _PAYMENTS,
        _may("ssm:GetParameters", on=_PAYMENT_WEBHOOK),
    ),
    "schedule role": (
        _put_on(*(f"{stage} {end}" for stage in STAGES for end in ("queue", "dead letters"))),
        *_key_through("sqs"),
    ),
}
"""A test holds it to the template, both ways."""


def arns(stack: Stack, mail_from: str, mail_set: str) -> dict[str, str]:
    """The things of a stack by what people call them."""
    _, partition, _, _, account, _ = stack.schedule_role_arn.split(":", 5)

    def arn(service: str, rest: str) -> str:
        return f"arn:{partition}:{service}:{stack.region}:{account}:{rest}"

    def queue(url: str) -> str:
        return arn("sqs", url.rpartition("/")[2])

    queues = {f"{stage} queue": queue(stack.queues.of(stage)) for stage in STAGES}
    letters = {f"{stage} dead letters": queue(stack.queues.dead_letters_of(stage)) for stage in STAGES}
    secrets = {name: arn("ssm", f"parameter{stack.secrets_prefix}/{name}") for name in SECRETS}
    return {
        **queues,
        **letters,
        **secrets,
        "table": arn("dynamodb", f"table/{stack.table}"),
        "index of the table": arn("dynamodb", f"table/{stack.table}/index/outside"),
        "key": arn("kms", f"key/{stack.kms_key_id}"),
        "files": f"arn:{partition}:s3:::{stack.archives_bucket}/tenant/file",
        "bucket": f"arn:{partition}:s3:::{stack.archives_bucket}",
        "user pool": arn("cognito-idp", f"userpool/{stack.user_pool_id}"),
        "schedules": arn("scheduler", f"schedule/{stack.schedule_group}/any"),
        "schedule role": stack.schedule_role_arn,
        "what is measured": "*",
        "mail's sender": arn("ses", f"identity/{mail_from}"),
        "mail's configuration set": arn("ses", f"configuration-set/{mail_set}"),
    }


def lacking(rights: Iterable[Right], statements: Sequence[Statement], named: Mapping[str, str]) -> Iterator[str]:
    """What a role with these statements may not do of what it has to, in words."""
    for right in dict.fromkeys(rights):
        refused = {
            action: [thing for thing in right.on if not is_allowed(action, named[thing], statements, via=right.via)]
            for action in right.actions
        }
        through = f" through {right.via}" if right.via else ""
        yield from (f"{action} on {', '.join(things)}{through}" for action, things in refused.items() if things)


def is_allowed(action: str, arn: str, statements: Sequence[Statement], *, via: str = "") -> bool:
    """Whether statements allow an action on a thing, and none forbids it whatever the condition.

    Args:
        action: in IAM's words.
        arn: of the thing.
        statements: those that are about whoever does it.
        via: the service that does it in somebody's name, if that is a condition.
    """
    fitting = [each for each in statements if _fits(action, arn, via, each)]
    return any(each["Effect"] == "Allow" for each in fitting) and all(
        each["Effect"] == "Allow" or each.get("Condition") for each in fitting
    )


def _fits(action: str, arn: str, via: str, statement: Statement) -> bool:
    actions, things = several(statement.get("Action", ())), several(statement.get("Resource", ()))
    through = several(statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", ()))
    return (
        any(_like(pattern.lower(), action.lower()) for pattern in actions)
        and any(_like(pattern, arn) for pattern in things)
        and (not through or any(each.startswith(f"{via}.") for each in through if via))
        and (bool(through) or not via or not _of_credentials(statement))
    )


def _of_credentials(statement: Statement) -> bool:
    """Whether a statement is for what is sealed for one tenant, which no service asks for."""
    return "kms:EncryptionContextKeys" in str(statement.get("Condition", ""))


def _like(pattern: str, name: str) -> bool:
    """IAM's wildcards: `*` for anything, `?` for one character."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name) is not None


def several(value: Any) -> Sequence[str]:
    """IAM takes one or several."""
    return (value,) if isinstance(value, str) else tuple(value)
