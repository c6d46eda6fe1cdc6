"""Who may answer, by the time it is carried out: who may not changes nothing, and is told why."""

import pytest

from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Subject
from pm_assistant.domain.errors import NotConnected, RateLimited, UpstreamUnavailable
from pm_assistant.domain.tenants import Member, Provider, Standing, TenantState
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from tests.builders import ACME, ENG, GLOBEX, a_decision, a_key, a_member, a_tenant, a_ticket, an_account
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker

NOT_TRUSTED = [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT]
AWAY = [UpstreamUnavailable("503"), RateLimited("ratelimited", retry_after=30)]
PERSON, PROGRAM = "account:account-ada", "key:key-1"


def somebody(standing: Standing | None) -> Member:
    """A person of whom the chat has said that, or nothing yet."""
    return a_member(standings={Provider.SLACK: standing} if standing else {})


def in_chat_alone(standing: Standing | None) -> Member:
    """The same, as the chat tells of them."""
    return somebody(standing).model_copy(update={"accounts": {Provider.SLACK: "U0ADA"}})


class SilentChat(FakeChat):
    """A chat that does not say who anybody is."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def member(self, user_id: str) -> Member:
        """Nobody is told of."""
        raise self.error


def given(*known: Member, chat: tuple[Member, ...] | None = None) -> FakeUnit:
    """A tenant that knows these people, and whose chat has those, or the same; Ada has a login, and there is a key."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.accounts.put(an_account(role=Role.MEMBER))
    unit.stores.api_keys.put(a_key(scope=Scope.RUN))
    unit.stores.directory.put_members(ACME, list(known))
    unit.stores.tickets.put(ACME, a_ticket())
    unit.chat = FakeChat(members=known if chat is None else chat)
    unit.tracker = FakeTracker(tickets=[a_ticket()], teams=[ENG])
    return unit


def answered(unit: FakeUnit, by: str = "U0ADA", answer: str = "approve") -> Decision:
    """What has become of a question that somebody answers."""
    asked = unit.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
    request = ActionRequest.model_validate(
        {"tenant_id": ACME, "decision_id": asked.id, "answer": answer, "answered_by": by}
    )
    [after] = act(request, unit)
    return after


def test_a_full_member_answers() -> None:
    """With every button."""
    unit = given(somebody(Standing.MEMBER))

    assert DecisionState.DONE is answered(unit).state
    assert [] == unit.chat.whispers


@pytest.mark.parametrize("answer", ["approve", "dismiss"])
@pytest.mark.parametrize("standing", NOT_TRUSTED)
def test_to_be_known_is_not_to_be_trusted(standing: Standing, answer: str) -> None:
    """Guests, people of other workspaces and people who left change nothing, and are told so, they alone."""
    unit = given(somebody(standing))
    decision = answered(unit, answer=answer)

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

    assert DecisionState.DONE is answered(unit).state
    assert [newcomer] == list(unit.stores.directory.members(ACME))


def test_who_has_just_come_is_whom_we_know_from_the_tracker() -> None:
    """One person, by the same address, as when the chat tells of them."""
    unit = given(a_member(id="lin-ada", slack_id=None), chat=(a_member(linear_id=None),))

    assert DecisionState.DONE is answered(unit).state
    [member] = unit.stores.directory.members(ACME)
    assert {Provider.SLACK: "U0ADA", Provider.LINEAR: "lin-ada"} == member.accounts


@pytest.mark.parametrize("standing", [*NOT_TRUSTED, None])
def test_a_newcomer_is_trusted_no_more_than_anybody(standing: Standing | None) -> None:
    """Of whom the chat says that, or nothing at all."""
    unit = given(chat=(in_chat_alone(standing),))

    assert DecisionState.PROPOSED is answered(unit).state
    assert 1 == len(unit.chat.whispers)


def test_whom_the_chat_does_not_know_changes_nothing() -> None:
    """They are told so all the same: nothing is silent."""
    unit = given()

    assert DecisionState.PROPOSED is answered(unit).state
    assert ["U0ADA"] == [person for _, _, person, _ in unit.chat.whispers]


@pytest.mark.parametrize("standing", [Standing.MEMBER, Standing.GUEST])
def test_somebody_known_of_whom_the_chat_has_not_said_what_they_are_is_looked_up(standing: Standing) -> None:
    """Such as everybody whom we knew before we asked; what else we know of them stays."""
    unit = given(somebody(None), chat=(a_member(name="Other", linear_id=None, standings={Provider.SLACK: standing}),))

    assert (standing is Standing.MEMBER) == (answered(unit).state is DecisionState.DONE)
    assert [somebody(standing)] == list(unit.stores.directory.members(ACME))


@pytest.mark.parametrize("before", [*NOT_TRUSTED, Standing.MEMBER])
@pytest.mark.parametrize("now", [*NOT_TRUSTED, Standing.MEMBER])
def test_a_press_is_judged_by_what_the_chat_says_at_that_moment(before: Standing, now: Standing) -> None:
    """Whatever it said at the last reading; and what it says is kept."""
    unit = given(somebody(before), chat=(a_member(linear_id=None, standings={Provider.SLACK: now}),))

    assert (now is Standing.MEMBER) == (answered(unit).state is DecisionState.DONE)
    assert [somebody(now)] == list(unit.stores.directory.members(ACME))


def test_whom_the_chat_does_not_know_any_more_has_left() -> None:
    """Though we knew them well."""
    unit = given(somebody(Standing.MEMBER), chat=())

    assert DecisionState.PROPOSED is answered(unit).state
    assert [somebody(Standing.LEFT)] == list(unit.stores.directory.members(ACME))


def test_who_is_found_to_have_left_is_pointed_out_to_the_admins_once() -> None:
    """As at a reading: their login may go on working."""
    unit = given(somebody(Standing.MEMBER), chat=(somebody(Standing.LEFT),))
    for _ in range(2):
        answered(unit)

    [entry] = unit.stores.audit.latest(ACME, before=None, limit=10)
    assert ("member.left", "U0ADA", {"account": "account-ada"}) == (entry.action, entry.target, entry.detail)


def test_a_guest_who_has_just_come_is_kept_as_one() -> None:
    """While the chat is away, that is known."""
    guest = a_member(linear_id=None, standings={Provider.SLACK: Standing.GUEST})
    unit = given(chat=(guest,))
    answered(unit)

    assert [guest] == list(unit.stores.directory.members(ACME))


def test_nobody_is_written_down_anew_who_is_what_they_were() -> None:
    """Somebody may be correcting that very row."""
    unit = given(somebody(Standing.MEMBER))
    written: list[object] = []
    directory = unit.stores.directory
    directory.put_members = lambda *args: written.append(args)  # type: ignore[method-assign]
    directory.replace_member = lambda *args, before: written.append(args)  # type: ignore[method-assign]
    answered(unit)

    assert [] == written


@pytest.mark.parametrize("standing", [Standing.OUTSIDER, Standing.LEFT])
def test_who_was_never_of_the_workspace_is_not_kept(standing: Standing) -> None:
    """The directory is the team's own."""
    unit = given(chat=(in_chat_alone(standing),))
    answered(unit)

    assert [] == list(unit.stores.directory.members(ACME))


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("standing", [*NOT_TRUSTED, Standing.MEMBER])
def test_while_the_chat_cannot_be_asked_what_it_said_last_counts(standing: Standing, error: Exception) -> None:
    """An outage keeps no member from answering, and lets no guest."""
    unit = given(somebody(standing))
    unit.chat = SilentChat(error)

    assert (standing is Standing.MEMBER) == (answered(unit).state is DecisionState.DONE)


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("known", [(), (somebody(None),)], ids=["unknown", "never told of"])
def test_of_whom_the_chat_never_said_anything_it_is_asked_again(known: tuple[Member, ...], error: Exception) -> None:
    """The answer waits until it can be."""
    unit = given(*known)
    unit.chat = SilentChat(error)

    with pytest.raises(type(error)):
        answered(unit)


@pytest.mark.parametrize("who", [PERSON, PROGRAM, "pm:root"])
def test_whoever_still_has_the_right_answers_through_the_api(who: str) -> None:
    """People with their login, programs with their key, operators with the stack's; the chat is not asked."""
    unit = given(chat=())

    assert DecisionState.DONE is answered(unit, who).state
    assert [] == unit.chat.whispers
    assert [] == unit.stores.audit.latest(ACME, before=None, limit=10)


def without_login(unit: FakeUnit) -> None:
    """Ada's account and the key are removed; another tenant has some of the same ids."""
    unit.stores.accounts.remove(ACME, "account-ada")
    unit.stores.api_keys.remove(ACME, "key-1")
    unit.stores.tenants.put(a_tenant(GLOBEX))
    unit.stores.accounts.put(an_account(GLOBEX))
    unit.stores.api_keys.put(a_key(GLOBEX))


def closing(unit: FakeUnit) -> None:
    """The tenant's end is announced."""
    unit.stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=unit.now().replace(year=2099)))


def pending(unit: FakeUnit) -> None:
    """The tenant is not open."""
    unit.stores.tenants.put(a_tenant(state=TenantState.PENDING))


def reading_only(unit: FakeUnit) -> None:
    """The key may read."""
    unit.stores.api_keys.put(a_key(scope=Scope.READ))


@pytest.mark.parametrize("answer", ["approve", "dismiss"])
@pytest.mark.parametrize(
    ("who", "change"),
    [
        (PERSON, without_login),
        (PROGRAM, without_login),
        (PERSON, closing),
        (PROGRAM, closing),
        (PERSON, pending),
        (PROGRAM, reading_only),
        ("account:key-1", bool),
        ("key:account-ada", bool),
    ],
)
def test_who_has_lost_the_right_while_the_answer_waited_changes_nothing(who: str, change: object, answer: str) -> None:
    """The trail says so, for nobody waits any more; the chat hears nothing of it."""
    unit = given(chat=())
    assert callable(change)
    change(unit)

    assert DecisionState.PROPOSED is answered(unit, who, answer).state
    assert {} == unit.tracker.comments
    assert [] == unit.chat.whispers
    [entry] = unit.stores.audit.latest(ACME, before=None, limit=10)
    assert ("decision.refused", who, a_decision().id) == (entry.action, entry.actor, entry.target)
    assert answer == entry.detail["answer"]
    assert entry.detail["reason"]


def test_in_a_team_that_is_leaving_no_button_counts() -> None:
    """As the API answers nobody there; who presses is told so, and an operator still may."""
    unit = given(somebody(Standing.MEMBER))
    closing(unit)

    assert DecisionState.PROPOSED is answered(unit).state
    assert ["U0ADA"] == [person for _, _, person, _ in unit.chat.whispers]
    assert DecisionState.DONE is answered(unit, "pm:root").state


@pytest.mark.parametrize("answer", ["approve", "dismiss", "retry"])
def test_who_presses_a_card_that_outlived_its_question_is_told_so(answer: str) -> None:
    """The log ends with the retention, or with the tenant; its message is no fault of ours."""
    unit = given(somebody(Standing.MEMBER))
    thread = Subject(channel="C0ENG", root_ts="1795161600.000000")
    request = ActionRequest.model_validate({"tenant_id": ACME, "decision_id": "gone", "answer": answer})
    pressed = request.model_copy(update={"answered_by": "U0ADA", "pressed_in": thread})

    assert [(), ()] == [act(each, unit) for each in (request, pressed)]
    assert [("C0ENG", thread.root_ts, "U0ADA")] == [whisper[:3] for whisper in unit.chat.whispers]
    unit.failing["chat"] = NotConnected("none")
    assert () == act(pressed, unit)


def test_a_refusal_that_cannot_be_told_is_one_all_the_same() -> None:
    """Whoever is not in the channel."""
    unit = given(somebody(Standing.GUEST))
    unit.chat.absent.add("U0ADA")

    assert DecisionState.PROPOSED is answered(unit).state


def test_while_there_is_no_chat_nobody_unknown_is_trusted() -> None:
    """Nor anybody told: there is nowhere to."""
    unit = given()
    unit.failing["chat"] = NotConnected("none")

    assert DecisionState.PROPOSED is answered(unit).state
