"""Who may act for a tenant, and what is remembered of requests: their stores' promises, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Identity, MailStop, Role
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound
from pm_assistant.domain.jobs import JobState
from pm_assistant.domain.reports import ReportChannel, ReportKind, Subscription
from pm_assistant.ports.accounts import Attempt
from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_browser_session, a_job, a_key, a_tenant, an_account, an_entry, an_invitation
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

LATER = NOW + timedelta(minutes=5)
NOBODYS = "x" * 3_000
"""What an id from outside may look like."""


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by the tests of this module; each test has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def test_an_account_is_its_tenants_until_it_is_removed(stores: Stores) -> None:
    """The same id in another tenant is another account; removing twice is fine."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    ada, grace = an_account(tenant_id, "ada", sessions_from=LATER), an_account(tenant_id, "grace")
    double = an_account(other, "ada", role=Role.OWNER)
    for account in (an_account(tenant_id, "ada"), ada, grace, double):
        stores.accounts.put(account)
    assert {ada, grace} == set(stores.accounts.all(tenant_id))
    for _ in range(2):
        stores.accounts.remove(tenant_id, ada.id)
    for account_id in (ada.id, "", NOBODYS):
        with pytest.raises(NotFound):
            stores.accounts.get(tenant_id, account_id)
    assert double == stores.accounts.get(other, double.id)


def test_whoever_logs_in_is_read_with_the_tenant(stores: Stores) -> None:
    """Both as they are now; neither counts without the other, nor in another tenant."""
    tenant_id, other, gone = a_new_tenant(), a_new_tenant(), a_new_tenant()
    tenant, account, key = a_tenant(tenant_id), an_account(tenant_id, "ada"), a_key(tenant_id, last_used_at=LATER)
    for each in (tenant, a_tenant(other)):
        stores.tenants.put(each)
    stores.accounts.put(account)
    stores.api_keys.put(key)
    stores.accounts.put(an_account(gone, "ada"))

    assert (account, tenant) == stores.partition.login(Identity(kind="account", id=account.id, tenant_id=tenant_id))
    assert (key, tenant) == stores.partition.login(Identity(kind="key", id=key.id, tenant_id=tenant_id))
    for kind, id, owner in (
        ("key", account.id, tenant_id),
        ("account", key.id, tenant_id),
        ("account", account.id, other),
        ("account", an_account(gone, "ada").id, gone),
        ("account", "", tenant_id),
        ("account", NOBODYS, tenant_id),
    ):
        with pytest.raises(NotFound):
            stores.partition.login(Identity.model_validate({"kind": kind, "id": id, "tenant_id": owner}))


def test_an_account_changes_only_from_what_it_was_read_as(stores: Stores) -> None:
    """Who changes what another has changed or removed meanwhile learns of it."""
    tenant_id = a_new_tenant()
    member = an_account(tenant_id, role=Role.MEMBER)
    admin = member.model_copy(update={"role": Role.ADMIN})
    owner = member.model_copy(update={"role": Role.OWNER})
    with pytest.raises(Conflict):
        stores.accounts.replace(admin, before=member)
    stores.accounts.put(member)
    stores.accounts.replace(admin, before=member)
    with pytest.raises(Conflict):
        stores.accounts.replace(owner, before=member)
    assert admin == stores.accounts.get(tenant_id, member.id)
    stores.accounts.remove(tenant_id, member.id)
    with pytest.raises(Conflict):
        stores.accounts.replace(owner, before=admin)


def test_an_invitation_is_open_until_it_is_taken_or_expires(stores: Stores) -> None:
    """One takes it, and only in its own tenant."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    open_, closed = an_invitation(tenant_id), an_invitation(tenant_id, id="invitation-2", expires_at=LATER)
    for invitation in (open_, closed):
        stores.invitations.put(invitation)
    assert {open_, closed} == set(stores.invitations.all(tenant_id, NOW))
    assert [open_] == list(stores.invitations.all(tenant_id, LATER))
    assert closed == stores.invitations.get(tenant_id, closed.id, NOW)
    for owner, invitation_id in ((tenant_id, closed.id), (tenant_id, NOBODYS), (other, open_.id)):
        with pytest.raises(NotFound):
            stores.invitations.get(owner, invitation_id, LATER)
    assert [] == list(stores.invitations.all(other, NOW))
    assert not stores.invitations.remove(other, open_.id)
    assert [True, False] == [stores.invitations.remove(tenant_id, open_.id) for _ in range(2)]


def test_a_login_in_a_browser_is_its_accounts_until_it_is_ended(stores: Stores) -> None:
    """Found by account and secret, listed by account; noting a use neither changes it nor brings it back."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    session, elsewhere = a_browser_session(tenant_id), a_browser_session(tenant_id, digest="1" * 64)
    of_another = a_browser_session(tenant_id, account_id="account-ada-2")
    double = a_browser_session(other)
    for each in (session, elsewhere, of_another, double):
        stores.browser_sessions.put(each)
    for at in (LATER, NOW):
        stores.browser_sessions.seen(session, at)
    used = session.model_copy(update={"seen_at": LATER})
    assert used == stores.browser_sessions.get(tenant_id, session.account_id, session.digest)
    listed = stores.browser_sessions.of_account(tenant_id, session.account_id)
    assert [used, elsewhere] == sorted(listed, key=lambda each: each.digest)
    for _ in range(2):
        stores.browser_sessions.remove(tenant_id, session.account_id, session.digest)
    stores.browser_sessions.seen(session, LATER + timedelta(minutes=1))
    for account_id, digest in ((session.account_id, session.digest), (NOBODYS, "0" * 64), ("account-ada", NOBODYS)):
        with pytest.raises(NotFound):
            stores.browser_sessions.get(tenant_id, account_id, digest)
    assert double == stores.browser_sessions.get(other, session.account_id, session.digest)


def test_a_use_of_a_key_is_noted_unless_it_was_revoked(stores: Stores) -> None:
    """Noting a use neither changes the key nor brings it back, and the last use counts."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    key, double = a_key(tenant_id), a_key(other, name="other")
    for owned in (key, double, a_key(tenant_id, id="key-2", last_used_at=NOW)):
        stores.api_keys.put(owned)
    for at in (LATER, NOW):
        stores.api_keys.used(tenant_id, key.id, at)
    assert key.model_copy(update={"last_used_at": LATER}) == stores.api_keys.get(tenant_id, key.id)
    assert {key.id: LATER, "key-2": NOW} == {owned.id: owned.last_used_at for owned in stores.api_keys.all(tenant_id)}
    for _ in range(2):
        stores.api_keys.remove(tenant_id, key.id)
    stores.api_keys.used(tenant_id, key.id, LATER)
    for key_id in (key.id, NOBODYS):
        with pytest.raises(NotFound):
            stores.api_keys.get(tenant_id, key_id)
    assert double == stores.api_keys.get(other, double.id)


def test_the_audit_trail_is_read_backwards_page_by_page(stores: Stores) -> None:
    """A place that is no entry's is a place, too; another tenant's trail is another one."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    entries = [an_entry(number, detail={"number": str(number)}) for number in range(5)]
    for entry in entries:
        stores.audit.add(tenant_id, entry)
    stores.audit.add(other, an_entry(9))
    newest_first = entries[::-1]
    assert newest_first[:2] == list(stores.audit.latest(tenant_id, limit=2))
    assert newest_first[2:4] == list(stores.audit.latest(tenant_id, before=newest_first[1].id, limit=2))
    assert newest_first[4:] == list(stores.audit.latest(tenant_id, before=newest_first[3].id, limit=2))
    assert [] == list(stores.audit.latest(tenant_id, before=entries[0].id, limit=2))
    assert newest_first == list(stores.audit.latest(tenant_id, before="z", limit=9))
    assert [an_entry(9)] == list(stores.audit.latest(other, limit=9))


def test_an_entry_of_the_audit_trail_never_changes(stores: Stores) -> None:
    """The same again is no change, another under its id is refused."""
    tenant_id = a_new_tenant()
    for _ in range(2):
        stores.audit.add(tenant_id, an_entry())
    with pytest.raises(Conflict):
        stores.audit.add(tenant_id, an_entry(action="key.revoked"))
    assert [an_entry()] == list(stores.audit.latest(tenant_id, limit=9))


def test_an_entry_of_the_audit_trail_may_come_to_say_less(stores: Stores) -> None:
    """In its place; one that is not there does not come to be."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    for number in (1, 2):
        stores.audit.add(tenant_id, an_entry(number, actor_name="ada@acme.test"))
    stores.audit.redact(tenant_id, an_entry(1))
    stores.audit.redact(other, an_entry(1))
    assert [an_entry(2, actor_name="ada@acme.test"), an_entry(1)] == list(stores.audit.latest(tenant_id, limit=9))
    assert [] == list(stores.audit.latest(other, limit=9))


def test_a_window_counts_for_itself(stores: Stores) -> None:
    """Others, other windows and windows of other lengths start from nothing; addresses of any length can be counted."""
    who, other = a_new_tenant(), f"login:{'x' * 3_000}{a_new_tenant()}"
    start = NOW.replace(second=0)
    within = start + timedelta(seconds=59)
    assert [1, 2, 3] == [stores.rate_limiter.count(who, now=at, window_seconds=60) for at in (start, within, within)]
    assert 1 == stores.rate_limiter.count(who, now=start + timedelta(seconds=60), window_seconds=60)
    assert 1 == stores.rate_limiter.count(who, now=start, window_seconds=3_600)
    assert 1 == stores.rate_limiter.count(other, now=start, window_seconds=60)
    looks = [(who, start, 60), (who, within, 60), (who, start - timedelta(seconds=1), 60), (who, start, 3_600)]
    assert [3, 3, 0, 1] == [stores.rate_limiter.counted(w, now=at, window_seconds=size) for w, at, size in looks]


def test_a_repeated_request_gets_the_first_answer_for_a_day(stores: Stores) -> None:
    """The key is the tenant's own."""
    tenant_id, other, idempotency_keys = a_new_tenant(), a_new_tenant(), stores.idempotency_keys
    assert Attempt(NOW) == idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)
    idempotency_keys.finish(tenant_id, "key", answer="answer", now=NOW)
    assert "answer" == idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW + timedelta(hours=23))
    assert Attempt(NOW) == idempotency_keys.begin(other, "key", fingerprint="b", now=NOW)
    tomorrow = NOW + timedelta(hours=24)
    assert Attempt(tomorrow) == idempotency_keys.begin(tenant_id, "key", fingerprint="b", now=tomorrow)


def test_a_request_that_is_being_done_is_not_done_twice(stores: Stores) -> None:
    """Until it is given up, or its time has run out because whoever did it crashed: then it is the same one again."""
    tenant_id, idempotency_keys = a_new_tenant(), stores.idempotency_keys
    assert Attempt(NOW) == idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)
    with pytest.raises(Conflict):
        idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)
    idempotency_keys.give_up(tenant_id, "key")
    for at in (NOW + timedelta(seconds=1), LATER):
        assert Attempt(NOW, again=True) == idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=at)
        with pytest.raises(Conflict):
            idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=at)
    idempotency_keys.finish(tenant_id, "key", answer="answer", now=LATER)
    assert "answer" == idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=LATER)


def test_a_request_that_was_given_up_is_another_one_a_day_later(stores: Stores) -> None:
    """Nothing of it is known any more; until then its key is for nothing else."""
    tenant_id, idempotency_keys = a_new_tenant(), stores.idempotency_keys
    idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)
    idempotency_keys.give_up(tenant_id, "key")
    with pytest.raises(InvalidRequest):
        idempotency_keys.begin(tenant_id, "key", fingerprint="b", now=LATER)
    tomorrow = NOW + timedelta(hours=24)
    assert Attempt(tomorrow) == idempotency_keys.begin(tenant_id, "key", fingerprint="b", now=tomorrow)


def test_a_key_is_for_one_request(stores: Stores) -> None:
    """A different request under it is refused while the first is being done, and when it has been."""
    tenant_id, idempotency_keys = a_new_tenant(), stores.idempotency_keys
    idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)
    for _ in range(2):
        with pytest.raises(InvalidRequest) as refused:
            idempotency_keys.begin(tenant_id, "key", fingerprint="b", now=NOW)
        assert "Idempotency-Key" == refused.value.field
        idempotency_keys.finish(tenant_id, "key", answer="answer", now=NOW)


def test_an_answer_that_was_given_is_not_given_up(stores: Stores) -> None:
    """`give_up` is for a request without one."""
    tenant_id, idempotency_keys = a_new_tenant(), stores.idempotency_keys
    idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)
    idempotency_keys.finish(tenant_id, "key", answer="answer", now=NOW)
    idempotency_keys.give_up(tenant_id, "key")
    assert "answer" == idempotency_keys.begin(tenant_id, "key", fingerprint="a", now=NOW)


def test_a_person_has_one_subscription_of_each_kind(stores: Stores) -> None:
    """A new wish replaces the old one; the same person's id in another tenant is another person's."""
    tenant_id, other, wishes = a_new_tenant(), a_new_tenant(), stores.subscriptions
    daily, weekly = Subscription(member_id="U1"), Subscription(member_id="U1", kind=ReportKind.WEEKLY)
    for wish in (daily, weekly, moved := daily.model_copy(update={"hour": 8, "delivery": ReportChannel.EMAIL})):
        wishes.put(tenant_id, wish)
    wishes.put(other, daily)
    assert {moved, weekly} == set(wishes.all(tenant_id))
    assert [moved, weekly] == [wishes.get(tenant_id, wish.id) for wish in (daily, weekly)]
    assert [None, None] == [wishes.get(other, weekly.id), wishes.get(tenant_id, "standup.U2")]
    for _ in range(2):
        wishes.remove(tenant_id, weekly.id)
    assert [moved] == list(wishes.all(tenant_id))
    assert [daily] == list(wishes.all(other))


def test_a_tenants_links_are_signed_with_one_key_of_its_own(stores: Stores) -> None:
    """It is made when it is first needed, and stays; whoever only looks makes none."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    assert None is stores.mail.link_key(tenant_id)
    key = stores.mail.make_link_key(tenant_id)
    assert 32 == len(key)
    assert [key, key] == [stores.mail.link_key(tenant_id), stores.mail.make_link_key(tenant_id)]
    assert None is stores.mail.link_key(other)
    assert key != stores.mail.make_link_key(other)


def test_an_address_is_sent_nothing_until_it_is_again(stores: Stores) -> None:
    """However it is spelt, and by this tenant alone."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    stop = MailStop(email="Ada@acme.test", reason="Complaint", at=NOW)
    stores.mail.stop(tenant_id, stop)
    assert [stop, None] == [stores.mail.stopped(each, "ada@ACME.test") for each in (tenant_id, other)]
    assert [[stop], []] == [list(stores.mail.stops(each)) for each in (tenant_id, other)]
    assert None is stores.mail.stopped(tenant_id, "bob@acme.test")
    for _ in range(2):
        stores.mail.resume(tenant_id, "ADA@acme.test")
    assert None is stores.mail.stopped(tenant_id, "ada@acme.test")


def test_runs_are_read_by_id_and_newest_first(stores: Stores) -> None:
    """As they were put last; another tenant finds none of them."""
    tenant_id, other, log = a_new_tenant(), a_new_tenant(), stores.jobs
    jobs = [a_job(tenant_id, number) for number in range(4)]
    for job in jobs:
        log.put(job)
    done = jobs[1].model_copy(
        update={"state": JobState.DONE, "done": 3, "total": 3, "results": ({"counts": {"a": 1}},)}
    )
    log.put(done)
    assert done == log.get(tenant_id, done.id)
    assert [jobs[3], jobs[2]] == list(log.latest(tenant_id, limit=2))
    assert [done, jobs[0]] == list(log.latest(tenant_id, before=jobs[2].id, limit=2))
    assert [] == list(log.latest(other, limit=2))
    for owner, job_id in ((other, done.id), (tenant_id, NOBODYS)):
        with pytest.raises(NotFound):
            log.get(owner, job_id)


def test_a_run_changes_only_from_what_was_read(stores: Stores) -> None:
    """Who read it before another changed it reads again; the very same change again is no conflict."""
    tenant_id, log = a_new_tenant(), stores.jobs
    before = a_job(tenant_id)
    log.put(before)
    after, other = (before.model_copy(update={"results": ({"step": number},)}) for number in (1, 2))
    for _ in range(2):
        log.replace(after, before=before)
    with pytest.raises(Conflict):
        log.replace(other, before=before)
    assert after == log.get(tenant_id, before.id)
    absent = a_job(tenant_id, 2)
    with pytest.raises(Conflict):
        log.replace(absent, before=absent)
