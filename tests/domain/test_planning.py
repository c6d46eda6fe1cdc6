"""What plans are called now, and where attachments lead."""

from datetime import timedelta

import pytest

from pm_assistant.domain.planning import PlanName, named_now, page_of_pull_request, plan_ids
from pm_assistant.domain.work import Cycle, Project
from tests.builders import NOW, a_ticket

TOLD = a_ticket(
    1,
    project=Project(id="p", name="Launch"),
    cycle=Cycle(id="c", name="Cycle 12"),
    labels=("bug", "night"),
    label_ids=("l-1", "l-2"),
    updated_at=NOW,
)
LATER = NOW + timedelta(minutes=1)


def names(at: object, **changes: object) -> dict[str, PlanName]:
    """All of them are called New then."""
    return {id: PlanName.model_validate({"id": id, "name": "New", "at": at, **changes}) for id in ("p", "c", "l-1")}


def test_a_rename_reaches_a_ticket_that_was_told_before_it() -> None:
    """By what bears the name; what the ticket was told since stays."""
    now = named_now(TOLD, names(LATER))
    assert now.project
    assert now.cycle
    assert ("New", "New", ("New", "night")) == (now.project.name, now.cycle.name, now.labels)
    assert TOLD == named_now(TOLD, names(NOW)) == named_now(TOLD, {})


def test_what_is_gone_is_on_no_ticket() -> None:
    """Linear takes it off without a word about the tickets."""
    now = named_now(TOLD, names(LATER, removed=True))
    assert (None, None, ("night",), ("l-2",)) == (now.project, now.cycle, now.labels, now.label_ids)


def test_a_plan_that_a_ticket_names_by_its_id_alone_is_called_as_it_was_told() -> None:
    """Whenever that was."""
    now = named_now(a_ticket(project=Project(id="p"), updated_at=LATER), names(NOW))
    assert Project(id="p", name="New") == now.project


def test_labels_without_ids_stay() -> None:
    """Tickets of before have none."""
    assert ("bug",) == named_now(a_ticket(labels=("bug",)), names(LATER)).labels


def test_the_names_of_a_page_of_tickets_are_asked_for_at_once() -> None:
    """Each once."""
    assert {"p", "c", "l-1", "l-2"} == plan_ids([TOLD, TOLD, a_ticket(2, label_ids=("",), labels=("odd",))])


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://github.com/Acme/Shop/pull/7", "https://github.com/acme/shop/pull/7"),
        ("https://github.com/acme/shop/pull/7/files?w=1#r1", "https://github.com/acme/shop/pull/7"),
        ("https://github.com/acme/shop/pull/7x", None),
        ("https://github.com/acme/shop/issues/7", None),
        ("see https://github.com/acme/shop/pull/7", None),
    ],
)
def test_the_page_of_a_pull_request_is_told_from_others(url: str, page: str | None) -> None:
    """Whatever part of it is open."""
    assert page == page_of_pull_request(url)
