"""One person's data is erased on request: all that is theirs, nothing of anybody else's, whatever interrupts it."""

from collections.abc import Iterator, Sequence
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.bots import Actor
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import Conflict, NotFound, UpstreamUnavailable
from pm_assistant.domain.events import CodeChanged, ConversationTouched, EventEnvelope
from pm_assistant.domain.history import Keeping
from pm_assistant.domain.jobs import ABANDONED_AFTER, Job, JobDue, JobKind, JobState
from pm_assistant.domain.reports import ReportKind, Subscription
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.work import Message
from pm_assistant.workflows.jobs import run_step
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.tenants import erasing
from pm_assistant.workflows.tenants.erasing import ask_to_erase, erase_person
from tests.builders import (
    ACME,
    GLOBEX,
    a_code_comment,
    a_connection,
    a_conversation,
    a_decision,
    a_heard_conversation,
    a_judgement,
    a_member,
    a_message,
    a_tenant,
    a_ticket_comment,
    an_account,
    an_entry,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst

ADA, BOB = a_member("ada", emails=("ada@home.test",)), a_member("bob")
PEOPLE = {"ada": ADA, "bob": BOB}


def a_remark(tenant_id: TenantId, number: int, by: str | None, **changes: Any) -> Decision:
    """A dismissed decision with somebody's remark."""
    state: dict[str, Any] = {"state": DecisionState.DISMISSED, "decided_by": by, "remark": f"remark {number}"}
    return a_decision(tenant_id, message=a_message(number), id=f"decision-{number}", **{**state, **changes})


class Erasing(FakeUnit):
    """Work of Acme beside another tenant whose people, places and ids are the same."""

    def __init__(self) -> None:
        super().__init__()
        for tenant_id in (ACME, GLOBEX):
            self.stores.tenants.put(a_tenant(tenant_id))
            self.stores.directory.put_members(tenant_id, [ADA, BOB])
            for name, member in PEOPLE.items():
                self.stores.accounts.put(an_account(tenant_id, name))
                wish = Subscription(member_id=member.id, kind=ReportKind.WEEKLY, weekdays=("FRI",))
                self.stores.subscriptions.put(tenant_id, wish)
                self.schedules.put(tenant_id, wish, member.time_zone)

    def ask(self, member_id: str = ADA.id) -> Job:
        """Have somebody's data erased."""
        return ask_to_erase(member_id, self, asked_by="account:account-bob")

    def step(self, job: Job) -> Job | None:
        """Take the next step."""
        return run_step(JobDue(tenant_id=ACME, job_id=job.id), {JobKind.ERASE_PERSON: erase_person}, self)

    def erase(self, member_id: str = ADA.id) -> Job:
        """Have it done to the end."""
        job = self.ask(member_id)
        while not job.finished:
            job = self.step(job) or job
        return job

    def hear(self, *said: Message) -> None:
        """Have a conversation kept with those who speak in it, of both tenants."""
        for tenant_id in (ACME, GLOBEX):
            kept = [a_heard_conversation(*said)]
            self.stores.history.keep(tenant_id, a_conversation(*said), kept, Keeping(self.now(), days=90))

    def texts(self, tenant_id: TenantId) -> Sequence[str]:
        """What every message says."""
        return [message.text for _, message in self.stores.messages.page(tenant_id, limit=999)]

    def remarks(self, tenant_id: TenantId) -> Sequence[str | None]:
        """Every remark."""
        return [decision.remark for _, decision in self.stores.decisions.page(tenant_id, limit=999)]

    def touched(self) -> set[tuple[str, str]]:
        """The threads that are to be judged anew."""
        events = [put.message.event for put in self.queues.events.puts if isinstance(put.message, EventEnvelope)]
        return {(event.channel, event.root_ts) for event in events if isinstance(event, ConversationTouched)}


def everything(unit: Erasing, tenant_id: TenantId) -> object:
    """All that is kept of a tenant, as it stands."""
    clockwork = [wish for key, wish in unit.schedules.recurring.items() if key[0] == tenant_id]
    return [list(unit.stores.partition.records(tenant_id)), clockwork]


MESSAGES = st.builds(
    lambda offset, author, place, channel: a_message(
        offset, f"words {offset}", author=PEOPLE[author].id, channel=channel, **({"root_ts": place} if place else {})
    ),
    st.integers(0, 9),
    st.sampled_from(["ada", "bob"]),
    st.sampled_from([None, a_message(0).ts]),
    st.sampled_from(["C0ENG", "C0OPS"]),
)


@given(
    said=st.lists(MESSAGES, max_size=12),
    remarked=st.lists(st.sampled_from(["U0ADA", "account:account-ada", "U0BOB", "account:account-bob"]), max_size=6),
    per_step=st.integers(1, 4),
    interrupted=st.sets(st.integers(0, 12)),
)
def test_all_that_is_a_persons_goes_and_nothing_of_anybody_else(
    said: list[Message], remarked: list[str], per_step: int, interrupted: set[int]
) -> None:
    """In bounded steps, each of which may be taken twice; the neighbour has the very same people and places."""
    unit = Erasing()
    for tenant_id in (ACME, GLOBEX):
        for message in said:
            unit.stores.messages.record(tenant_id, message, keep_days=9)
        for number, by in enumerate(remarked):
            unit.stores.decisions.save(a_remark(tenant_id, number, by))
    before = dict(unit.stores.messages.page(ACME, limit=999))
    neighbour = everything(unit, GLOBEX)
    with patch.object(erasing, "PER_STEP", per_step):
        job, steps = unit.ask(), 0
        while not job.finished:
            noted = unit.stores.jobs.get(ACME, job.id)
            job = unit.step(job) or job
            if steps in interrupted:  # as if the note had not come to be
                unit.stores.jobs.put(noted)
                job = unit.step(job) or job
            steps += 1

    after = dict(unit.stores.messages.page(ACME, limit=999))
    theirs = {place for place, message in before.items() if message.author == ADA.id}
    assert theirs == {place for place, message in after.items() if message.deleted}
    assert all(after[place] == before[place] for place in before.keys() - theirs)
    assert not any(after[place].text for place in theirs)
    assert {(before[place].channel, before[place].root_ts) for place in theirs} == unit.touched()
    assert [by not in {"U0ADA", "account:account-ada"} for by in remarked] == [bool(r) for r in unit.remarks(ACME)]
    assert [BOB] == list(unit.stores.directory.members(ACME))
    assert [BOB.id] == [wish.member_id for wish in unit.stores.subscriptions.all(ACME)]
    assert neighbour == everything(unit, GLOBEX)
    assert JobState.DONE is job.state


def test_what_rests_on_the_words_follows_as_if_they_had_been_deleted_in_the_chat() -> None:
    """The pipeline takes them out of the log; other people's stay."""
    unit = Erasing()
    hers, his = a_message(0, "hers"), a_message(900, "his", author=BOB.id)
    for message in (hers, his):
        unit.stores.messages.record(ACME, message, keep_days=9)
        unit.stores.decisions.save(a_decision(message=message, id=message.text, state=DecisionState.PROPOSED))

    unit.erase()
    for put in list(unit.queues.events.puts):
        assert isinstance(put.message, EventEnvelope)
        analyze(put.message, unit)

    reasons = {id: unit.stores.decisions.get(ACME, id).reason for id in ("hers", "his")}
    assert {"hers": TAKEN_BACK, "his": "both speak of coupon and checkout"} == reasons


def test_what_was_heard_of_a_person_goes_with_the_persons_words() -> None:
    """Their row at once, whatever it holds, and their words with others by the pipeline; the neighbour keeps all."""
    unit = Erasing()
    hers, his = a_message(0, "hers"), a_message(30, "his", author=BOB.id)
    unit.stores.messages.record(ACME, hers, keep_days=9)
    unit.stores.messages.record(ACME, his, keep_days=9)
    unit.stores.connections.put(a_connection(ACME))
    unit.hear(a_message(-9_000, "of which no message is left"))
    unit.hear(hers, his)
    unit.analyst = FakeAnalyst(a_judgement())

    unit.erase()
    assert [BOB.id] == [*unit.stores.history.read(ACME, [ADA.id, BOB.id]).recent]
    for put in list(unit.queues.events.puts):
        assert isinstance(put.message, EventEnvelope)
        analyze(put.message, unit)

    assert "hers" not in repr(unit.stores.history.read(ACME, [ADA.id, BOB.id]).recent)
    assert (2, 1) == tuple(len(unit.stores.history.read(GLOBEX, [who.id]).recent[who.id]) for who in (ADA, BOB))


def test_a_late_copy_of_what_was_erased_stays_out() -> None:
    """A vendor may deliver it again, or another reading may find it."""
    unit = Erasing()
    unit.stores.messages.record(ACME, a_message(), keep_days=9)

    unit.erase()
    unit.stores.messages.record(ACME, a_message(edited_ts="9999999999.000000"), keep_days=9)

    assert [""] == unit.texts(ACME)


def test_a_step_that_broke_off_after_deleting_touches_the_conversation_all_the_same() -> None:
    """Else the words would stay in the log for good."""
    unit = Erasing()
    unit.stores.messages.record(ACME, a_message(), keep_days=9)
    job = unit.ask()
    unit.queues.events.fail_next(UpstreamUnavailable("SQS is away"))

    with pytest.raises(UpstreamUnavailable):
        unit.step(job)
    assert ([""], set()) == (unit.texts(ACME), unit.touched())
    unit.step(job)

    assert {("C0ENG", a_message().root_ts)} == unit.touched()


def test_the_audit_trail_keeps_ids_alone() -> None:
    """Addresses and names of the person go wherever they stand; who did what, and everybody else, stay."""
    unit = Erasing()
    signed = {"actor": "account:account-ada", "actor_name": "Ada@acme.test"}
    entries = [
        an_entry(1, **signed, detail={"address": "192.0.2.1", "reason": "why"}),
        an_entry(2, actor="account:account-bob", actor_name="bob@acme.test", detail={"email": "ada@home.test"}),
        an_entry(3, actor="unknown", target="account:account-ada", detail={"address": "192.0.2.1"}),
        an_entry(4, actor="account:gone", actor_name="ada@acme.test"),
        an_entry(5, actor="account:account-bob", actor_name="bob@acme.test", detail={"address": "192.0.2.2"}),
        an_entry(6, actor="account:account-ada", actor_name="an address of before"),
    ]
    for entry in entries:
        unit.stores.audit.add(ACME, entry)

    unit.erase()

    kept = unit.stores.audit.latest(ACME, limit=9)[::-1]
    assert ["", "bob@acme.test", "", "", "bob@acme.test", ""] == [entry.actor_name for entry in kept]
    assert [{"reason": "why"}, {}, {}, {}, {"address": "192.0.2.2"}, {}] == [entry.detail for entry in kept]
    assert [(e.id, e.actor, e.target) for e in entries] == [(e.id, e.actor, e.target) for e in kept]


def test_an_address_that_a_person_had_before_goes_as_well() -> None:
    """Who was invited by it was that person; one that names somebody else by now is not the person's any more."""
    unit = Erasing()
    former = ("ada@former.test", "bob@acme.test")
    unit.stores.accounts.put(an_account(name="ada", former_emails=former))
    unit.stores.directory.put_members(ACME, [a_member("bob").model_copy(update={"email": "bob@acme.test"})])
    entries = [an_entry(id=f"e{n}", detail={"email": address}) for n, address in enumerate(former)]
    for entry in entries:
        unit.stores.audit.add(ACME, entry)

    unit.erase()

    told = {entry.id: entry.detail for entry in unit.stores.audit.latest(ACME, limit=9)}
    assert former[0] not in str(told)
    assert entries[1].detail == told["e1"]


def test_an_address_that_names_somebody_else_is_not_the_persons() -> None:
    """A mailbox that several share says who the first of them is."""
    unit = Erasing()
    unit.stores.directory.put_members(ACME, [a_member("ada", emails=("bob@acme.test",))])
    unit.stores.decisions.save(a_remark(ACME, 1, "account:account-bob"))
    unit.stores.audit.add(ACME, entry := an_entry(actor="account:account-bob", actor_name="bob@acme.test"))

    unit.erase()

    assert (["remark 1"], [entry]) == (unit.remarks(ACME), unit.stores.audit.latest(ACME, limit=9))


def test_an_emptied_remark_changes_nothing_else_of_the_decision() -> None:
    """Neither its place in the log nor how long it is kept."""
    unit = Erasing()
    unit.stores.decisions.save(before := a_remark(ACME, 1, "U0ADA", keep_days=9))

    unit.erase()

    assert before.model_copy(update={"remark": None, "version": 1}) == unit.stores.decisions.get(ACME, before.id)


def test_what_a_person_said_on_pull_requests_and_issues_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it had been deleted there, however the login is spelt; a late copy does not bring it back."""
    monkeypatch.setattr(erasing, "PER_STEP", 2)
    unit = Erasing()
    unit.stores.directory.put_members(ACME, [a_member("ada", accounts={**ADA.accounts, Provider.GITHUB: "Ada"})])
    comments = [a_code_comment(str(id), author=Actor(login=login)) for id, login in enumerate(("ada", "bob", "ada"))]
    ownerless = a_code_comment("9", author=None)
    for tenant_id in (ACME, GLOBEX):
        for comment in (*comments, ownerless):
            unit.stores.code.record(tenant_id, comment, keep_days=9)
    job = unit.erase()
    unit.stores.code.record(ACME, comments[0], keep_days=9)
    assert [comments[1], ownerless] == [c for c in unit.stores.code.comments(ACME, "900", 1) if not c.deleted]
    assert 4 == len(unit.stores.code.comments(GLOBEX, "900", 1))
    assert 2 == job.results[-1]["code_comments"]
    events = [put.message.event for put in unit.queues.events.puts if isinstance(put.message, EventEnvelope)]
    gone = [comments[id].model_copy(update={"author": None, "text": "", "deleted": True}) for id in (0, 2)]
    assert gone == [part for event in events if isinstance(event, CodeChanged) for part in event.parts]


def test_what_a_person_said_on_tickets_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it had been deleted there; a late copy does not bring it back."""
    monkeypatch.setattr(erasing, "PER_STEP", 2)
    unit = Erasing()
    theirs, other = a_ticket_comment("1"), a_ticket_comment("2", author_id="lin-bob")
    nobodys = a_ticket_comment("3", author_id=None)
    for tenant_id in (ACME, GLOBEX):
        for comment in (theirs, other, nobodys):
            unit.stores.planning.record_comment(tenant_id, comment, keep_days=9)
    job = unit.erase()
    unit.stores.planning.record_comment(ACME, theirs, keep_days=9)
    assert [theirs.erased, other, nobodys] == list(unit.stores.planning.comments(ACME, "ticket-1", limit=9))
    assert theirs in unit.stores.planning.comments(GLOBEX, "ticket-1", limit=9)
    assert 1 == job.results[-1]["ticket_comments"]


def test_nobodys_words_go_with_a_person_who_has_no_account_at_the_code_host() -> None:
    """Least of all those of accounts that are gone."""
    unit = Erasing()
    unit.stores.code.record(ACME, a_code_comment("9", author=None), keep_days=9)
    unit.erase()
    assert 1 == len(unit.stores.code.comments(ACME, "900", 1))


def test_a_decision_that_changes_meanwhile_is_read_again() -> None:
    """The step is repeated, not given up."""
    unit = Erasing()
    unit.stores.decisions.save(a_remark(ACME, 1, "U0ADA"))
    job = unit.step(unit.ask())
    assert job
    replace = patch.object(unit.stores.decisions, "replace", side_effect=Conflict("the decision has moved on"))

    with replace, pytest.raises(UpstreamUnavailable):
        unit.step(job)
    unit.step(job)

    assert [None] == unit.remarks(ACME)


def test_a_report_that_was_wished_for_meanwhile_ends_with_the_rest() -> None:
    """Nothing is sent to whom we do not know any more."""
    unit = Erasing()
    job = unit.step(unit.ask())
    assert job
    assert [BOB.id] == [wish.member_id for wish in unit.stores.subscriptions.all(ACME)]
    unit.stores.subscriptions.put(ACME, Subscription(member_id=ADA.id))

    while job and not job.finished:
        job = unit.step(job)

    assert [BOB.id] == [wish.member_id for wish in unit.stores.subscriptions.all(ACME)]


def test_asking_again_names_the_erasure_that_is_under_way() -> None:
    """One for each person; what broke off is begun anew."""
    unit = Erasing()
    job = unit.ask()

    assert job.id == unit.ask().id
    assert job.id != unit.ask(BOB.id).id
    unit.at += ABANDONED_AFTER
    again = unit.ask()
    assert job.id != again.id
    unit.stores.jobs.put(again.failed("it could not be done", at=unit.now()))
    assert again.id != unit.ask().id
    with pytest.raises(NotFound):
        unit.ask("U0EVE")


def test_an_erasure_that_was_noted_and_never_sent_is_sent_by_asking_again() -> None:
    """Noting it and sending it are two things; once it has begun, asking again sends nothing."""
    unit = Erasing()
    unit.queues.jobs.fail_next(UpstreamUnavailable("SQS does not answer"))
    with pytest.raises(UpstreamUnavailable):
        unit.ask()

    job = unit.ask()
    assert [JobDue(tenant_id=ACME, job_id=job.id)] == [put.message for put in unit.queues.jobs.puts]

    unit.step(job)
    sent = len(unit.queues.jobs.puts)
    unit.ask()
    assert sent == len(unit.queues.jobs.puts)


def test_somebody_who_became_another_meanwhile_is_not_said_to_be_erased() -> None:
    """What is left is found under the other, so the run fails and says why."""
    unit = Erasing()
    job = unit.step(unit.ask())
    assert job
    unit.stores.directory.remove_member(ACME, ADA.id)

    assert _ended(unit, job) == (JobState.FAILED, "no such member")


def _ended(unit: Erasing, job: Job) -> tuple[JobState, str | None]:
    *_, last = _steps(unit, job)
    return last.state, last.error


def _steps(unit: Erasing, job: Job) -> Iterator[Job]:
    while not job.finished:
        job = unit.step(job) or job
        yield job
