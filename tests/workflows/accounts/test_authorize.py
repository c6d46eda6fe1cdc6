"""Who is calling: by the credential, and then by the tenant's own rows."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.accounts import Account, ApiKey, Caller, Identity, Role, Scope
from pm_assistant.domain.errors import Unauthenticated, UpstreamUnavailable
from pm_assistant.domain.tenants import TenantState
from pm_assistant.workflows.accounts.authorize import NOTED_EVERY, REFUSALS, authorize, caller_of, identity_in
from pm_assistant.workflows.accounts.keys import create_key
from tests.builders import ACME, GLOBEX, NOW, a_tenant
from tests.fakes.accounts import FakeVerifier
from tests.fakes.stores import FakeAccounts, FakeApiKeys, FakeStores, FakeTenants
from tests.fakes.unit import FakeApplication, FakeUnit

ADA = Account(id="user-1", tenant_id=ACME, email="ada@acme.test", role=Role.ADMIN, created_at=NOW)
LOGIN = Identity(
    kind="account",
    id=ADA.id,
    tenant_id=ACME,
    issued_at=NOW - timedelta(minutes=10),
    expires_at=NOW + timedelta(minutes=50),
)
OWNER = Caller(tenant_id=ACME, kind="account", id="user-1", name="ada@acme.test", scope=Scope.OWNER)
WORDS = {"form", "key", "signature"}


class AuthorizeApp(FakeApplication):
    """An application that knows one login, called `good`; `asked` says which of its parts were asked for."""

    def __init__(self, verifier: FakeVerifier | None = None) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._verifier = verifier or FakeVerifier(good=LOGIN)

    @property
    def verifier(self) -> FakeVerifier:
        """Who tells genuine id tokens from others."""
        self.asked.append("verifier")
        return self._verifier

    @verifier.setter
    def verifier(self, verifier: FakeVerifier) -> None:
        self._verifier = verifier

    @property
    def stores(self) -> FakeStores:
        """All stores."""
        self.asked.append("stores")
        return self._stores

    @stores.setter
    def stores(self, stores: FakeStores) -> None:
        self._stores = stores

    def key(self, name: str = "CI", scope: Scope = Scope.RUN) -> tuple[ApiKey, str]:
        """Make a key, which does not count as asked."""
        return create_key(name, scope, OWNER, FakeUnit(ACME, stores=self._stores))


def test_a_login_is_named_with_its_times() -> None:
    """In strings only, as API Gateway hands them on; and read back it is the same."""
    app = AuthorizeApp()

    context = authorize("Bearer good", app)

    assert ["verifier"] == app.asked
    times = {"issued_at": "1795166400", "expires_at": "1795170000"}
    assert {"kind": "account", "id": "user-1", "tenant": ACME, **times} == context
    assert LOGIN == identity_in(context)


def test_a_proven_address_goes_with_the_login() -> None:
    """By it alone it is known who operates the service; an address that was not proven does not come along."""
    app = AuthorizeApp(FakeVerifier(good=LOGIN.model_copy(update={"email": "olive@operator.test"})))

    context = authorize("Bearer good", app)

    assert "olive@operator.test" == context["email"]
    assert "olive@operator.test" == identity_in(context).email


@pytest.mark.parametrize(
    ("identity", "is_operator"),
    [
        (LOGIN.model_copy(update={"email": "Olive@Operator.test"}), True),
        (LOGIN.model_copy(update={"email": "olive@operator.test.evil.test"}), False),
        (LOGIN, False),
        (Identity(kind="key", id="k1", tenant_id=ACME, email="olive@operator.test"), False),
    ],
)
def test_who_operates_the_service_is_known_by_a_persons_proven_address(identity: Identity, is_operator: bool) -> None:
    """However it is spelt; no other address, none that was not proven, and no key."""
    assert is_operator is identity.is_operator(("olive@OPERATOR.test",))
    assert not identity.is_operator(())


def test_a_key_is_named_by_its_id() -> None:
    """It has no times; its row says whether it still counts."""
    app = AuthorizeApp()
    key, secret = app.key()

    context = authorize(f"bearer  {secret}", app)

    assert ["stores"] == app.asked
    assert {"kind": "key", "id": key.id, "tenant": ACME} == context
    assert Identity(kind="key", id=key.id, tenant_id=ACME) == identity_in(context)


def test_a_key_opens_with_its_own_secret_and_for_its_own_tenant() -> None:
    """Any other spelling is refused with a word that does not say what was wrong."""
    app = AuthorizeApp()
    key, whole = app.key()
    other, _ = app.key("CD", Scope.ADMIN)
    secret = whole.rpartition("_")[2]
    wrong = (
        f"pma_{ACME}_{key.id}_{'0' * 64}",
        f"pma_{ACME}_{other.id}_{secret}",
        f"pma_{GLOBEX}_{key.id}_{secret}",
        f"pma_{ACME}_{key.id}_{key.digest}",
        f"pma_{ACME}_0000000000000000_{secret}",
    )

    assert [{"refused": "key"}] * len(wrong) == [authorize(f"Bearer {attempt}", app) for attempt in wrong]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "good",
        "Bearer",
        "Bearer ",
        "Basic good",
        "Bearer good, Bearer good",
        "Bearer good good",
        "Bearer gööd",
        "Bearer pma_",
        "Bearer pma_acme",
        "Bearer pma_acme_1_",
        "Bearer pma_acme_1_short",
        "Bearer pma_acme#x_1_" + "0" * 64,
        "Bearer pma_acme_1_" + "0" * 65,
        "Bearer pma_acme_1_" + "G" * 64,
    ],
)
def test_what_has_no_credential_s_form_is_not_looked_up(header: str | None) -> None:
    """Nothing is read for it."""
    app = AuthorizeApp()

    assert {"refused": "form"} == authorize(header, app)
    assert "verifier" not in app.asked


@given(header=st.one_of(st.text(max_size=80), st.text(max_size=80).map(lambda junk: f"Bearer {junk}")))
def test_junk_is_refused_in_one_of_our_words(header: str) -> None:
    """Whatever a header holds, none of it comes back."""
    context = authorize(header, AuthorizeApp(FakeVerifier()))

    assert {"refused"} == set(context)
    assert context["refused"] in WORDS


def test_what_cannot_be_told_right_now_is_not_a_refusal() -> None:
    """A refusal would be kept for minutes."""

    class Down(FakeVerifier):
        def verify(self, id_token: str, now: object) -> Identity:
            raise UpstreamUnavailable("later")

    with pytest.raises(UpstreamUnavailable):
        authorize("Bearer good", AuthorizeApp(Down()))


@pytest.mark.parametrize("context", [None, {}, {"refused": "expired"}])
def test_nobody_is_nobody(context: dict[str, str] | None) -> None:
    """Neither a refusal nor the lack of an answer is an identity."""
    with pytest.raises(Unauthenticated):
        identity_in(context)


def test_a_refusal_says_why_in_a_sentence() -> None:
    """So that a program knows to refresh its token, and a person what to do; what is not known is said as it is."""
    for word, said in (*REFUSALS.items(), ("of-a-later-version", "of-a-later-version")):
        with pytest.raises(Unauthenticated, match=f"^the bearer token does not count: {said}$"):
            identity_in({"refused": word})
    assert "expired" in REFUSALS["expired"]


class CallerApp(FakeApplication):
    """An application with a tenant's rows."""

    def __init__(self, account: Account | None = ADA, key: ApiKey | None = None, **tenant: Any) -> None:
        stores = FakeStores(
            accounts=FakeAccounts(*([account] if account else [])),
            api_keys=FakeApiKeys(*([key] if key else [])),
            tenants=FakeTenants(a_tenant(ACME, **tenant), a_tenant(GLOBEX)),
        )
        super().__init__(stores=stores)

    def caller(self, identity: Identity = LOGIN, after: timedelta = timedelta()) -> Caller:
        """Whom the rows make of an identity, so long after now."""
        self.at = NOW + after
        return caller_of(identity, self)


@pytest.mark.parametrize(
    ("role", "scope"), [(Role.MEMBER, Scope.RUN), (Role.ADMIN, Scope.ADMIN), (Role.OWNER, Scope.OWNER)]
)
def test_a_person_may_what_the_role_says_now(role: Role, scope: Scope) -> None:
    """The row decides, not the token."""
    caller = CallerApp(ADA.model_copy(update={"role": role})).caller()

    assert Caller(tenant_id=ACME, kind="account", id="user-1", name="ada@acme.test", scope=scope) == caller


@pytest.mark.parametrize(
    ("app", "after"),
    [
        (CallerApp(account=None), timedelta()),
        (CallerApp(ADA.model_copy(update={"tenant_id": GLOBEX})), timedelta()),
        (CallerApp(ADA.model_copy(update={"sessions_from": NOW})), timedelta()),
        (CallerApp(), timedelta(minutes=50)),
        (CallerApp(state=TenantState.PENDING), timedelta()),
        (CallerApp(state=TenantState.CLOSING, closes_at=NOW), timedelta()),
    ],
    ids=["removed", "of another tenant", "logged out", "expired", "tenant not open", "tenant closed"],
)
def test_a_login_that_no_longer_counts_is_nobody_s(app: CallerApp, after: timedelta) -> None:
    """At once, whatever the gateway has kept."""
    with pytest.raises(Unauthenticated):
        app.caller(after=after)


def test_a_login_without_times_is_none() -> None:
    """It could never end."""
    with pytest.raises(Unauthenticated):
        CallerApp().caller(LOGIN.model_copy(update={"expires_at": None}))
    with pytest.raises(Unauthenticated):
        CallerApp().caller(LOGIN.model_copy(update={"issued_at": None}))


def test_a_login_after_the_logout_counts() -> None:
    """To the second."""
    assert LOGIN.issued_at
    assert CallerApp(ADA.model_copy(update={"sessions_from": LOGIN.issued_at})).caller()


def test_a_tenant_that_is_being_closed_can_still_call_it_off() -> None:
    """Until it is closed."""
    assert CallerApp(state=TenantState.CLOSING, closes_at=NOW + timedelta(days=1)).caller()


def test_a_tenant_that_is_gone_has_no_callers() -> None:
    """Whatever rows deletion has not reached yet."""
    app = CallerApp()
    app.stores.tenants = FakeTenants()

    with pytest.raises(Unauthenticated):
        app.caller()


def a_key(**changes: Any) -> ApiKey:
    """A key of Acme's."""
    own = {"id": "k1", "tenant_id": ACME, "name": "CI", "scope": Scope.RUN, "digest": "0", "created_by": "account:1"}
    return ApiKey(**{**own, "created_at": NOW - timedelta(days=1), **changes})


KEY = Identity(kind="key", id="k1", tenant_id=ACME)


def test_a_program_may_what_its_key_says() -> None:
    """And is named by it."""
    expected = Caller(tenant_id=ACME, kind="key", id="k1", name="CI", scope=Scope.RUN)

    assert expected == CallerApp(key=a_key()).caller(KEY)


def test_a_revoked_key_is_nobody_s() -> None:
    """At once; and a person's id is not a key's."""
    for identity in (KEY, KEY.model_copy(update={"id": ADA.id}), LOGIN.model_copy(update={"id": "k1"})):
        with pytest.raises(Unauthenticated):
            CallerApp().caller(identity)


def test_the_last_use_of_a_key_is_noted_to_the_minute() -> None:
    """So that a busy program does not cost a write each time."""
    app = CallerApp(key=a_key())
    seen = []
    for after in (timedelta(), NOTED_EVERY / 2, NOTED_EVERY):
        app.caller(KEY, after)
        seen.append(app.stores.api_keys.get(ACME, "k1").last_used_at)

    assert [NOW, NOW, NOW + NOTED_EVERY] == seen
