"""Decisions as seldom as the log may have them: each page that shows one is there, in every language."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.actions import (
    Action,
    ChangeTicket,
    CloseTree,
    Closing,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
    TicketField,
)
from pm_assistant.domain.answers import Answer, Subject
from pm_assistant.domain.decisions import Decision, DecisionState, Evidence, Outcome, RunnerUp, Waiting
from pm_assistant.domain.drafts import Quote, Suggestion
from pm_assistant.domain.languages import Language
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.rules import HeldBy
from pm_assistant.domain.tenants import Provider
from pm_assistant.presentation.reasons import REASONS
from tests.builders import ACME, DOING, DONE, TODO, a_member
from tests.web.browser import Browser, WebWorld, a_web_world
from tests.web.worlds import a_day

pytestmark = pytest.mark.thorough

type Team = tuple[WebWorld, Browser]


@pytest.fixture(scope="module")
def team() -> Iterator[Team]:
    """One in the middle of its day, with somebody who has no name; examples add to its log."""
    with a_web_world() as web:
        a_day(web)
        nameless = a_member("nameless").model_copy(update={"name": "", "email": None})
        web.api.stores.directory.put_members(ACME, [nameless])
        yield web, web.browser(Role.OWNER)


texts = st.sampled_from(["", " ", "{0} {name} %s", "<b>", "\u202e", "x" * 9_000, "日本語", "said so"])
reasons = texts | st.sampled_from(REASONS)
tickets = st.sampled_from(["ticket-1", "ticket-2", "gone"])
"""Those that are there, and one that is not any more."""
states = st.sampled_from([TODO, DOING, DONE])
suggestions = st.builds(Suggestion, id=tickets, name=texts, because=reasons)
priorities = st.builds(Suggestion, id=st.sampled_from("01234"), name=texts, because=reasons)
closings = st.builds(Closing, ticket_id=tickets, to=states, because=st.lists(tickets, min_size=1).map(tuple))
actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(Comment, ticket_id=tickets, summary=texts),
    st.builds(
        CreateTicket,
        title=texts,
        description=texts,
        priority=st.integers(0, 4),
        priority_because=texts,
        quotes=st.lists(st.builds(Quote, author=texts, text=texts), max_size=5).map(tuple),
        labels=st.lists(suggestions, max_size=3).map(tuple),
        **{name: st.none() | suggestions for name in ("team", "suggested_assignee", "parent", "regression_of")},
    ),
    st.builds(MoveTicket, ticket_id=tickets, to=states, backwards=st.booleans()),
    st.builds(
        ChangeTicket,
        ticket_id=tickets,
        field=st.sampled_from([TicketField.ASSIGNEE, TicketField.LABEL]),
        to=suggestions,
    ),
    st.builds(ChangeTicket, ticket_id=tickets, field=st.just(TicketField.PRIORITY), to=priorities),
    st.builds(
        CloseTree, root_id=tickets, closings=st.lists(closings, min_size=1, max_size=20).map(tuple), sure=st.booleans()
    ),
    st.builds(LinkPullRequest, pull_request_id=texts, name=texts, ticket_id=tickets, link=st.sampled_from([*LinkKind])),
    st.builds(Ignore, work=st.booleans()),
)
outcomes = st.builds(
    Outcome,
    external_id=tickets,
    url=st.sampled_from(["", "javascript:alert(1)", "https://linear.app/acme/issue/ENG-1"]),
    inverse=st.sampled_from(["{}", '{"do": "something"}']),
)
subjects = st.sampled_from(
    [
        Subject(channel="C0ENG", root_ts="1700000000.000100"),
        Subject(channel="C0GONE", root_ts="no time"),
        Subject.built_for("gone"),
        Subject.below("ticket-1"),
        Subject.alike("acme/shop#1"),
        Subject.written("form"),
    ]
)
evidence = st.builds(
    Evidence,
    message_id=st.sampled_from(["C0ENG:1700000000.000100", "C0GONE:1", ""]),
    url=st.sampled_from(["", "javascript:alert(1)", "https://acme.slack.com/archives/C0ENG/p1"]),
)
moments = st.builds(lambda hours: datetime.now(UTC) - timedelta(hours=hours), st.integers(0, 20_000))
fields: Mapping[str, st.SearchStrategy[Any]] = {
    "subject": subjects,
    "asked_in": st.none() | subjects,
    "action": actions,
    "performed_action": st.none() | actions,
    "intended_action": st.none() | actions,
    "confidence": st.floats(0, 1),
    "raw_confidence": st.none() | st.floats(0, 1),
    "reason": reasons,
    "evidence": st.lists(evidence, max_size=3).map(tuple),
    "runners_up": st.lists(st.builds(RunnerUp, ticket_id=tickets, score=st.floats(0, 1)), max_size=3).map(tuple),
    "state": st.sampled_from([*DecisionState]),
    "outcome": st.none() | outcomes,
    "intended": st.none() | outcomes,
    "performed": st.sampled_from([None, "digest-1", "another"]),
    "error": st.none() | reasons,
    "decided_by": st.sampled_from(
        [None, "", "U0ADA", "U0NAMELESS", "U0GONE", "account:gone", "key:gone", "operator:grace", "key:"]
    ),
    "answered_how": st.sampled_from([None, *Answer.__value__.__args__]),
    "remark": st.none() | texts,
    "waiting": st.none() | st.builds(Waiting, provider=st.sampled_from([*Provider]), since=moments),
    "held_by": st.none()
    | st.builds(HeldBy, rule_id=st.just("gone"), effect=st.sampled_from(["ask", "never"]), owner=st.just("U0GONE")),
    "order": st.none() | st.builds(GivenOrder, message_id=st.just("form:x"), refusal=st.none() | reasons),
    "model": texts,
    "prompt": st.none() | texts,
    "not_shown": st.none() | texts,
    "fallback": st.none() | texts,
    "tokens_in": st.integers(0, 10**9),
    "cost_microdollars": st.integers(0, 10**12),
    "created_at": moments,
    "updated_at": moments,
    **{
        name: st.booleans()
        for name in ("private", "outside", "asks_first", "retracting", "undoing", "settled", "undo_proposed")
    },
}
decisions = st.builds(
    Decision,
    id=st.just(""),
    tenant_id=st.just(ACME),
    revision=st.sampled_from(["digest-1", ""]),
    as_of=moments,
    **fields,
)


@settings(max_examples=150, deadline=None)
@given(decision=decisions, language=st.sampled_from([*Language]))
def test_a_decision_of_any_kind_is_shown(team: Team, decision: Decision, language: Language) -> None:
    """With whatever ticket, person, channel or rule of it gone."""
    web, browser = team
    new = decision.model_copy(update={"id": uuid.uuid4().hex, "updated_at": datetime.now(UTC)})
    assert new == Decision.model_validate_json(new.model_dump_json())
    web.api.stores.decisions.save(new)

    for path in (f"/decisions/{new.id}", "/decisions", "/today", "/untracked", "/disagreements"):
        assert 200 == browser.get(path, accept_language=language).status, path
