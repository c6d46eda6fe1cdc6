"""Trust: what may be done, asked or only logged, and what an answer may not say at all."""

import ast
import hashlib
import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain import actions, policy
from pm_assistant.domain.actions import TAKEN_BACK, Action, CreateTicket, Ignore, MoveTicket, Proposable
from pm_assistant.domain.autonomy import is_still_asked, stream_of
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.decisions import MOVED_ON, Decision, DecisionState, Evidence, Proposal, Subject
from pm_assistant.domain.policy import Objection, flaw, initial_state, objection, ruled
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, Rule, Settings, Tenant, TenantState
from pm_assistant.domain.trust import Calibration, Earned
from pm_assistant.domain.work import Message, StateType, Team, TicketState
from tests.builders import (
    DOING,
    DONE,
    ENG,
    NOW,
    TODO,
    a_comment,
    a_conversation,
    a_decision,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)

LOGGED, PROPOSED, QUEUED = DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.QUEUED
DISMISSED = DecisionState.DISMISSED
ACTIONS: Mapping[ActionKind, Proposable] = {
    ActionKind.COMMENT: a_comment(),
    ActionKind.CREATE: CreateTicket(title="Coupon lost with PayPal", description=""),
    ActionKind.MOVE: MoveTicket(ticket_id="ticket-1", to=DONE),
}
# One tenant's own choices, far from what a new tenant has.
THRESHOLDS = {ActionKind.COMMENT: 0.7, ActionKind.CREATE: 0.85, ActionKind.MOVE: 0.95}
ASK_FROM = 0.4


def below(confidence: float) -> float:
    """The next smaller number there is."""
    return math.nextafter(confidence, -math.inf)


def above(confidence: float) -> float:
    """The next larger number there is."""
    return math.nextafter(confidence, math.inf)


def trusted(
    kind: ActionKind, confidence: float, rule: Rule, *, private: bool = False, ask_from: float = ASK_FROM
) -> DecisionState:
    """What becomes of a proposal of this kind where every other kind has a rule to the contrary."""
    contrary = Rule(mode=Mode.AUTO, threshold=0) if rule.mode is not Mode.AUTO else Rule(mode=Mode.OFF, threshold=1)
    settings = Settings(rules={**dict.fromkeys(ActionKind, contrary), kind: rule}, ask_from=ask_from)
    decision = a_decision(action=ACTIONS[kind], confidence=confidence)
    return initial_state(decision, tenant=a_tenant(settings=settings), private=private)


# fmt: off
POLICY = [
    # mode        private  none    below   asked     above     below     thres-    above     all
    #                              asked   from      asked     thres.    hold      thres.
    (Mode.OFF,     False, (LOGGED, LOGGED, LOGGED,   LOGGED,   LOGGED,   LOGGED,   LOGGED,   LOGGED)),
    (Mode.OFF,     True,  (LOGGED, LOGGED, LOGGED,   LOGGED,   LOGGED,   LOGGED,   LOGGED,   LOGGED)),
    (Mode.PROPOSE, False, (LOGGED, LOGGED, PROPOSED, PROPOSED, PROPOSED, PROPOSED, PROPOSED, PROPOSED)),
    (Mode.PROPOSE, True,  (LOGGED, LOGGED, PROPOSED, PROPOSED, PROPOSED, PROPOSED, PROPOSED, PROPOSED)),
    (Mode.AUTO,    False, (LOGGED, LOGGED, PROPOSED, PROPOSED, PROPOSED, QUEUED,   QUEUED,   QUEUED)),
    (Mode.AUTO,    True,  (LOGGED, LOGGED, PROPOSED, PROPOSED, PROPOSED, PROPOSED, PROPOSED, PROPOSED)),
]
# fmt: on


@pytest.mark.parametrize("kind", ACTIONS)
@pytest.mark.parametrize(("mode", "private", "states"), POLICY)
def test_a_tenants_own_rule_for_the_kind_decides(
    mode: Mode, private: bool, states: tuple[DecisionState, ...], kind: ActionKind
) -> None:
    """Both edges belong to the trust above them; what was said in private is at most asked."""
    threshold = THRESHOLDS[kind]
    confidences = (
        *(0, below(ASK_FROM), ASK_FROM, above(ASK_FROM)),
        *(below(threshold), threshold, above(threshold), 1),
    )
    rule = Rule(mode=mode, threshold=threshold)

    assert states == tuple(trusted(kind, confidence, rule, private=private) for confidence in confidences)


@pytest.mark.parametrize("kind", ACTIONS)
def test_where_less_is_needed_to_act_than_to_ask_nothing_is_asked(kind: ActionKind) -> None:
    """The tenant has said so itself; of private talk only the surest is still asked."""
    rule = Rule(mode=Mode.AUTO, threshold=0.3)
    confidences = (below(0.3), 0.3, below(0.6), 0.6)

    in_public = [trusted(kind, confidence, rule, ask_from=0.6) for confidence in confidences]
    in_private = [trusted(kind, confidence, rule, ask_from=0.6, private=True) for confidence in confidences]

    assert [LOGGED, QUEUED, QUEUED, QUEUED] == in_public
    assert [LOGGED, LOGGED, LOGGED, PROPOSED] == in_private


@pytest.mark.parametrize("kind", ACTIONS)
def test_a_new_tenant_is_asked_and_never_acted_for(kind: ActionKind) -> None:
    """Asked from 0.55 upwards, also about a kind that its settings do not name."""
    for settings in (Settings(), Settings(rules={})):
        states = [
            trusted(kind, confidence, settings.rules.get(kind, Rule()), ask_from=settings.ask_from)
            for confidence in (below(0.55), 0.55, 1)
        ]
        assert [LOGGED, PROPOSED, PROPOSED] == states


@pytest.mark.parametrize("kind", ACTIONS)
def test_in_shadow_mode_all_is_logged_with_what_it_would_be(kind: ActionKind) -> None:
    """Whatever is only logged anyway would be nothing else; what was said in private would at most be asked."""
    settings = Settings(rules={kind: Rule(mode=Mode.AUTO)}, shadow=True)
    confidences = (0.5, 0.6, 0.9)

    def shadows(settings: Settings, *, private: bool = False) -> list[tuple[DecisionState, DecisionState | None]]:
        decisions = [a_decision(action=ACTIONS[kind], confidence=confidence) for confidence in confidences]
        after = [ruled(decision, tenant=a_tenant(settings=settings), private=private) for decision in decisions]
        return [(decision.state, decision.shadow) for decision in after]

    assert [(LOGGED, None), (LOGGED, PROPOSED), (LOGGED, QUEUED)] == shadows(settings)
    assert [(LOGGED, None), (LOGGED, PROPOSED), (LOGGED, PROPOSED)] == shadows(settings, private=True)
    lit = settings.model_copy(update={"shadow": False})
    assert [(LOGGED, None), (PROPOSED, None), (QUEUED, None)] == shadows(lit)


def test_acting_needs_four_fifths_unless_the_tenant_says_otherwise() -> None:
    """Who says `auto` and no more gets a cautious threshold."""
    states = [trusted(ActionKind.MOVE, confidence, Rule(mode=Mode.AUTO)) for confidence in (below(0.8), 0.8)]

    assert [PROPOSED, QUEUED] == states


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("work", [True, False])
def test_doing_nothing_is_only_ever_logged(mode: Mode, work: bool) -> None:
    """There is nothing to carry out and nothing to ask, whatever a rule says."""
    settings = Settings(rules={ActionKind.IGNORE: Rule(mode=mode, threshold=0)}, ask_from=0)

    decision = a_decision(action=Ignore(work=work), confidence=1)
    assert LOGGED is initial_state(decision, tenant=a_tenant(settings=settings), private=False)


STREAM = stream_of(ActionKind.MOVE, 0.85, "scripted")
CAREFUL = Settings(rules={ActionKind.MOVE: Rule(mode=Mode.EARNED, threshold=0.8)})
A_MOVE = a_decision(action=ACTIONS[ActionKind.MOVE], confidence=0.9)
NOT_ASKED_AGAIN, ASKED_AGAIN = (
    next(str(n) for n in range(100) if is_still_asked(str(n)) is asked) for asked in (False, True)
)


def with_earned(*streams: str, settings: Settings = CAREFUL, calibration: Calibration | None = None) -> Tenant:
    """A tenant whose people's answers have earned trust in these streams."""
    calibrations = {"move|scripted": calibration} if calibration is not None else {}
    earned = Earned(promoted=dict.fromkeys(streams, NOW), calibrations=calibrations)
    return a_tenant(settings=settings, earned=earned)


def state_of(tenant: Tenant, *, private: bool = False, **changes: Any) -> DecisionState:
    """What becomes of a move that is like others before it."""
    decision = A_MOVE.model_copy(update={"id": NOT_ASKED_AGAIN} | changes)
    return initial_state(decision, tenant=tenant, private=private)


def test_where_trust_is_to_be_earned_people_are_asked_until_it_is() -> None:
    """What is like that what they found right is done, from the threshold on that the team has set."""
    assert PROPOSED is state_of(with_earned())
    assert QUEUED is state_of(with_earned(STREAM))
    assert PROPOSED is state_of(with_earned(STREAM), private=True)
    strict = CAREFUL.model_copy(update={"rules": {ActionKind.MOVE: Rule(mode=Mode.EARNED, threshold=0.95)}})
    assert PROPOSED is state_of(with_earned(STREAM, settings=strict))


def test_trust_in_one_band_kind_or_judge_is_none_in_another() -> None:
    """So it ends at once where model, prompt or the rules of trust change."""
    tenant = with_earned(STREAM)
    assert PROPOSED is state_of(tenant, confidence=0.84)
    assert PROPOSED is state_of(tenant, model="another")
    assert PROPOSED is state_of(tenant, prompt="v2")
    assert PROPOSED is state_of(tenant, policy="next")
    assert PROPOSED is state_of(with_earned(stream_of(ActionKind.COMMENT, 0.85, "scripted")))


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.PROPOSE])
def test_what_was_earned_is_never_more_than_the_team_allows(mode: Mode) -> None:
    """Whatever people have answered: an admin's word stands above it."""
    settings = Settings(rules={ActionKind.MOVE: Rule(mode=mode, threshold=0)})
    assert QUEUED is not state_of(with_earned(STREAM, settings=settings))


def test_some_of_what_might_be_done_is_asked_all_the_same_unless_the_team_said_auto() -> None:
    """Or nobody would notice when we become worse; by the decision, so judging it again changes nothing."""
    by_word = Settings(rules={ActionKind.MOVE: Rule(mode=Mode.AUTO)})
    assert PROPOSED is state_of(with_earned(STREAM), id=ASKED_AGAIN)
    assert QUEUED is state_of(with_earned(STREAM, settings=by_word), id=ASKED_AGAIN)


def test_what_is_compared_is_how_often_people_agree_and_what_was_said_is_kept() -> None:
    """The band is that of what was said: a new calibration moves nothing from one to another."""
    halved = Calibration(slope=1, intercept=-1)
    tenant = with_earned(STREAM, calibration=halved)
    weighed = ruled(A_MOVE, tenant=tenant, private=False)
    assert (0.9, halved.of(0.9)) == (weighed.raw_confidence, weighed.confidence)
    assert weighed.confidence < 0.8
    assert PROPOSED is weighed.state
    plain = ruled(A_MOVE, tenant=with_earned(), private=False)
    assert (0.9, 0.9) == (plain.raw_confidence, plain.confidence)


def test_what_calibration_alone_would_hide_is_asked_about_now_and_then() -> None:
    """Otherwise no answer could ever correct it."""
    doubting = with_earned(calibration=Calibration(slope=1, intercept=-3))
    states = {
        id: ruled(A_MOVE.model_copy(update={"id": id}), tenant=doubting, private=False).state
        for id in (NOT_ASKED_AGAIN, ASKED_AGAIN)
    }
    assert {NOT_ASKED_AGAIN: LOGGED, ASKED_AGAIN: PROPOSED} == states
    assert (
        LOGGED
        is ruled(A_MOVE.model_copy(update={"id": ASKED_AGAIN, "confidence": 0.5}), tenant=doubting, private=False).state
    )


SHARES = st.floats(0, 1)
KINDS = st.sampled_from(tuple(ACTIONS))
RULES = st.builds(Rule, mode=st.sampled_from(Mode), threshold=SHARES)
TRUST = (LOGGED, PROPOSED, QUEUED)


@given(kind=KINDS, rule=RULES, ask_from=SHARES, one=SHARES, other=SHARES)
def test_being_surer_never_means_less_trust(
    kind: ActionKind, rule: Rule, ask_from: float, one: float, other: float
) -> None:
    """Whatever the settings: from logged over asked to done."""
    states = [trusted(kind, confidence, rule, ask_from=ask_from) for confidence in sorted((one, other))]

    assert states == sorted(states, key=TRUST.index)


@given(kind=KINDS, rule=RULES, ask_from=SHARES, confidence=SHARES)
def test_private_talk_is_never_trusted_more_and_never_acted_on(
    kind: ActionKind, rule: Rule, ask_from: float, confidence: float
) -> None:
    """Whatever the settings and however sure the analyst is."""
    in_private = trusted(kind, confidence, rule, ask_from=ask_from, private=True)
    in_public = trusted(kind, confidence, rule, ask_from=ask_from)

    assert QUEUED is not in_private
    assert TRUST.index(in_private) <= TRUST.index(in_public)


# Between a decision and its deed

SAID = a_message()
TRUSTED = a_tenant()
CITED = (Evidence(message_id=SAID.id, url="", text_digest=SAID.text_digest),)
NOTHING = TRUSTED.settings.model_copy(update={"rules": {}})
OFF = TRUSTED.settings.model_copy(update={"rules": {ActionKind.COMMENT: Rule(mode=Mode.OFF)}})
UNREAD = TRUSTED.settings.model_copy(update={"channels": Channels(deny=("C0ENG",))})
EDITED = SAID.model_copy(update={"text": "Never mind"})
DELETED = SAID.model_copy(update={"deleted": True})
HAPPENED: Mapping[str, tuple[Tenant, Message, Objection | None, Objection | None]] = {
    # what                         tenant                             message   if unasked, if a person has allowed it
    "nothing": (TRUSTED, SAID, None, None),
    "its words were deleted": (TRUSTED, DELETED, Objection(MOVED_ON, DISMISSED), Objection(MOVED_ON, DISMISSED)),
    "its words were edited": (TRUSTED, EDITED, Objection(MOVED_ON, DISMISSED), None),
    "the team leaves": (
        a_tenant(state=TenantState.CLOSING),
        SAID,
        Objection("the team is leaving us", LOGGED),
        None,
    ),
    "the channel is closed to us": (
        a_tenant(settings=UNREAD),
        SAID,
        *(Objection("the team no longer lets us read that channel", LOGGED),) * 2,
    ),
    "its kind is switched off": (
        a_tenant(settings=OFF),
        SAID,
        *(Objection("the team's rules no longer allow it", LOGGED),) * 2,
    ),
    "its kind has no rule any more": (
        a_tenant(settings=NOTHING),
        SAID,
        Objection("the team's rules no longer allow it unasked", PROPOSED),
        None,
    ),
}


def objected(decision: Decision, what: str) -> Objection | None:
    """What stands between a decision and its deed once that has happened."""
    tenant, message, _, _ = HAPPENED[what]
    return objection(decision, tenant=tenant, cited=[message], at=NOW)


@pytest.mark.parametrize("what", HAPPENED)
def test_what_has_happened_since_may_stand_between_a_decision_and_its_deed(what: str) -> None:
    """A person's word outweighs that words were edited, that the team leaves, and that we are trusted less."""
    _, _, unasked, allowed = HAPPENED[what]

    assert unasked == objected(a_decision(evidence=CITED), what)
    assert allowed == objected(a_decision(evidence=CITED, decided_by="U0ADA"), what)


@pytest.mark.parametrize("what", HAPPENED)
@pytest.mark.parametrize("written", [a_comment(), a_comment(summary="before")])
def test_to_take_words_out_or_write_again_what_stood_there_is_never_objected_to(written: Action, what: str) -> None:
    """Whatever has happened since; but only where something has been written."""
    removal = written.without_words(TAKEN_BACK)
    for action in (removal, written):
        again = a_decision(action=action, evidence=CITED, performed="digest-0", performed_action=written)
        assert None is objected(again, what)
        unwritten = again.model_copy(update={"performed": None})
        assert HAPPENED[what][2] == objected(unwritten, what)


@pytest.mark.parametrize("what", HAPPENED)
def test_a_change_of_what_was_written_is_objected_to_like_anything_else(what: str) -> None:
    """It says something new."""
    change = a_decision(evidence=CITED, performed="digest-0", performed_action=a_comment(summary="before"))

    assert HAPPENED[what][2] == objected(change, what)


def test_what_was_said_in_private_is_not_done_unasked_however_it_came_to_be_queued() -> None:
    """The channel may have become private since; whoever allowed it may have known that."""
    private = a_decision(evidence=CITED, private=True)

    assert Objection("the team's rules no longer allow it unasked", PROPOSED) == objected(private, "nothing")
    assert None is objected(private.model_copy(update={"decided_by": "U0ADA"}), "nothing")


def test_what_belongs_to_no_channel_is_not_held_up_by_the_channels_that_are_read() -> None:
    """What follows from tickets was said nowhere."""
    below = a_decision(subject=Subject.below("ticket-1"))

    assert None is objection(below, tenant=a_tenant(settings=UNREAD), cited=[], at=NOW)


# What may be said at all

OPS = Team(id="team-ops", key="OPS", name="Operations", states=(TicketState(id="o-done", name="Done", type=DONE.type),))


def flaw_of(action: Proposable) -> str | None:
    """What is wrong with an action where there is one ticket of ours, in progress, and one of an unknown team."""
    tickets = [a_ticket(1, state=DOING), a_ticket(2, state=DOING, team_id="team-gone")]
    return flaw(
        a_proposal(action),
        conversation=a_conversation(),
        tickets={ticket.id: ticket for ticket in tickets},
        teams={team.id: team for team in (ENG, OPS)},
    )


@pytest.mark.parametrize(
    "action",
    [*ACTIONS.values(), Ignore(), Ignore(work=True), a_comment("ticket-2")],
    ids=["comment", "create", "move", "ignore", "untracked", "comment without a team"],
)
def test_what_speaks_of_what_was_given_is_usable(action: Proposable) -> None:
    """A comment needs its ticket and nothing of the ticket's team."""
    assert None is flaw_of(action)


@pytest.mark.parametrize(
    ("action", "wrong"),
    [
        (a_comment("ticket-99"), "unknown ticket"),
        (MoveTicket(ticket_id="ticket-99", to=DONE), "unknown ticket"),
        (MoveTicket(ticket_id="ticket-1", to=OPS.states[0]), "state is not one of the ticket's team"),
        (MoveTicket(ticket_id="ticket-2", to=DONE), "state is not one of the ticket's team"),
        (MoveTicket(ticket_id="ticket-1", to=TODO), "does not move the ticket forwards"),
        (MoveTicket(ticket_id="ticket-1", to=DOING), "does not move the ticket forwards"),
        (CreateTicket(title="", description="Seen twice"), "new ticket has no title"),
        (CreateTicket(title=" \n\t", description="Seen twice"), "new ticket has no title"),
    ],
)
def test_what_is_made_up_or_goes_backwards_is_not(action: Proposable, wrong: str) -> None:
    """And the log says what is wrong with it."""
    assert wrong == flaw_of(action)


def test_a_state_is_not_believed_to_be_further_than_it_is() -> None:
    """Calling the way back `completed` does not make it one of the team's states."""
    dressed_up = TODO.model_copy(update={"type": StateType.COMPLETED})

    assert "state is not one of the ticket's team" == flaw_of(MoveTicket(ticket_id="ticket-1", to=dressed_up))


def test_every_message_cited_has_to_stand_in_the_conversation() -> None:
    """Neither one that was said elsewhere nor one that was deleted proves anything, whatever stands beside it."""
    first, second, taken_back = a_message(0), a_message(10), a_message(20, deleted=True)
    conversation = a_conversation(first, second, taken_back)

    def cites(*messages: str) -> str | None:
        proposal = Proposal.model_validate({**a_proposal(a_comment()).model_dump(), "evidence": messages})
        return flaw(proposal, conversation=conversation, tickets={"ticket-1": a_ticket(1)}, teams={})

    assert None is cites(first.id)
    assert None is cites(first.id, second.id)
    for unknown in (taken_back.id, a_message(30).id):
        assert "evidence is not part of the conversation" == cites(unknown)
        assert "evidence is not part of the conversation" == cites(first.id, unknown)


# What the team pays for

UNPAID = Billing(trial_ends_at=NOW)
"""A trial that ends now."""
ENTIRELY = Settings(rules={kind: Rule(mode=Mode.AUTO, threshold=0) for kind in ActionKind})


@pytest.mark.parametrize(
    ("at", "leaving", "state"),
    [
        (NOW - timedelta(seconds=1), False, QUEUED),
        (NOW, False, PROPOSED),
        (NOW - timedelta(seconds=1), True, LOGGED),
    ],
)
def test_nothing_is_done_unasked_that_is_not_paid_for(at: datetime, leaving: bool, state: DecisionState) -> None:
    """People are asked instead, and whoever leaves us is asked nothing, be it judged or about to be done."""
    life = TenantState.CLOSING if leaving else TenantState.ACTIVE
    tenant = a_tenant(settings=ENTIRELY, billing=UNPAID, state=life)
    made = A_MOVE.model_copy(update={"updated_at": at})

    assert state is initial_state(made, tenant=tenant, private=False)
    assert state is initial_state(A_MOVE, tenant=tenant, private=False, at=at)
    assert state is ruled(made, tenant=tenant, private=False).state


def test_what_was_let_through_waits_for_a_word_once_it_is_not_paid_for() -> None:
    """A person's word is enough, and what the rules do not let through either is said to be theirs."""
    queued = A_MOVE.model_copy(update={"state": QUEUED})
    tenant = a_tenant(settings=ENTIRELY, billing=UNPAID)

    assert None is objection(queued, tenant=tenant, cited=[], at=NOW - timedelta(seconds=1))
    refused = Objection("the team's plan has people asked first", PROPOSED)
    assert refused == objection(queued, tenant=tenant, cited=[], at=NOW)
    assert None is objection(queued.model_copy(update={"decided_by": "U0ADA"}), tenant=tenant, cited=[], at=NOW)


# Which rules a decision was held to

RULES_AS_THEY_STAND = ("10", "13ff2b75af5bbf4e")
"""The version of the rules, and a digest of them as they stand: whoever changes them changes both."""


def rules() -> Iterator[ast.FunctionDef]:
    """The rules: all of `policy.py`, and what each kind of action says of itself there."""
    for module, named in ((policy, None), (actions, {"flaw", "asks_first"})):
        tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (named is None or node.name in named):
                yield node


def without_docstring(rule: ast.FunctionDef) -> str:
    """A rule as it runs, whatever is said about it."""
    body = rule.body[1:] if ast.get_docstring(rule) is not None else rule.body
    return "\n".join(map(ast.dump, [rule.args, *body]))


def test_rules_that_change_have_another_version() -> None:
    """Decisions name the version of the rules, so rules that decide otherwise are not called what others were."""
    digest = hashlib.sha256("".join(map(without_docstring, rules())).encode()).hexdigest()[:16]

    assert RULES_AS_THEY_STAND == (policy.POLICY_VERSION, digest)


def test_whatever_makes_a_decision_notes_the_version_of_the_rules() -> None:
    """Read in the source: what forgets it would look like a decision of before it was noted."""
    workflows = Path(policy.__file__).parents[1] / "workflows"
    calls = [
        node
        for path in workflows.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Decision"
    ]

    assert calls
    assert [] == [call.lineno for call in calls if "policy" not in {keyword.arg for keyword in call.keywords}]
