"""What pages cost: no more requests than there are kinds of rows that they show, or that decide who may see them."""

import pytest

from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.code import Coverage
from pm_assistant.domain.planning import Relation, RelationType
from pm_assistant.domain.questions import Meaning, ReportQuestion
from pm_assistant.domain.tenants import Provider, Settings
from pm_assistant.domain.work import Project
from tests.api.conftest import World, on_dynamodb
from tests.aws.emulated import requests
from tests.builders import (
    ACME,
    ENG,
    NOW,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_repository,
    a_tenant,
    a_ticket,
    a_ticket_comment,
    an_attachment,
)


def fill(world: World) -> None:
    """Have one of everything, and the index made."""
    stores = world.stores
    for provider in Provider:
        stores.connections.put(a_connection(ACME, provider))
        stores.connection_states.note(ACME, provider, event_at=NOW)
    stores.directory.put_members(ACME, [a_member("ada")])
    stores.directory.put_teams(ACME, [ENG])
    stores.code.record(ACME, a_repository(), keep_days=30)
    stores.code.record(ACME, Coverage(repository_id="900", at=NOW, read_to=NOW), keep_days=30)
    stores.readings.put_position(ACME, Position(source=Provider.SLACK, workspace="T0ACME", place="C0OPS"))
    stores.planning.record(ACME, an_attachment())
    stores.planning.record_comment(ACME, a_ticket_comment(), keep_days=30)
    stores.planning.relate(
        ACME, Relation(id="r", ticket_id="ticket-1", other_id="ticket-2", type=RelationType.BLOCKS, at=NOW)
    )
    stores.messages.record(ACME, a_message(), keep_days=30)
    stores.decisions.save(a_decision())
    stores.tickets.put(ACME, a_ticket(project=Project(id="p", name="Launch")))
    stores.index.read(ACME)


PAGES = {
    "/v1/me": 2,
    "/v1/members": 4,
    "/v1/connections": 7,
    "/v1/tickets": 5,
    "/v1/tickets/ticket-1": 9,
    "/v1/conversations": 6,
    "/v1/decisions": 5,
    "/v1/standup?member_id=U0ADA": 8,
}
"""With each goes one read of who asks, with the tenant, and one write that counts the request."""


@on_dynamodb
@pytest.mark.parametrize("path", PAGES)
def test_a_page_costs_no_more_requests_than_it_has_kinds_of_rows(world: World, path: str) -> None:
    """However many rows there are of each; what the request knows already is not read again."""
    fill(world)
    member = world.member

    with requests() as sent:
        assert 200 == member.get(path).status

    assert PAGES[path] == len(sent), sent


@on_dynamodb
def test_what_people_answer_is_read_where_their_team_asks_them_of_their_work(world: World) -> None:
    """Of a team that asks for nothing, or for words alone, nobody's own standup tells any of it."""
    fill(world)
    member = world.member

    def asked(*questions: ReportQuestion) -> int:
        world.stores.tenants.put(a_tenant(settings=Settings(report_questions=questions)))
        with requests() as sent:
            assert 200 == member.get("/v1/standup?member_id=U0ADA").status
        return len(sent)

    standup = PAGES["/v1/standup?member_id=U0ADA"]
    assert standup == asked(ReportQuestion(text="Mood?"))
    assert standup + 1 == asked(ReportQuestion(text="Mood?"), ReportQuestion(text="Next?", meaning=Meaning.PLAN))
