"""Whatever Linear delivers is taken in, and the tickets that we know afterwards are what a reader of it would say."""

import json
import random
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from pm_assistant.domain.bounds import LONGEST_TEXT
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import StateType, Team, TicketState
from tests.builders import ACME
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.integrations.signing import linear_event
from tests.payloads.product import WORKSPACES, Product
from tests.payloads.variations import WORDS, allowed, at, bounded, chances, moved, paths, put, spoilt

type Json = dict[str, Any]

RECORDED = given("linear/given/webhooks")
any_recording, seeds = st.sampled_from(RECORDED), st.integers(0, 2**32)
every_recording = pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
PARTIAL = {"Issue.create.1", "Issue.update.1"}
"""Of these the state is told by its id alone."""
pytestmark = needs_contracts


def recorded(path: Path) -> Json:
    """A recording, sent to our tenant."""
    payload: Json = json.loads(path.read_text())
    return {**payload, "organizationId": WORKSPACES[Provider.LINEAR]}


def _team(payload: Json) -> Team:
    """The tenant's team, which has the state that the delivery names."""
    issue = payload["data"]
    state = TicketState(id=str(issue.get("stateId") or "s"), name="Known", type=StateType.STARTED)
    return Team(id=str(issue.get("teamId") or "t"), key="ENG", name="Engineering", states=(state,))


def delivered(*payloads: Json, team: Team | None = None) -> tuple[Product, list[int]]:
    """What our product is after some deliveries, and what each was answered."""
    product = Product(*([team] if team else []))
    answers = [product.receive(Provider.LINEAR, linear_event(payload))[0] for payload in payloads]
    product.work()
    return product, answers


def expected(payload: Json) -> Mapping[str, Any]:
    """The tickets that a reader of one delivery knows of, who knew nothing before but the team's states."""
    issue = payload["data"]
    gone = payload["action"] == "remove" or issue.get("trashed") or issue.get("archivedAt")
    if payload["type"] != "Issue" or gone or issue.get("title") is None:
        return {}
    team, state = issue.get("team") or {}, issue.get("state") or {"id": issue["stateId"], "name": "Known"}
    return {
        issue["id"]: {
            "key": issue.get("identifier") or f"{team['key']}-{issue['number']}",
            "title": issue["title"],
            "description": issue.get("description") or "",
            "state": (state["id"], state["name"]),
            "team": issue["teamId"],
            "assignee": issue.get("assigneeId"),
            "creator": issue.get("creatorId"),
            "parent": issue.get("parentId"),
            "labels": [each["name"] for each in issue.get("labels") or ()],
            "priority": issue["priority"],
            "done": issue.get("completedAt") is not None,
        }
    }


def known(product: Product) -> Mapping[str, Any]:
    """The tickets that our product knows of, in the same words."""
    return {
        ticket.id: {
            "key": ticket.key,
            "title": ticket.title,
            "description": ticket.description,
            "state": (ticket.state.id, ticket.state.name),
            "team": ticket.team_id,
            "assignee": ticket.assignee_id,
            "creator": ticket.creator_id,
            "parent": ticket.parent_id,
            "labels": list(ticket.labels),
            "priority": ticket.priority,
            "done": ticket.completed_at is not None,
        }
        for ticket in product.stores.tickets.all(ACME)
    }


@every_recording
def test_what_is_recorded_is_known_as_it_says(path: Path) -> None:
    """Once or twice: it is taken, and says the same; of a ticket that we do not know a part is not enough."""
    payload = recorded(path)

    product, answers = delivered(payload, payload, team=_team(payload))

    assert ([200, 200], []) == (answers, product.given_up)
    assert expected(payload) == known(product)


def test_a_part_of_a_ticket_is_told_after_the_whole() -> None:
    """The recorded pair: what is not said again stays as it was, whichever comes first."""
    create, update = (recorded(path) for path in RECORDED if path.stem in PARTIAL)
    states = tuple(
        TicketState(id=payload["data"]["stateId"], name=name, type=kind)
        for payload, name, kind in ((create, "Todo", StateType.UNSTARTED), (update, "Doing", StateType.STARTED))
    )
    team = Team(id=create["data"]["teamId"], key="ENG", name="Engineering", states=states)

    product, _ = delivered(create, update, team=team)
    ticket = product.stores.tickets.all(ACME)[0]

    assert ("ENG-483", create["data"]["title"]) == (ticket.key, ticket.title)
    assert ("Doing", update["data"]["assigneeId"]) == (ticket.state.name, ticket.assignee_id)


def test_what_is_gone_stays_gone_though_its_news_come_late() -> None:
    """A removal outlasts whatever was told before it; a restored ticket is there again."""
    removal = recorded(next(path for path in RECORDED if path.stem == "Issue.remove.1"))
    issue = {**removal["data"], "trashed": None, "archivedAt": None}
    before = {**removal, "action": "update", "data": issue, "url": "https://linear.app/tri/issue/TRI-10/you-know"}
    later = "2023-09-17T12:00:00.000Z"
    restored = {**before, "action": "restore", "createdAt": later, "data": {**issue, "updatedAt": later}}

    assert {} == known(delivered(before, removal)[0])
    assert {} == known(delivered(removal, before)[0])
    assert [issue["id"]] == list(known(delivered(removal, restored, before)[0]))
    assert [issue["id"]] == list(known(delivered(restored, removal)[0]))


@cache
def _schema() -> Json:
    root: Json = load("linear/schema/webhooks.schema.json")
    return root


@drawn(path=any_recording, seed=seeds)
def test_whatever_the_schema_lets_be_null_or_missing_may_be(path: Path, seed: int) -> None:
    """Old recordings are no judges of what comes tomorrow; the vendor's schema is."""
    payload = recorded(path)
    entity = _schema()["definitions"][f"Entity:{payload['type']}"]
    # What old issues lack stands elsewhere in them, where newer ones may lack it.
    keep = [("url",), ("data", "team")]
    varied = allowed(payload, entity, _schema(), chances(seed), keep=keep)

    product, answers = delivered(varied, team=_team(payload))

    assert ([200], []) == (answers, product.given_up)
    assert expected(varied) == known(product)


def reworded(payload: Json, chance: random.Random) -> Json:
    """Other things, at other times, said in other words; with fields and states that nobody has heard of."""
    changed: Json = moved(payload, timedelta(seconds=chance.randrange(10**8)))
    issue = changed["data"]
    for name, longest in (("title", 512), ("description", 65_536), ("name", 80), ("body", 65_536)):
        if issue.get(name) is not None and chance.random() < 0.5:
            issue[name] = (chance.choice(WORDS) * chance.choice([1, 9, 10_000]))[:longest]
    if issue.get("labels") is not None:
        issue["labels"] = issue["labels"] * chance.choice([0, 1, 20])
    if isinstance(issue.get("state"), dict):
        issue["state"] |= {"name": chance.choice(WORDS), "type": chance.choice(["started", "paused", "x" * 999])}
    for path in list(paths(changed)):
        value = at(changed, path)
        if isinstance(value, dict) and chance.random() < 0.3:
            value["addedNextYear"] = chance.choice([None, 7, "soon", ["x"], {"deep": {"deeper": []}}])
        elif path[-1] in {"priority", "number"} and chance.random() < 0.3:
            put(changed, path, chance.choice([float(value), str(value)]))
    return changed


@drawn(path=any_recording, seed=seeds)
def test_whatever_people_write_and_however_they_work_is_known_as_it_says(path: Path, seed: int) -> None:
    """In any script, with halves of characters, with phases of work of their own; numbers also as text."""
    varied = reworded(recorded(path), chances(seed))

    product, answers = delivered(varied, team=_team(varied))

    assert ([200], []) == (answers, product.given_up)
    stored = json.loads(json.dumps(varied, ensure_ascii=False).encode(errors="replace"))
    for name in {"priority", "number"} & stored["data"].keys():
        stored["data"][name] = int(float(stored["data"][name]))
    assert expected(bounded(stored)) == known(product)


@drawn(path=any_recording, action=st.sampled_from(["restore", "frobnicate", "", "REMOVE"]))
def test_an_action_that_nobody_has_heard_of_tells_of_the_thing_all_the_same(path: Path, action: str) -> None:
    """What a vendor adds is survived."""
    varied = {**recorded(path), "action": action}

    product, answers = delivered(varied, team=_team(varied))

    assert ([200], []) == (answers, product.given_up)
    assert expected(varied) == known(product)


@drawn(path=any_recording, seed=seeds)
def test_whatever_is_odd_is_taken_or_refused(path: Path, seed: int) -> None:
    """Never is it our fault, and nothing waits for people that no person can mend."""
    payload = recorded(path)

    product, answers = delivered(spoilt(payload, chances(seed)), team=_team(payload))

    assert set(answers) <= {200, 400}
    assert [] == product.given_up


def test_a_description_without_end_is_cut_where_a_row_ends() -> None:
    """Of a text that no person wrote the beginning is kept, and the ticket with it."""
    payload = recorded(next(path for path in RECORDED if path.stem == "Issue.create.3"))
    payload["data"]["description"] = "\N{MATHEMATICAL FRAKTUR CAPITAL T}" * 400_000

    product, answers = delivered(payload)

    assert ([200], []) == (answers, product.given_up)
    (ticket,) = product.stores.tickets.all(ACME)
    assert "\N{MATHEMATICAL FRAKTUR CAPITAL T}" * (LONGEST_TEXT // 4) == ticket.description
