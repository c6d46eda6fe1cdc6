"""Taking everything along and bringing it elsewhere: the same arrives, or nothing does and the reason is named."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore
from pm_assistant.domain.archive import Archive, pack
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Decision, DecisionState, Outcome
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound
from pm_assistant.domain.jobs import Job, JobKind, Order, Record
from pm_assistant.domain.languages import Language
from pm_assistant.domain.people import VendorPeople, matched
from pm_assistant.domain.portability import NOT_BROUGHT_ALONG, OVER, to_record
from pm_assistant.domain.reports import ReportChannel, ReportKind, Subscription
from pm_assistant.domain.tenants import (
    ActionKind,
    Channels,
    Member,
    Mode,
    PrivateCode,
    Provider,
    Rule,
    Settings,
    Tenant,
    TenantId,
)
from pm_assistant.domain.work import Message
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.reasons import reason_in
from pm_assistant.workflows.tenants import import_archive as importing
from pm_assistant.workflows.tenants.export import export
from pm_assistant.workflows.tenants.import_archive import import_archive
from tests.builders import (
    ACME,
    DOING,
    ENG,
    GLOBEX,
    NOW,
    a_comment,
    a_connection,
    a_decision,
    a_job,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    an_account,
    an_entry,
)
from tests.fakes.unit import FakeUnit

UPLOAD = "0123456789abcdef0123456789abcdef"
names = st.text("aä ß", min_size=1, max_size=40).filter(str.strip)
words, ids = st.text(max_size=40), st.text("CDG0123456789", min_size=1, max_size=11)
numbers = st.lists(st.integers(0, 99), unique=True, max_size=4)


class PortableUnit(FakeUnit):
    """All there is of the product, with one tenant that has nothing yet."""

    def __init__(self, tenant_id: TenantId) -> None:
        super().__init__(tenant_id)
        self.stores.tenants.put(a_tenant(tenant_id))

    def export(self) -> bytes:
        """Take everything along."""
        step = export(a_job(self.tenant_id, order=Order(kind=JobKind.EXPORT, dry_run=False)), self)
        return self.archives.files[self.tenant_id, "exports", step.results[0]["file"]]

    def import_(self, content: bytes) -> Job:
        """Import an archive, to the end."""
        self.archives.put(self.archives.upload_url(self.tenant_id, UPLOAD, size=len(content)), content)
        job = a_job(self.tenant_id, order=Order(kind=JobKind.IMPORT, dry_run=False, upload_id=UPLOAD))
        while not job.finished:
            job = self.step(job)
        return job

    def step(self, job: Job) -> Job:
        """Take one step of an import."""
        return job.after(import_archive(job, self), at=NOW)

    def have_proven(self, source: "PortableUnit") -> None:
        """The people of another tenant have accounts in this one."""
        for member in source.stores.directory.members(source.tenant_id):
            self.stores.accounts.put(an_account(self.tenant_id, member.id, email=member.email))

    def records(self) -> list[Record]:
        """Everything that could be taken along."""
        return list(self.stores.partition.records(self.tenant_id))


def told(content: bytes, tenant_id: TenantId) -> dict[str, list[dict[str, Any]]]:
    """What an export brings to whoever imports it, by kind, whoever's it is."""
    archive = Archive(content)

    def said(record: Record) -> dict[str, Any]:
        owned = {"tenant": "id", "decision": "tenant_id"}.get(record.kind)
        assert owned is None or record.data[owned] == tenant_id
        return {name: value for name, value in record.data.items() if name != owned}

    def spelt(data: dict[str, Any]) -> str:
        return json.dumps(data, sort_keys=True)

    kinds = archive.manifest.restored
    return {kind: sorted((said(record) for record in archive.records(kind)), key=spelt) for kind in kinds}


@st.composite
def units(draw: st.DrawFn) -> PortableUnit:
    """A tenant in which things have happened."""
    unit = PortableUnit(ACME)
    stores = unit.stores
    settings = Settings(
        settle_seconds=draw(st.integers(0, 900)), channels=Channels(deny=tuple(draw(st.lists(ids, unique=True))))
    )
    stores.tenants.put(a_tenant(name=draw(names), settings=settings))
    people = [a_member(f"m{n}").model_copy(update={"name": draw(words)}) for n in draw(numbers)]
    stores.directory.put_members(ACME, people)
    stores.directory.put_teams(ACME, [ENG.model_copy(update={"name": draw(words)})])
    for number in draw(numbers):
        stores.tickets.put(ACME, a_ticket(number, title=draw(words), description=draw(words)))
    for number in draw(numbers):
        private = draw(st.booleans())
        stores.messages.record(ACME, a_message(number, draw(words), private=private), keep_days=9)
    for number in draw(numbers):
        actions: st.SearchStrategy[Comment | CreateTicket | Ignore] = st.sampled_from(
            [a_comment(), Ignore(work=True), CreateTicket(title="t", description="d")]
        )
        made = {"state": draw(st.sampled_from(sorted(OVER))), "reason": draw(words), "remark": draw(words)}
        stores.decisions.save(a_decision(ACME, draw(actions), a_message(number), keep_days=90, **made))
    for person in people:
        wish = Subscription(
            member_id=person.id, hour=draw(st.integers(0, 23)), delivery=draw(st.sampled_from(ReportChannel))
        )
        stores.subscriptions.put(ACME, wish)
    return unit


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(units())
def test_what_is_taken_along_arrives(source: PortableUnit) -> None:
    """An export brought into a fresh tenant makes that tenant's export the same, but for whose it is."""
    target = PortableUnit(GLOBEX)
    target.have_proven(source)

    target.import_(source.export())

    assert told(source.export(), ACME) == told(target.export(), GLOBEX)


def a_full_unit() -> PortableUnit:
    """A tenant with a bit of everything."""
    unit = PortableUnit(ACME)
    stores = unit.stores
    stores.directory.put_members(ACME, [a_member(), a_member("bob")])
    stores.directory.put_teams(ACME, [ENG])
    stores.tickets.put(ACME, a_ticket(1))
    stores.tickets.put(ACME, a_ticket(2, state=DOING))
    stores.messages.record(ACME, a_message(), keep_days=9)
    stores.decisions.save(a_decision(state=DecisionState.DONE, keep_days=90))
    stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", kind=ReportKind.WEEKLY))
    stores.connections.put(a_connection())
    stores.accounts.put(an_account())
    stores.audit.add(ACME, an_entry())
    return unit


def test_an_export_holds_no_credentials() -> None:
    """Whoever finds the file gets in nowhere; who has access is told, and how somebody got it is not."""
    content = a_full_unit().export()

    manifest = Archive(content).manifest
    assert {"tenant", "member", "team", "ticket", "decision", "subscription", "message"} == set(manifest.restored)
    assert {"account", "connection", "audit"} == set(manifest.counts) - set(manifest.restored)
    [account] = Archive(content).records("account")
    [connection] = Archive(content).records("connection")
    assert {"id", "email", "role", "created_at"} == set(account.data)
    assert not {name for name in connection.data if "sealed" in name or "token" in name}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"sealed" in archive.read(name) for name in archive.namelist())


def test_an_export_that_is_repeated_replaces_itself() -> None:
    """One run, one file."""
    unit = a_full_unit()

    assert unit.export() == unit.export()
    assert 1 == len(unit.archives.files)


def test_an_import_goes_in_bounded_steps_and_any_may_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one only looks; each of the others keeps a share."""
    monkeypatch.setattr(importing, "RECORDS_PER_STEP", 2)
    content, target = a_full_unit().export(), PortableUnit(GLOBEX)
    target.have_proven(a_full_unit())
    before = target.records()
    target.archives.put(target.archives.upload_url(GLOBEX, UPLOAD, size=len(content)), content)
    job = a_job(GLOBEX, order=Order(kind=JobKind.IMPORT, dry_run=False, upload_id=UPLOAD))

    looked = target.step(job)
    after_looking, shares = target.records(), []
    job = looked
    while not job.finished:
        target.step(job)
        job = target.step(job)
        shares.append(job.done)

    assert (0, 9, before) == (looked.done, looked.total, after_looking)
    assert [2, 4, 6, 8, 9] == shares
    assert told(content, ACME) == told(target.export(), GLOBEX)


def test_an_import_leaves_alone_what_is_only_told() -> None:
    """Nobody gets in, and no trail is forged, by bringing a file."""
    target = PortableUnit(GLOBEX)

    job = target.import_(a_full_unit().export())

    assert {"account", "connection", "audit"}.isdisjoint(job.results[0]["counts"])
    stores = target.stores
    assert [] == [*stores.accounts.all(GLOBEX), *stores.connections.all(GLOBEX), *stores.audit.latest(GLOBEX, limit=9)]


def test_a_step_takes_no_more_than_there_is_memory_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few records that are; one at least."""
    monkeypatch.setattr(importing, "BYTES_PER_STEP", 1)
    content, target = a_full_unit().export(), PortableUnit(GLOBEX)
    target.have_proven(a_full_unit())
    target.archives.put(target.archives.upload_url(GLOBEX, UPLOAD, size=len(content)), content)
    job = a_job(GLOBEX, order=Order(kind=JobKind.IMPORT, dry_run=False, upload_id=UPLOAD))

    steps = []
    while not job.finished:
        job = target.step(job)
        steps.append(job.done)

    assert list(range(10)) == steps
    assert told(content, ACME) == told(target.export(), GLOBEX)


def test_what_rests_on_the_records_follows() -> None:
    """Subscriptions get their clockwork, connections their copies of the settings."""
    source, target = a_full_unit(), PortableUnit(GLOBEX)
    quick = a_tenant().settings.model_copy(update={"settle_seconds": 7})
    source.stores.tenants.put(a_tenant(settings=quick))
    target.stores.connections.put(a_connection(GLOBEX))

    target.import_(source.export())

    assert [(GLOBEX, "weekly.U0ADA")] == list(target.schedules.recurring)
    assert 7 == target.stores.connections.get(GLOBEX, Provider.SLACK).settle_seconds


@pytest.mark.parametrize("kind", ["ticket", "message", "decision"])
def test_only_a_fresh_tenant_takes_an_import(kind: str) -> None:
    """What is there already would be mixed with what comes."""
    target = PortableUnit(GLOBEX)
    match kind:
        case "ticket":
            target.stores.tickets.put(GLOBEX, a_ticket())
        case "message":
            target.stores.messages.record(GLOBEX, a_message(), keep_days=9)
        case _:
            target.stores.decisions.save(a_decision(GLOBEX))

    with pytest.raises(Conflict):
        target.import_(a_full_unit().export())


@pytest.mark.parametrize(
    ("kind", "number", "change", "named"),
    [
        ("ticket", 2, {"title": None}, r"ticket.jsonl, record 2: .*: title"),
        ("ticket", 1, {"surprise": 1}, r"ticket.jsonl, record 1: .*: surprise"),
        ("message", 1, {"ts": "../1"}, r"message.jsonl, record 1: "),
        ("decision", 1, {"state": "perfect"}, r"decision.jsonl, record 1: .*: state"),
        ("member", 2, {"id": ""}, r"member.jsonl, record 2: "),
        ("member", 2, {"time_zone": "Mars/Olympus"}, r"member.jsonl, record 2: there is no such time zone"),
        ("subscription", 1, {"hour": 24}, r"subscription.jsonl, record 1: .*: hour"),
    ],
)
def test_one_bad_line_and_nothing_is_written(kind: str, number: int, change: dict[str, Any], named: str) -> None:
    """All or nothing, and the culprit by file and line."""
    found = a_full_unit().records()
    [bad] = [record for record in found if record.kind == kind][number - 1 : number]
    spoilt = [record.model_copy(update={"data": record.data | change}) if record is bad else record for record in found]
    target = PortableUnit(GLOBEX)
    before = target.records()

    with pytest.raises(InvalidRequest, match=named):
        target.import_(pack(spoilt, created_at=NOW)[0])

    assert before == target.records()


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.ENGLISH])
def test_what_is_wrong_with_an_archive_is_said_in_the_readers_language(language: Language) -> None:
    """As the job keeps it, in English: which file and line it is, and what about it."""
    texts = texts_in(language)
    for archive, problem in (
        (b"no zip", "it is not a zip file as we write it"),
        (pack([Record(kind="wish", data={})], created_at=NOW)[0], "there is no such kind of record"),
        (pack([Record(kind="ticket", data={"a": 1})], created_at=NOW)[0], "it is not as an export writes it"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            PortableUnit(GLOBEX).import_(archive)
        said = reason_in(f"{refused.value}", texts)
        assert problem in str(refused.value)
        assert problem not in said
        assert said == reason_in(refused.value.words, texts)


def test_a_kind_nobody_knows_is_refused() -> None:
    """What would be ignored would be lost."""
    with pytest.raises(InvalidRequest, match=r"wish.jsonl, record 1"):
        PortableUnit(GLOBEX).import_(pack([Record(kind="wish", data={})], created_at=NOW)[0])


def test_a_file_that_was_never_uploaded_is_not_found() -> None:
    """Or that of another tenant."""
    source, target = PortableUnit(ACME), PortableUnit(GLOBEX)
    content = a_full_unit().export()
    source.archives.put(source.archives.upload_url(ACME, UPLOAD, size=len(content)), content)
    job = a_job(GLOBEX, order=Order(kind=JobKind.IMPORT, dry_run=False, upload_id=UPLOAD))
    target.archives = source.archives

    with pytest.raises(NotFound):
        target.step(job)


def test_an_import_cannot_reach_beyond_its_tenant() -> None:
    """Whose a record says it is does not matter."""
    target = PortableUnit(GLOBEX)
    target.stores.tenants.put(a_tenant(ACME))

    target.import_(a_full_unit().export())

    assert [] == [*target.stores.tickets.all(ACME), *target.stores.directory.members(ACME)]
    assert {GLOBEX} == {record.data["tenant_id"] for record in target.records() if record.kind == "decision"}


def brought(*records: Tenant | Member | Decision | Message | Subscription, target: PortableUnit) -> PortableUnit:
    """A tenant after an import of these."""
    target.import_(pack([to_record(record) for record in records], created_at=NOW)[0])
    return target


def rules(*modes: Mode, threshold: float = 0.8) -> Settings:
    """Settings that trust us so far with comments, new tickets and moves."""
    kinds = (ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE)
    return Settings(
        rules={kind: Rule(mode=mode, threshold=threshold) for kind, mode in zip(kinds, modes, strict=False)}
    )


def test_an_import_trusts_us_no_further_than_the_tenant_did() -> None:
    """Each kind of action takes the more cautious mode and threshold; what the archive leaves out is no way around."""
    target = PortableUnit(GLOBEX)
    target.stores.tenants.put(a_tenant(GLOBEX, settings=rules(Mode.OFF, Mode.PROPOSE, Mode.AUTO, threshold=0.9)))

    brought(a_tenant(settings=rules(Mode.AUTO, Mode.AUTO, Mode.AUTO, threshold=0.1)), target=target)
    first = target.stores.tenants.get(GLOBEX).settings.rules
    brought(a_tenant(settings=Settings(rules={})), target=target)

    assert rules(Mode.OFF, Mode.PROPOSE, Mode.AUTO, threshold=0.9).rules == first
    assert Mode.OFF is target.stores.tenants.get(GLOBEX).settings.rules[ActionKind.COMMENT].mode


def test_an_import_has_us_read_no_more_than_the_tenant_did() -> None:
    """A channel that was closed to us stays closed."""
    target = PortableUnit(GLOBEX)
    own = Settings(channels=Channels(allow=("C0ENG",), deny=("C0HR",)))
    target.stores.tenants.put(a_tenant(GLOBEX, settings=own))

    brought(a_tenant(settings=Settings(channels=Channels(allow=("C0HR",), deny=("C0LAW",)))), target=target)

    assert Channels(allow=("C0ENG",), deny=("C0HR", "C0LAW")) == target.stores.tenants.get(GLOBEX).settings.channels


@pytest.mark.parametrize("own", PrivateCode)
@pytest.mark.parametrize("theirs", PrivateCode)
def test_an_import_shows_no_more_of_private_repositories(own: PrivateCode, theirs: PrivateCode) -> None:
    """The more cautious of the two holds."""
    target = PortableUnit(GLOBEX)
    target.stores.tenants.put(a_tenant(GLOBEX, settings=Settings(private_code=own)))
    brought(a_tenant(settings=Settings(private_code=theirs)), target=target)
    holds = target.stores.tenants.get(GLOBEX).settings.private_code
    assert min(own, theirs, key=["nothing", "links", "everything"].index) is holds


@pytest.mark.parametrize(("own", "theirs"), [(True, False), (False, True), (False, False)])
def test_an_import_does_not_end_shadow_mode(own: bool, theirs: bool) -> None:
    """Who had us only watch, here or there, is asked nothing."""
    target = PortableUnit(GLOBEX)
    target.stores.tenants.put(a_tenant(GLOBEX, settings=Settings(shadow=own)))

    brought(a_tenant(settings=Settings(shadow=theirs)), target=target)

    assert (own or theirs) is target.stores.tenants.get(GLOBEX).settings.shadow


@pytest.mark.parametrize("state", DecisionState)
def test_decisions_come_in_as_history(state: DecisionState) -> None:
    """Nothing that waits for a person or for us, nothing that could be undone by a call we did not write."""
    inverse = '{"operation": "issueDelete", "variables": {"id": "another"}, "unless_left": "s-todo"}'
    part = Outcome(external_id="c-1", url="https://linear.app/acme/issue/ENG-1#c-1", inverse=inverse)
    outcome = part.model_copy(update={"parts": (part,)})
    target = brought(a_decision(state=state, outcome=outcome, performed="digest-1"), target=PortableUnit(GLOBEX))

    [decision] = target.stores.decisions.since(GLOBEX, NOW - timedelta(days=1))

    assert not decision.undoable
    assert decision.outcome == outcome.model_copy(update={"inverse": NOTHING_TO_UNDO, "parts": ()})
    assert decision.state in OVER
    assert (decision.state, decision.error) == (
        (state, None) if state in OVER else (DecisionState.DISMISSED, NOT_BROUGHT_ALONG)
    )


@pytest.mark.parametrize("delivery", ReportChannel)
def test_an_import_has_nobody_mailed_who_has_not_proven_the_address_here(delivery: ReportChannel) -> None:
    """Neither by a wish for mail nor by one for a chat in which the person is not, whichever comes first."""
    stranger = a_member("eve", slack_id=None, email="eve@evil.test", emails=("eve@evil.test", "ada@acme.test"))
    wish = Subscription(member_id=stranger.id, delivery=delivery)
    target = PortableUnit(GLOBEX)
    target.stores.accounts.put(an_account(GLOBEX))

    brought(wish, stranger, target=target)

    [member] = target.stores.directory.members(GLOBEX)
    assert (None, ("ada@acme.test",)) == (member.email, member.emails)
    assert [] == [*target.stores.subscriptions.all(GLOBEX), *target.schedules.recurring]


def test_whoever_has_an_account_goes_on_being_mailed() -> None:
    """The address was proven in this very tenant, however it is written."""
    target = PortableUnit(GLOBEX)
    target.stores.accounts.put(an_account(GLOBEX))
    wish = Subscription(member_id="U0ADA", delivery=ReportChannel.EMAIL)

    brought(a_member(email="Ada@Acme.test"), wish, target=target)

    assert [wish] == list(target.stores.subscriptions.all(GLOBEX))
    assert [(GLOBEX, "standup.U0ADA")] == list(target.schedules.recurring)


def test_an_import_makes_nobody_somebody() -> None:
    """By a person's word two accounts are one, and whoever has them is told what is one's own: nobody here said so."""
    eve = a_member("eve", linear_id="u-ada", confirmed=(Provider.SLACK, Provider.LINEAR))
    target = brought(eve, target=PortableUnit(GLOBEX))

    [member] = target.stores.directory.members(GLOBEX)
    ada = a_member("ada", slack_id=None, linear_id="u-ada")
    in_chat, in_tracker = [a_member("eve", linear_id=None)], [ada]
    people = matched(VendorPeople(Provider.SLACK, in_chat), VendorPeople(Provider.LINEAR, in_tracker), [member])

    assert [{Provider.SLACK}, {Provider.LINEAR}] == [set(person.accounts) for person in people]


def test_what_comes_from_the_future_is_of_today() -> None:
    """Or no retention would ever reach it, and no later judgement win over it."""
    late = NOW + timedelta(days=900)
    decision = a_decision(state=DecisionState.LOGGED, as_of=late, updated_at=late)
    target = brought(decision, a_message(received_at=late), target=PortableUnit(GLOBEX))

    [message] = target.stores.messages.since(GLOBEX, NOW - timedelta(days=1))
    [kept] = target.stores.decisions.since(GLOBEX, NOW - timedelta(days=1))

    assert {NOW + timedelta(days=1)} == {message.received_at, kept.as_of, kept.updated_at}
