"""The decision log, and answers to it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.actions import WITHHELD, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from tests.api.conftest import Client, World
from tests.builders import ACME, DONE, ENG, GLOBEX, NOW, a_comment, a_decision, a_message, a_ticket, a_tree

OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS", "private": True})
LEFT = Outcome(external_id="c-1", url="https://linear.app/acme/issue/ENG-1#comment-1", inverse='{"operation": "x"}')


def logged(world: World, *decisions: Decision) -> None:
    """Put decisions into the log, each a second after the other."""
    for number, decision in enumerate(decisions):
        world.stores.decisions.save(decision.model_copy(update={"updated_at": NOW + timedelta(seconds=number)}))


def three() -> list[Decision]:
    """A comment that is done, a move that is asked about, and talk without a ticket."""
    return [
        a_decision(message=a_message(0), state=DecisionState.DONE, outcome=LEFT),
        a_decision(
            action=MoveTicket(ticket_id="ticket-2", to=DONE), message=a_message(60), state=DecisionState.PROPOSED
        ),
        a_decision(action=Ignore(work=True), message=a_message(120), state=DecisionState.LOGGED),
    ]


def test_decisions_come_changed_last_first(world: World) -> None:
    """Those of one's own tenant."""
    done, asked, ignored = three()
    logged(world, done, asked, ignored)
    world.stores.decisions.save(a_decision(GLOBEX))

    page = world.reader.get("/v1/decisions").json

    assert [ignored.id, asked.id, done.id] == [item["id"] for item in page["items"]]
    assert page["next"] is None
    assert page["items"][1] == world.reader.get(f"/v1/decisions/{asked.id}").json


def read(world: World, *channels: Channel) -> None:
    """Acme's tickets, and channels that have been read."""
    world.stores.directory.put_teams(ACME, [ENG, OPS])
    for ticket in (a_ticket(1), a_ticket(2, team_id=OPS.id, title="Whose salary")):
        world.stores.tickets.put(ACME, ticket)
    for channel in channels:
        position = Position(source=Provider.SLACK, workspace="T0", place=channel.id, channel=channel)
        world.stores.readings.put_position(ACME, position)


def test_a_decision_says_what_its_ticket_and_its_channel_are_called(world: World) -> None:
    """Wherever it is shown: in the list, alone, and in what answers an answer to it."""
    read(world, Channel(id="C0ENG", name="eng"))
    logged(world, a_decision(state=DecisionState.PROPOSED))

    [listed] = world.reader.get("/v1/decisions").json["items"]
    alone = world.reader.get(f"/v1/decisions/{listed['id']}").json
    answered = world.owner.post(f"/v1/decisions/{listed['id']}/approve", {}).json

    assert listed == alone == answered
    assert ("#eng", "ENG-1", "Checkout drops the coupon", "https://linear.app/acme/issue/ENG-1") == (
        listed["channel_name"],
        *(listed["ticket"][name] for name in ("key", "title", "url")),
    )


def test_a_ticket_that_a_decision_has_made_is_named(world: World) -> None:
    """Its key is what people look for."""
    read(world)
    wish, left = CreateTicket(title="Coupon lost", description=""), LEFT.model_copy(update={"external_id": "ticket-1"})
    made = a_decision(action=wish, state=DecisionState.DONE, outcome=left)
    logged(world, made)

    assert "ENG-1" == world.reader.get(f"/v1/decisions/{made.id}").json["ticket"]["key"]


@pytest.mark.parametrize(
    ("channel", "private", "name"),
    [
        (Channel(id="C0ENG", name="eng"), False, "#eng"),
        (Channel(id="C0ENG", name="layoffs", private=True), False, None),
        (Channel(id="C0ENG", name="layoffs"), True, None),
        (Channel(id="C0ENG"), False, None),
    ],
)
def test_a_private_channels_name_is_for_those_who_are_in_it(
    world: World, channel: Channel, private: bool, name: str | None
) -> None:
    """Nor is one told that was private when it was talked in."""
    read(world, channel)
    logged(world, a_decision(private=private))

    assert [name] == [each["channel_name"] for each in world.reader.get("/v1/decisions").json["items"]]


def test_a_ticket_that_not_everybody_may_read_is_not_named(world: World) -> None:
    """A private tracker team's title is for its own people; nor is one that nobody knows."""
    read(world)
    logged(world, *(a_decision(action=MoveTicket(ticket_id=id, to=DONE)) for id in ("ticket-2", "ticket-9")))

    assert [None, None] == [each["ticket"] for each in world.reader.get("/v1/decisions").json["items"]]


def test_in_a_conversation_decisions_are_shown_as_in_the_log(world: World) -> None:
    """With the same names."""
    read(world, Channel(id="C0ENG", name="eng"))
    message = a_message()
    world.stores.messages.record(ACME, message, keep_days=9)
    logged(world, a_decision(message=message))

    shown = world.reader.get(f"/v1/conversations/{message.id}").json["decisions"]

    assert ["#eng"] == [each["channel_name"] for each in shown]
    assert world.reader.get("/v1/decisions").json["items"] == shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "done"}, [0]),
        ({"state": "undone"}, []),
        ({"kind": "move"}, [1]),
        ({"ticket": "ticket-2"}, [1]),
        ({"ticket": "eng-2"}, [1]),
        ({"since": (NOW + timedelta(seconds=1)).isoformat()}, [2, 1]),
        ({"since": NOW.isoformat(), "kind": "comment"}, [0]),
        ({"state": "proposed", "kind": "comment"}, []),
    ],
)
def test_decisions_are_filtered(world: World, query: dict[str, str], expected: list[int]) -> None:
    """By each of the filters, and by several together."""
    decisions = three()
    logged(world, *decisions)
    world.stores.directory.put_teams(ACME, [ENG])
    for number in (1, 2):
        world.stores.tickets.put(ACME, a_ticket(number))

    items = world.reader.get("/v1/decisions", **query).json["items"]

    assert [decisions[number].id for number in expected] == [item["id"] for item in items]


def test_the_decision_that_made_a_ticket_is_found_by_it(world: World) -> None:
    """It did not know the ticket's id when it was made."""
    made = a_decision(action=CreateTicket(title="Coupon lost", description=""), state=DecisionState.DONE)
    made = made.model_copy(update={"outcome": LEFT.model_copy(update={"external_id": "ticket-7"})})
    logged(world, made, *three())
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket(7))

    assert [made.id] == [item["id"] for item in world.reader.get("/v1/decisions", ticket="ENG-7").json["items"]]


@pytest.fixture
def reader_of_nine(world: World) -> Client:
    """Somebody who may read three decisions of each of three kinds, all of the same moment."""
    for number in range(3):
        at = number * 600
        same_moment: dict[str, Any] = {"updated_at": NOW}
        world.stores.decisions.save(a_decision(message=a_message(at), **same_moment))
        world.stores.decisions.save(
            a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE), message=a_message(at), **same_moment)
        )
        world.stores.decisions.save(a_decision(action=Ignore(), message=a_message(at), **same_moment))
    return world.reader


def test_a_tree_is_listed_with_all_that_it_closes_and_found_by_each_of_its_tickets(world: World) -> None:
    """What shows each to be over stands beside it."""
    world.stores.directory.put_teams(ACME, [ENG])
    for number in (1, 2, 9):
        world.stores.tickets.put(ACME, a_ticket(number))
    tree = a_decision(action=a_tree(1, 2), state=DecisionState.PROPOSED)
    logged(world, *three(), tree)

    for wanted in ({"kind": "close"}, {"ticket": "ENG-1", "state": "proposed"}):
        [item] = world.reader.get("/v1/decisions", **wanted).json["items"]
        assert ("close", "ticket-1") == (item["action"]["kind"], item["action"]["root_id"])
        closings = [(each["ticket_id"], each["to"]["name"], each["because"]) for each in item["action"]["closings"]]
        assert [("ticket-2", "Done", ["ticket-9"]), ("ticket-1", "Done", ["ticket-2"])] == closings
    assert tree.id in [item["id"] for item in world.reader.get("/v1/decisions", ticket="ENG-2").json["items"]]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 7), kind=st.sampled_from([None, "comment", "move", "ignore"]))
def test_pages_put_together_are_the_list(reader_of_nine: Client, limit: int, kind: str | None) -> None:
    """Whatever the size of a page and the filter: nothing twice, nothing missing, in order."""
    caller = reader_of_nine
    whole = caller.get("/v1/decisions", kind=kind, limit=200).json["items"]

    pages, cursor = [], ""
    while cursor is not None:
        page = caller.get("/v1/decisions", kind=kind, limit=limit, cursor=cursor).json
        assert len(page["items"]) <= limit
        pages += page["items"]
        cursor = page["next"]

    assert whole == pages
    assert (9 if kind is None else 3) == len(whole)


@pytest.mark.parametrize(
    ("said", "body", "remark"), [("approve", {}, None), ("dismiss", {"reason": "other shop"}, "other shop")]
)
def test_an_answer_goes_the_way_of_a_button(world: World, said: str, body: dict[str, Any], remark: str | None) -> None:
    """It is enqueued with who gave it and what was seen; nothing is changed before it is carried out."""
    decision = a_decision(state=DecisionState.PROPOSED)
    logged(world, decision)

    answer = world.member.post(f"/v1/decisions/{decision.id}/{said}", body)

    assert (202, "proposed") == (answer.status, answer.json["state"])
    [request] = world.queued("actions")
    datetime.fromisoformat(request.pop("answered_at"))
    assert {
        "type": "action_request",
        "tenant_id": ACME,
        "decision_id": decision.id,
        "answer": said,
        "answered_by": "account:acme-member",
        "remark": remark,
        "edited": None,
        "ticket": None,
        "mutes": None,
        "opens": None,
        "trigger_id": None,
        "revision": decision.revision,
        "pressed_in": None,
        "only_show": False,
    } == request
    [entry] = world.stores.audit.latest(ACME, limit=5)
    assert (f"decision.{said}", decision.id) == (entry.action, entry.target)


def test_what_somebody_has_worded_is_approved_so(world: World) -> None:
    """The words go with the answer; what has none to edit, or would have none left, is refused."""
    decision = a_decision(state=DecisionState.PROPOSED)
    logged(world, decision)
    path = f"/v1/decisions/{decision.id}/approve"

    assert 202 == world.member.post(path, {"edited": {"text": "In my own words."}}).status

    [request] = world.queued("actions")
    assert ("edit", {"title": None, "text": "In my own words.", "priority": None}) == (
        request["answer"],
        request["edited"],
    )
    assert 400 == world.member.post(path, {"edited": {"text": "  "}}).status
    assert 400 == world.member.post(path, {"edited": {"title": "A comment has none"}}).status


def test_the_ticket_that_is_meant_instead_is_named_by_its_key(world: World) -> None:
    """One that there is not is refused at once."""
    decision = a_decision(state=DecisionState.PROPOSED)
    logged(world, decision)
    world.stores.directory.put_teams(ACME, [ENG])
    world.stores.tickets.put(ACME, a_ticket(2))
    path = f"/v1/decisions/{decision.id}/relink"

    assert 202 == world.member.post(path, {"ticket": "ENG-2"}).status

    [request] = world.queued("actions")
    assert ("relink", "ENG-2") == (request["answer"], request["ticket"])
    assert 400 == world.member.post(path, {"ticket": "ENG-77"}).status


def test_what_was_done_is_taken_back_on_demand(world: World) -> None:
    """By a program, too, if it may run things."""
    decision = a_decision(state=DecisionState.DONE, outcome=LEFT)
    logged(world, decision)

    assert 202 == world.as_program(Scope.RUN).post(f"/v1/decisions/{decision.id}/undo").status

    [request] = world.queued("actions")
    assert ("undo", "key:keyrun") == (request["answer"], request["answered_by"])


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (DecisionState.LOGGED, {"approve", "dismiss", "undo", "retry"}),
        (DecisionState.PROPOSED, {"undo", "retry"}),
        (DecisionState.QUEUED, {"approve", "dismiss", "undo", "retry"}),
        (DecisionState.ACTING, {"approve", "dismiss", "undo", "retry"}),
        (DecisionState.DONE, {"approve", "dismiss", "retry"}),
        (DecisionState.FAILED, {"approve", "dismiss"}),
        (DecisionState.DISMISSED, {"approve", "dismiss", "undo", "retry"}),
        (DecisionState.UNDONE, {"approve", "dismiss", "undo", "retry"}),
    ],
)
def test_an_answer_has_to_fit_the_state(world: World, state: DecisionState, refused: set[str]) -> None:
    """Else it is refused, and nothing is enqueued."""
    decision = a_decision(state=state, outcome=LEFT)
    logged(world, decision)
    bodies = {"approve": {}, "dismiss": {"reason": "no"}, "undo": None, "retry": None}

    answers = {said: world.member.post(f"/v1/decisions/{decision.id}/{said}", body) for said, body in bodies.items()}

    assert refused == {said for said, answer in answers.items() if answer.status == 409}
    assert len(bodies) - len(refused) == len(world.queued("actions"))


def test_a_move_that_found_its_work_done_has_nothing_to_take_back(world: World) -> None:
    """There is no inverse."""
    decision = a_decision(state=DecisionState.DONE, outcome=LEFT.model_copy(update={"inverse": "{}"}))
    logged(world, decision)

    assert 409 == world.member.post(f"/v1/decisions/{decision.id}/undo").status


@pytest.mark.parametrize("said", ["approve", "dismiss"])
def test_an_answer_to_something_else_than_was_seen_is_refused(world: World, said: str) -> None:
    """The conversation went on meanwhile."""
    decision = a_decision(state=DecisionState.PROPOSED)
    logged(world, decision)
    body = {"revision": "digest-0"} | ({"reason": "no"} if said == "dismiss" else {})

    assert 409 == world.member.post(f"/v1/decisions/{decision.id}/{said}", body).status
    assert [] == world.queued("actions")


@pytest.mark.parametrize(
    "action", [a_comment(summary="a secret"), CreateTicket(title="a secret", description="a secret"), Ignore()]
)
def test_words_of_a_private_channel_stay_there(world: World, action: Any) -> None:
    """The log shows that there is a decision and where, and lets nobody carry the words on who cannot see them."""
    decision = a_decision(action=action, private=True, reason="a secret was told", state=DecisionState.PROPOSED)
    logged(world, decision)

    one = world.owner.get(f"/v1/decisions/{decision.id}")
    many = world.owner.get("/v1/decisions")
    dismissed = world.owner.post(f"/v1/decisions/{decision.id}/dismiss", {"reason": "no"})

    assert (200, 200, 202) == (one.status, many.status, dismissed.status)
    assert WITHHELD == one.json["reason"]
    assert not [answer for answer in (one, many, dismissed) if "secret" in answer.text]
    assert decision.evidence[0].url == one.json["evidence"][0]["url"]
    for said, body in (("approve", {}), ("approve", {"edited": {"text": "x"}}), ("relink", {"ticket": "ENG-2"})):
        carried_on = world.owner.post(f"/v1/decisions/{decision.id}/{said}", body).status
        assert carried_on == (409 if isinstance(action, Ignore) and (said, body) != ("approve", {}) else 403)


def test_programs_that_may_only_read_answer_nothing(world: World) -> None:
    """Whatever they know of it."""
    decision = a_decision(state=DecisionState.PROPOSED)
    logged(world, decision)

    for said, body in (("approve", {}), ("dismiss", {"reason": "no"}), ("undo", None)):
        assert 403 == world.reader.post(f"/v1/decisions/{decision.id}/{said}", body).status
    assert [] == world.queued("actions")


@pytest.mark.parametrize("cursor", ["%%%", "é", "====", "a" * 513])
def test_a_made_up_cursor_is_refused(world: World, cursor: str) -> None:
    """Only what a page gave leads on."""
    answer = world.reader.get("/v1/decisions", cursor=cursor)

    assert answer.status in {400, 422}
    assert "cursor" in answer.text
