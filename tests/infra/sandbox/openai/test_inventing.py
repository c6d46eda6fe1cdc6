"""A model that makes things up on the wire: its answers have the form that was asked for, and none gets through."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from infra.local.brain import answer
from pm_assistant.domain.reports import Report, ReportDue
from pm_assistant.domain.tenants import Settings
from pm_assistant.integrations.openai.writer import OpenAIWriter
from pm_assistant.workflows.reports.report import compose, report
from tests.builders import ACME, NOW, a_tenant
from tests.infra.sandbox.openai.asking import ask
from tests.infra.sandbox.running import OPENAI_KEY, SECRETS, Sandbox, serving
from tests.workflows.reports.worlds import a_world, each_person

INVENTED = re.compile("Mallory|99999|41 times|forty|evil|<!channel>")


def said(sandbox: Sandbox, words: str) -> str:
    """What the tests' model answers."""
    content = ask(sandbox, input=words).json()["output"][0]["content"][0]["text"]
    return str(json.loads(content)["said"])


def test_an_invention_stands_in_the_form_that_was_asked_for_as_often_as_wished(sandbox: Sandbox) -> None:
    """Whatever is more than a word has something made up in it; then the model is honest again."""
    sandbox.control("faults", vendor="openai", operation="responses", kind="hallucinate", times=2)

    assert ["Still on it and ENG-99999", "Hello", "Still on it"] == [
        said(sandbox, words) for words in ("Still on it", "Hello", "Still on it")
    ]


def test_only_a_model_makes_things_up(sandbox: Sandbox) -> None:
    """A vendor that keeps records has none."""
    refused = sandbox.http.post("/_sandbox/faults", json={"vendor": "linear", "kind": "hallucinate"})

    assert (400, True) == (refused.status_code, "only a model" in refused.text)


@pytest.mark.parametrize("lies", [False, True])
def test_nothing_that_a_model_makes_up_is_delivered(tmp_path: Path, demo: Path, lies: bool) -> None:
    """Over the wire, of generated teams: no id, number, name or address beside those of the facts; it is counted."""
    secrets = SECRETS | {"openai_api_key": OPENAI_KEY}
    with serving(tmp_path, demo, secrets=secrets, brain=answer) as sandbox:
        writer = OpenAIWriter(OPENAI_KEY, f"{sandbox.url}/openai/v1", "gpt-5.4-mini")
        if lies:
            sandbox.control("faults", vendor="openai", operation="responses", kind="hallucinate", times=99)
        dropped, lines = 0, 0
        for seed in range(5):
            made = a_world(seed)
            made.unit.stores.tenants.put(a_tenant(settings=Settings(phrased_reports=True)))
            made.unit.writer = writer
            for _, member in each_person(made):
                due = ReportDue(tenant_id=ACME, member_id=member.id, due_at=NOW, since=NOW - timedelta(days=1))
                own = texts(compose(due, member, made.unit))
                assert report(due, made.unit) is not None
                sent = made.unit.chat.reports[-1][1]
                assert own == texts(sent)
                assert not INVENTED.search(sent.model_dump_json())
                dropped, lines = dropped + sent.dropped, lines + len(own)

    assert lines > 40
    assert (lines if lies else 0) == dropped


def texts(made: Report) -> list[str]:
    """All lines of a report."""
    return [line.text for section in made.sections for line in section.lines]
