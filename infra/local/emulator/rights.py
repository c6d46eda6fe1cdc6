"""IAM: requests are checked against the resources and conditions that AWS checks, where the emulator knows none."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

type Named = Callable[..., str]
type Record = dict[str, Any]


def named(original: Named) -> Named:
    """Have the resource of a request be the one that it names."""

    def extract(  # noqa: PLR0913, the emulator calls it so
        service: str,
        method: str,
        path: str,
        headers: Any,
        body: bytes,
        query: Mapping[str, Any],
        region: str,
        owner: str,
    ) -> str:
        here = f"{service}:{region}:{owner}"
        match service:
            case "ssm" if names := _body(body).get("Names"):
                body = json.dumps({"Name": names[0]}).encode()
            case "ses" if path.endswith("/outbound-emails"):
                return f"arn:aws:{here}:identity/{_body(body).get('FromEmailAddress', '*')}"
            case "scheduler" if "/schedules" in path:
                group = _body(body).get("GroupName") or (_first(query, "groupName") or _first(query, "ScheduleGroup"))
                name = unquote(path.partition("/schedules")[2].strip("/"))
                return f"arn:aws:{here}:schedule/{group or 'default'}/{name or '*'}"
        return original(service, method, path, headers, body, query, region, owner)

    return extract


def in_context(original: Callable[[str, str, bytes, Any], Record]) -> Callable[[str, str, bytes, Any], Record]:
    """Have conditions of policies see the encryption context of a request to KMS; their keys are in lower case here."""

    def context(service: str, action: str, body: bytes, query: Any) -> Record:
        given = _body(body).get("EncryptionContext") or {} if service == "kms" else {}
        keys = {"kms:encryptioncontextkeys": list(given)} if given else {}
        values = {f"kms:encryptioncontext:{name.lower()}": value for name, value in given.items()}
        return {**original(service, action, body, query), **keys, **values}

    return context


def noted(original: Callable[..., Any], log: Path) -> Callable[..., Any]:
    """Note for which calls a role's rights are looked at: a line each time one is new, of role, action and queue."""
    seen: set[str] = set()

    def evaluate(context: Any, *policies: Any) -> Any:
        _, role, *_ = f"{context.principal_arn}/".split("/")
        queue = context.resource_arn.rpartition(":")[2] if context.action.startswith("sqs:") else ""
        line = f"{role} {context.action} {queue}\n"
        if role and line not in seen:  # the account itself, which a queue's own policy is asked about, has no role
            seen.add(line)
            with log.open("a") as lines:
                lines.write(line)
        return original(context, *policies)

    return evaluate


def _body(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body) if body else {}
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _first(query: Mapping[str, Any], name: str) -> str | None:
    values = query.get(name)
    first: str | None = values[0] if isinstance(values, list) else values
    return first
