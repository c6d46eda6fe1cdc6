"""A model words reports where a team wants that; a lying one leaves nothing behind, and none is waited for."""

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from pm_assistant.domain.errors import Misconfigured, ProductError, UpstreamUnavailable
from pm_assistant.domain.languages import Language
from pm_assistant.domain.phrasing import Phrasing, Sentence
from pm_assistant.domain.reports import Report, ReportDue
from pm_assistant.domain.tenants import Settings
from pm_assistant.workflows.reports.phrasing import phrased
from pm_assistant.workflows.reports.report import compose, report
from tests.builders import ACME, NOW, a_member, a_tenant
from tests.workflows.reports.worlds import World, a_world, each_person

PHRASED = Settings(phrased_reports=True)


class FakeWriter:
    """Says of each fact what it is told to, for a tenth of a cent."""

    def __init__(self, says: Callable[[int, str], str]) -> None:
        self.says = says
        self.asked: list[Sequence[str]] = []
        self.error: ProductError | None = None

    def phrase(self, facts: Sequence[str], *, language: str) -> Phrasing:
        """Say it, or fail."""
        self.asked.append(facts)
        if self.error is not None:
            raise self.error
        sentences = tuple(Sentence(number=n, text=self.says(n, fact)) for n, fact in enumerate(facts))
        return Phrasing(sentences=sentences, cost_microdollars=1_000)


def world(writer: FakeWriter, settings: Settings = PHRASED) -> World:
    """A generated team, and who words its reports."""
    made = a_world(7)
    made.unit.stores.tenants.put(a_tenant(settings=settings))
    made.unit.writer = writer
    return made


def delivered(made: World) -> Report:
    """Ada's standup."""
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW, since=NOW - timedelta(days=1))
    assert report(due, made.unit) is not None
    return made.unit.chat.reports[-1][1]


def texts(made: Report) -> list[str]:
    """All its lines."""
    return [line.text for section in made.sections for line in section.lines]


def own_words(made: World, name: str = "ada") -> Report:
    """The same report without a model."""
    due = ReportDue(tenant_id=ACME, member_id=made.members[name].id, due_at=NOW, since=NOW - timedelta(days=1))
    return compose(due, made.members[name], made.unit)


def lie(number: int, fact: str) -> str:
    """Something made up of every kind, in turn."""
    lies = (
        f"{fact} and ENG-99999",
        f"{fact}, as Mallory said",
        f"Mallory: {fact}",
        f"{fact} 41 times",
        f"{fact} in forty of seven days",
        f"{fact} (https://evil.test/{number})",
        "All is well.",
        f"{fact} <!channel>",
    )
    return lies[number % len(lies)]


def test_a_lying_model_leaves_no_invented_id_number_or_name() -> None:
    """Of generated teams: the report says what it would say without a model, and how much was dropped."""
    for seed in range(12):
        made = a_world(seed)
        made.unit.stores.tenants.put(a_tenant(settings=PHRASED))
        made.unit.writer = FakeWriter(lie)
        for name, member in each_person(made):
            due = ReportDue(tenant_id=ACME, member_id=member.id, due_at=NOW, since=NOW - timedelta(days=1))
            worded, own = compose(due, member, made.unit, phrase=phrased), own_words(made, name)
            assert texts(own) == texts(worded)
            assert worded.dropped == len(made.unit.writer.asked[-1]) if texts(own) else worded.dropped == 0
            assert not re.search("Mallory|evil|99999|41 times|forty", str(texts(worded)))


def test_an_honest_model_words_the_report() -> None:
    """Its sentences are told with the links and ids of the facts, and none is dropped."""
    made = world(FakeWriter(lambda _, fact: f"Still {fact}"))

    sent, own = delivered(made), own_words(made)

    assert [f"Still {text}" for text in texts(own)] == texts(sent)
    assert 0 == sent.dropped
    for mine, theirs in zip(own.sections, sent.sections, strict=True):
        assert [(line.url, line.about) for line in mine.lines] == [(line.url, line.about) for line in theirs.lines]


def test_what_it_costs_counts_and_nothing_is_asked_once_the_budget_is_used_up() -> None:
    """As any asking of the model."""
    writer = FakeWriter(lambda _, fact: fact)
    made = world(writer, PHRASED.model_copy(update={"model_budget_dollars": 0.001}))

    delivered(made)
    again = ReportDue(tenant_id=ACME, member_id="U0BOB", due_at=NOW, since=NOW - timedelta(days=1))
    report(again, made.unit)

    stands = made.unit.stores.model_months.get(ACME, f"{NOW:%Y-%m}")
    assert (1, 1, 1_000) == (len(writer.asked), stands.judgements, stands.microdollars)


@pytest.mark.parametrize("error", [UpstreamUnavailable("no answer"), Misconfigured("no key")])
def test_a_report_waits_for_no_model(error: ProductError) -> None:
    """It comes in our own words."""
    writer = FakeWriter(lambda _, fact: fact)
    writer.error = error
    made = world(writer)

    assert texts(own_words(made)) == texts(delivered(made))
    assert (["no key"] if isinstance(error, Misconfigured) else []) == made.unit.alarms


def test_no_model_is_asked_where_nobody_wants_that() -> None:
    """Off until a team says otherwise; and not for who only looks, nor in a language that cannot be checked."""
    writer = FakeWriter(lambda _, fact: fact)
    delivered(world(writer, Settings()))
    made = world(writer)
    own_words(made)
    made.unit.stores.directory.put_members(ACME, [a_member(language=Language.JAPANESE, github_login="Ada")])
    delivered(made)

    assert [] == writer.asked
