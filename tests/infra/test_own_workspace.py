"""A developer's own tokens open the tenant `local` of a local stack, and nothing else anywhere."""

import re
from pathlib import Path

import pytest

from infra.local.tools import LocalError
from infra.local.workspace import OWN, connect
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.stack import Queues, Stack
from pm_assistant.domain.tenants import Settings

ROOT = Path(__file__).parents[2]
STAGES = ("events", "actions", "reports", "runs", "billing")


def stack(endpoint: str | None) -> Stack:
    """A stack that nobody could reach."""
    queues = Queues.model_validate({f"{stage}{end}": "q" for stage in STAGES for end in ("", "_dlq")})
    optional = {"analyst": "offline", "aws_endpoint_url": endpoint, "burst_gap_seconds": 120, "queues": queues}
    known = {name: "x" for name, field in Stack.model_fields.items() if field.is_required()}
    return Stack.model_validate(known | {"vendor_urls": ""} | optional)


@pytest.mark.parametrize(("endpoint", "tenant"), [(None, OWN), (None, "acme"), ("http://127.0.0.1:4566", "acme")])
def test_tokens_are_refused_for_a_stack_on_aws_and_for_any_other_tenant(endpoint: str | None, tenant: str) -> None:
    """Before anything is asked or written."""
    client = StackClient(stack(endpoint), tenant)

    with pytest.raises(LocalError, match="all others connect by OAuth"):
        connect(client, settings=Settings(), slack_token="xoxb-1", linear_token="lin_api_1")


def test_nothing_that_is_deployed_knows_of_this_way() -> None:
    """Neither the layer, which `pm` is cut out of, nor a function mentions the tokens or imports what lies outside."""
    layer = [path for path in (ROOT / "shared").rglob("*.py") if "cli" not in path.parts]
    deployed = {path: path.read_text() for path in [*layer, *(ROOT / "functions").rglob("*.py")]}
    outside = re.compile(r"^\s*(?:from|import) (?:infra|tests)\b|SLACK_TOKEN|LINEAR_API_KEY", re.MULTILINE)

    assert len(deployed) > 50
    assert [] == [path.name for path, source in deployed.items() if outside.search(source)]
    assert 'rm -rf "$(SITE)/pm_assistant/cli"' in (ROOT / "shared" / "Makefile").read_text()
