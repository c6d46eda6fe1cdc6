"""A function loads only what it needs; compared as sets of modules, without a stopwatch."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
HEAVY = {
    "asyncio",
    "aws_lambda_powertools",
    "boto3",
    "botocore.session",
    "cryptography",
    "graphql",
    "httpx",
    "httpx2",
    "jinja2",
    "jwt",
    "openai",
    "pynamodb",
    "s3transfer",
    "slack_sdk",
    "stripe",
}
QUEUE = 'wiring.queue("https://sqs.us-east-1.amazonaws.com/1/q")'
SCHEDULES = """
from pm_assistant.runtime.settings import ScheduleSettings
told = {"reports_dead_letters_arn": "d", "jobs_dead_letters_arn": "d"}
wiring.schedules(ScheduleSettings(schedule_group="g", schedule_role_arn="r", **told), "q", "q")
"""
OAUTH_APPS = """
from pm_assistant.integrations.slack.oauth import SlackOAuthApp
from pm_assistant.integrations.linear.oauth import LinearOAuthApp
from pm_assistant.integrations.github.oauth import GitHubOAuthApp
"""
LAYOUT = "dict(status_code=404, gettext=str, link=str, asset=str, viewer=None, due=None, language='en')"
PAGE = f'from pm_assistant.web.rendering import render; render("refused.html", **{LAYOUT})'
MANUAL = "from pm_assistant.api.routes.docs import show_manual; show_manual()"
WIRED = {
    "authorize": 'wiring.verifier("https://issuer.test", "https://issuer.test/jwks", "client")',
    "api": f"""
wiring.stores("t"); wiring.vault("k"); wiring.users("p", "c"); wiring.sessions("p", "c"); wiring.mailer("a@b.test")
wiring.archives("b"); {QUEUE}
{SCHEDULES}
{OAUTH_APPS}
from pm_assistant.api.routes import auth, decisions, tenant, work
{MANUAL}
""",
    "web": f"""
wiring.stores("t"); wiring.sessions("p", "c"); {QUEUE}
from pm_assistant.web.pages import decisions, landing, login, static, today
{PAGE}
""",
    "compose": "",
    "connect": f"""
wiring.stores("t"); wiring.vault("k"); {QUEUE}
{OAUTH_APPS}
{PAGE}
""",
    "receive": """
stores = wiring.stores("t"); stores.connections, stores.messages
wiring.queue("https://sqs.us-east-1.amazonaws.com/1/q"); wiring.secrets("/p")
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.integrations.linear.webhook import LinearWebhook
from pm_assistant.integrations.github.webhook import GitHubWebhook
""",
    "analyze": """
wiring.stores("t"); wiring.queue("https://sqs.us-east-1.amazonaws.com/1/q")
from pm_assistant.integrations.openai.client import OpenAIAnalyst
""",
    "act": """
wiring.stores("t"); wiring.vault("k")
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.linear.client import LinearTracker
""",
    "report": """
wiring.stores("t"); wiring.vault("k"); wiring.mailer("a@b.test")
from pm_assistant.integrations.slack.client import SlackChat
""",
    "bill": """
wiring.stores("t"); wiring.queue("https://sqs.us-east-1.amazonaws.com/1/q")
from pm_assistant.integrations.stripe.client import StripePayments
StripePayments("k", "https://stripe.test", {})._connection.v1
""",
    "run": f"""
wiring.stores("t"); wiring.vault("k"); wiring.users("p", "c"); wiring.archives("b"); {QUEUE}
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.integrations.openai.client import OpenAIAnalyst
{SCHEDULES}
{OAUTH_APPS}
""",
}
ALLOWED = {
    "authorize": {"cryptography", "jwt"},
    "api": {"asyncio", "aws_lambda_powertools", "botocore.session", "pynamodb", "cryptography"},
    "web": {"botocore.session", "pynamodb", "jinja2"},
    "compose": set(),
    "connect": {"botocore.session", "pynamodb", "cryptography", "jinja2"},
    "receive": {"botocore.session", "pynamodb"},
    "analyze": {"botocore.session", "pynamodb"},
    "act": {"asyncio", "botocore.session", "pynamodb", "cryptography", "slack_sdk"},
    "report": {"asyncio", "botocore.session", "pynamodb", "cryptography", "slack_sdk"},
    "run": {"asyncio", "botocore.session", "pynamodb", "cryptography", "slack_sdk"},
    "bill": {"asyncio", "botocore.session", "pynamodb", "httpx", "stripe"},
}
ORDINARY = {
    "authorize": ('wiring.stores("t").api_keys', {"botocore.session", "pynamodb"}),  # a program shows a key
    "api": (
        f'wiring.stores("t"); {QUEUE}',
        {"asyncio", "aws_lambda_powertools", "botocore.session", "pynamodb"},  # its router
    ),
    "bill": (
        f"from pm_assistant.integrations.stripe.webhook import read; {QUEUE}",  # a webhook is queued
        {"botocore.session"},
    ),
    "connect": ('wiring.stores("t")', {"botocore.session", "pynamodb"}),  # a link is opened, and leads on
    "run": (f'wiring.stores("t"); {QUEUE}', {"botocore.session", "pynamodb"}),
}
"""What most of a function's work needs, and what that loads."""


PROGRAM = """
import gc, json, os, sys
import app, pm_assistant
from pm_assistant.runtime import wiring
for wired in sys.argv[1:]:
    if os.fork() == 0:
        exec(wired)
        assert gc.get_threshold()[0] == pm_assistant.MOST_LOADED, "garbage was collected: it is more than MOST_LOADED"
        print(json.dumps(sorted(sys.modules)), flush=True)
        os._exit(0)
    _, failed = os.wait()
    assert not failed
"""
"""Loads a function once, and goes on from there in a fork for each way of using it: without collecting garbage."""


@cache
def loaded(function: str) -> list[set[str]]:
    """The modules of a fresh process that has made all that a function uses, and of one that did its ordinary work."""
    ordinary, _ = ORDINARY.get(function, ("", set()))
    env = {
        "PYTHONPATH": f"shared:functions/{function}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": function,
    }
    command = [sys.executable, "-c", PROGRAM, WIRED[function], ordinary]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return [set(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("function", sorted(WIRED))
def test_a_function_loads_its_own_adapters_and_no_others(function: str) -> None:
    """Every heavy package that a function loads is on its list, and everything on the list is needed."""
    assert ALLOWED[function] == loaded(function)[0] & HEAVY


@pytest.mark.parametrize("function", sorted(ORDINARY))
def test_what_is_rarely_needed_is_loaded_by_who_needs_it(function: str) -> None:
    """An ordinary request waits for no vendor's library, and a program's key for none that verifies tokens."""
    _, allowed = ORDINARY[function]

    assert allowed == loaded(function)[1] & HEAVY


ASKS_THE_PLAN = ("act", "analyze", "api", "report", "run", "web")
"""The functions that ask what a team pays for: before they judge, act, report, list, or connect something."""
TENANT = """
from datetime import UTC, datetime
from pm_assistant.domain.tenants import Tenant
now = datetime.now(UTC)
tenant = Tenant(id="acme", name="Acme", created_at=now)
"""
"""What whoever asks has read anyway."""
ASKING = """
from pm_assistant.domain.billing import Feature, terms_at
from pm_assistant.domain.seats import has_seat
asked = [tenant.may(feature, at=now) for feature in Feature]
asked += [tenant.history_from(now), terms_at(tenant.billing, now).hard_stop, has_seat(tenant.billing, "ada", now)]
"""
"""All that is ever asked; what a team has bought rides on its row, which whoever asks has read."""
ASKED = """
import json, sys
import app
{tenant}
before = set(sys.modules)
{asking}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@pytest.mark.parametrize("function", ASKS_THE_PLAN)
def test_asking_what_a_team_pays_for_loads_nothing_of_anybodys(function: str) -> None:
    """No library of the payment provider's or of others, who has read the team's row has all that it takes."""
    env = {"PYTHONPATH": f"shared:functions/{function}", "POWERTOOLS_SERVICE_NAME": function}
    command = [sys.executable, "-c", ASKED.format(tenant=TENANT, asking=ASKING)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert {"pm_assistant.domain.seats"} >= set(json.loads(done.stdout))


def test_the_payment_providers_library_is_loaded_by_who_calls_it_alone() -> None:
    """Where a plan is bought, a team is ended or what was bought is asked for, it is loaded when that is done."""
    assert ["bill"] == [function for function in sorted(WIRED) if "stripe" in loaded(function)[0]]


def test_every_function_is_accounted_for() -> None:
    """A new function needs a row above."""
    assert ALLOWED.keys() == WIRED.keys() == {app.parent.name for app in (ROOT / "functions").glob("*/app.py")}


def test_receive_leaves_alone_what_its_first_request_does_not_need() -> None:
    """A message is answered before anybody could wait for a router, an SDK's extras, or for what happens rarely."""
    answered = subprocess.run(
        [sys.executable, "tests/bench/first_request.py", "receive"],
        cwd=ROOT,
        env={"PYTHONPATH": "shared"},
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(json.loads(answered.stdout)["modules"])

    unneeded = {
        "asyncio",
        "aws_lambda_powertools",
        "boto3",
        "difflib",
        "pm_assistant.aws.schedules",
        "pm_assistant.aws.stores.partition",
        "pm_assistant.aws.stores.tenants",
        "pm_assistant.aws.vault",
        "pm_assistant.domain.accounts",
        "pm_assistant.domain.code",
        "pm_assistant.domain.decisions",
        "pm_assistant.domain.experiments",
        "pm_assistant.domain.jobs",
        "pm_assistant.domain.people",
        "pm_assistant.domain.planning",
        "pm_assistant.domain.rules",
        "pm_assistant.domain.surfaces",
        "pm_assistant.domain.tenants",
        "pm_assistant.domain.trust",
        "pm_assistant.integrations.offline",
        "pm_assistant.integrations.slack.surfaces",
        "pm_assistant.ports.unit",
        "pm_assistant.workflows.accounts",
        "pm_assistant.workflows.connections",
        "pm_assistant.workflows.pipeline.analyze",
        "pydantic.type_adapter",
        "s3transfer",
    }
    assert set() == unneeded & modules
    assert {"pm_assistant.aws.stores.messages", "pm_assistant.integrations.slack.webhook"} <= modules


ELSEWHERE = {
    "api": {
        "pm_assistant.domain.catch_up",
        "pm_assistant.domain.events",
        "pm_assistant.domain.portability",
        "pm_assistant.domain.surfaces",
        "pm_assistant.presentation.commands",
    },
    "connect": {
        "pm_assistant.domain.catch_up",
        "pm_assistant.domain.decisions",
        "pm_assistant.domain.events",
        "pm_assistant.domain.surfaces",
        "pm_assistant.ports.vendors",
    },
}
"""What other functions need, and is easily drawn in for a name of which a smaller module knows."""


@pytest.mark.parametrize("function", sorted(ELSEWHERE))
def test_what_only_other_functions_need_is_left_to_them(function: str) -> None:
    """Each name stands where whoever needs it alone loads little else; a function is told by its own list."""
    lists = {f"pm_assistant.runtime.settings.{name}" for name in ALLOWED.keys() - {function, "web"}}

    assert set() == (ELSEWHERE[function] | lists) & loaded(function)[0]


BUILT = """
import json, sys
import app
from pydantic import BaseModel

def kinds(of):
    return {kind for each in of.__subclasses__() for kind in (each, *kinds(each))}

names = [f"{kind.__module__}.{kind.__qualname__}" for kind in kinds(BaseModel) if kind.__pydantic_complete__]
print(json.dumps([name for name in names if name.startswith("pm_assistant.") and "[Any]" not in name]))
"""
"""Loads a function, and names the values whose validators stand."""


@pytest.mark.parametrize("function", sorted(WIRED))
def test_loading_a_function_builds_no_validator(function: str) -> None:
    """There are a hundred kinds of values, of which a request needs a handful."""
    done = subprocess.run(
        [sys.executable, "-c", BUILT],
        cwd=ROOT,
        env={"PYTHONPATH": f"shared:functions/{function}", "POWERTOOLS_SERVICE_NAME": function},
        capture_output=True,
        text=True,
        check=True,
    )

    assert [] == json.loads(done.stdout)


GARBAGE = """
import gc
usual = gc.get_threshold()
import pm_assistant
loading = gc.get_threshold()
{until}
as_usual = gc.get_threshold() == usual and not gc.callbacks
print(loading[0] == pm_assistant.MOST_LOADED, as_usual, gc.get_freeze_count() > 0)
"""
MUCH_MADE = "kept = [[] for _ in range(2 * pm_assistant.MOST_LOADED)]"
CALLED = """
handler = pm_assistant.ends_loading(lambda: 1 / 0)
for call in range(2):
    try:
        handler()
    except ZeroDivisionError:
        pass
"""


@pytest.mark.parametrize(("until", "kept_for_good"), [(MUCH_MADE, "False"), (CALLED, "True")])
def test_garbage_is_collected_as_usual_once_a_function_has_loaded(until: str, kept_for_good: str) -> None:
    """Only loading goes without: what requests leave behind would pile up otherwise, with all that it holds on to."""
    path = {"PYTHONPATH": str(ROOT / "shared")}
    command = [sys.executable, "-c", GARBAGE.format(until=until)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=path)

    assert f"True True {kept_for_good}" == done.stdout.strip()


@pytest.mark.parametrize("function", WIRED)
def test_loading_ends_with_the_first_call_of_each_function(function: str) -> None:
    """Whichever function does not say so goes on without collecting what its requests leave behind."""
    env = {"PYTHONPATH": f"shared:functions/{function}", "POWERTOOLS_SERVICE_NAME": function}
    command = [sys.executable, "-c", "import app, pm_assistant; print(app.handler.__globals__ is vars(pm_assistant))"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env, cwd=ROOT)

    assert "True" == done.stdout.strip()
