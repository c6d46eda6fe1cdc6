"""Who may answer in the chat: full members of the team's own workspace, and nobody else; who may not is told why."""

import pytest

from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import NotConnected
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.workflows.corridor.act import act
from pm_assistant.workflows.corridor.answering import reason_to_refuse
from tests.builders import ACME, ENG, a_decision, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker

NOT_TRUSTED = [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT]


def somebody(standing: Standing | None) -> Member:
    """A person of whom the chat has said that, or nothing yet."""
    return a_member(standings={Provider.SLACK: standing} if standing else {})


def given(*known: Member, chat: tuple[Member, ...] = ()) -> FakeUnit:
    """A tenant that knows these people, and whose chat has those."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.directory.put_members(ACME, list(known))
    unit.stores.tickets.put(ACME, a_ticket())
    unit.chat, unit.tracker = FakeChat(members=chat), FakeTracker(tickets=[a_ticket()], teams=[ENG])
    return unit


def pressed(unit: FakeUnit, answer: str = "approve") -> Decision:
    """Have Ada press a button under a question."""
    asked = unit.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
    request = ActionRequest.model_validate(
        {"tenant_id": ACME, "decision_id": asked.id, "answer": answer, "answered_by": "U0ADA"}
    )
    [after] = act(request, unit)
    return after


def test_a_full_member_answers() -> None:
    """Nobody has to be asked about somebody we know."""
    unit = given(somebody(Standing.MEMBER))

    assert DecisionState.DONE is pressed(unit).state
    assert [] == unit.chat.whispers


@pytest.mark.parametrize("answer", ["approve", "dismiss"])
@pytest.mark.parametrize("standing", NOT_TRUSTED)
def test_to_be_known_is_not_to_be_trusted(standing: Standing, answer: str) -> None:
    """Guests, people of other workspaces and people who left change nothing, and are told so, they alone."""
    unit = given(somebody(standing))
    decision = pressed(unit, answer)

    assert DecisionState.PROPOSED is decision.state
    assert {} == unit.tracker.comments
    [(channel, thread, person, text)] = unit.chat.whispers
    assert (decision.subject.channel, decision.subject.root_ts, "U0ADA") == (channel, thread, person)
    assert text.startswith("Nothing was done: ")


@pytest.mark.parametrize("standing", NOT_TRUSTED)
def test_a_full_member_elsewhere_is_none_in_the_chat(standing: Standing) -> None:
    """What somebody is in the tracker says nothing of the chat."""
    member = a_member(standings={Provider.SLACK: standing, Provider.LINEAR: Standing.MEMBER})

    assert reason_to_refuse("U0ADA", given(member)) is not None


def test_somebody_who_has_just_come_is_looked_up_on_the_spot() -> None:
    """And known from then on."""
    newcomer = a_member(linear_id=None)
    unit = given(chat=(newcomer,))

    assert DecisionState.DONE is pressed(unit).state
    assert [newcomer] == list(unit.stores.directory.members(ACME))


@pytest.mark.parametrize("standing", [*NOT_TRUSTED, None])
def test_a_newcomer_is_trusted_no_more_than_anybody(standing: Standing | None) -> None:
    """Of whom the chat says that, or nothing at all."""
    unit = given(chat=(somebody(standing),))

    assert DecisionState.PROPOSED is pressed(unit).state
    assert 1 == len(unit.chat.whispers)


def test_whom_the_chat_does_not_know_changes_nothing() -> None:
    """They are told so all the same: nothing is silent."""
    unit = given()

    assert DecisionState.PROPOSED is pressed(unit).state
    assert ["U0ADA"] == [person for _, _, person, _ in unit.chat.whispers]


@pytest.mark.parametrize("standing", [Standing.MEMBER, Standing.GUEST])
def test_somebody_known_of_whom_the_chat_has_not_said_what_they_are_is_looked_up(standing: Standing) -> None:
    """Such as everybody whom we knew before we asked; what else we know of them stays."""
    unit = given(somebody(None), chat=(a_member(name="Other", linear_id=None, standings={Provider.SLACK: standing}),))

    assert (standing is Standing.MEMBER) == (pressed(unit).state is DecisionState.DONE)
    assert [somebody(standing)] == list(unit.stores.directory.members(ACME))


def test_a_caller_of_the_api_has_shown_its_rights_before() -> None:
    """Nobody is looked up."""
    assert [None, None] == [reason_to_refuse(actor, given()) for actor in ("account:account-ada", "pm:root")]


def test_a_refusal_that_cannot_be_told_is_one_all_the_same() -> None:
    """Whoever is not in the channel."""
    unit = given(somebody(Standing.GUEST))
    unit.chat.absent.add("U0ADA")

    assert DecisionState.PROPOSED is pressed(unit).state


def test_while_there_is_no_chat_nobody_unknown_is_trusted() -> None:
    """Nor anybody told: there is nowhere to."""
    unit = given()
    unit.failing["chat"] = NotConnected("none")

    assert DecisionState.PROPOSED is pressed(unit).state
