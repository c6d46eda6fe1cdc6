"""What somebody who means harm can try at the deployed stack's doors: all of it refused, and logged without secrets."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.local.client import CODES, Form
from pm_assistant.aws.accounts import AppClient
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime import wiring
from pm_assistant.workflows.accounts.authorize import REFUSALS
from tests.builders import a_pull_request, a_repository
from tests.flow.teams import (
    GITHUB,
    LINEAR,
    PASSWORD,
    SLACK,
    Json,
    Logs,
    OAuthBrowser,
    Team,
    Teams,
    an_hour_passes,
    ask,
    comparable,
)

pytestmark = pytest.mark.stack

EVIL = "evil.example"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class GivenTwoTeams:
    """Two teams on one stack: the victim has all three vendors, the attacker a team of its own and bad intentions."""

    teams: Teams
    victim: Team
    attacker: Team
    logs: Logs

    @contextmanager
    def browser(self) -> Iterator[OAuthBrowser]:
        """A browser of its own; what it carries is secret."""
        browser = OAuthBrowser(self.logs.secrets)
        yield browser
        browser.http.close()


@pytest.fixture
def given(teams: Teams) -> Iterator[GivenTwoTeams]:
    """The teams; afterwards the functions' logs hold nothing secret of what was sent meanwhile."""
    victim = teams.connected_team("victim@honest.example", "Honest")
    attacker = teams.registered("mallory@evil.example", "Mallory")
    logs = Logs(teams.outside)
    logs.secrets += [PASSWORD, victim.bearer, attacker.bearer]
    yield GivenTwoTeams(teams, victim, attacker, logs)
    text = logs.text()
    assert [] == [secret for secret in logs.secrets if secret in text]


# ---- who is calling


def part(value: Mapping[str, Any] | bytes) -> str:
    """A part of a JWT."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parts(team: Team) -> tuple[Json, Json, str]:
    """Header, claims and signature of somebody's genuine id token."""
    header, claims = (json.loads(base64.urlsafe_b64decode(each + "==")) for each in team.bearer.split(".")[:2])
    return header, claims, team.bearer.rsplit(".", 1)[1]


def published(given: GivenTwoTeams) -> Any:
    """The user pool's first public key."""
    described = given.teams.outside.described
    url = f"{described['aws_endpoint_url']}/{described['user_pool_id']}/.well-known/jwks.json"
    return jwt.PyJWK(httpx.get(url).json()["keys"][0]).key


def unsigned(given: GivenTwoTeams) -> str:
    """The victim's claims, and the word of the token itself that no signature is needed."""
    header, claims, _ = parts(given.victim)
    return f"{part(header | {'alg': 'none'})}.{part(claims)}."


def signed_with_what_is_public(given: GivenTwoTeams) -> str:
    """The victim's claims, signed with the pool's public key as if that were a shared secret."""
    header, claims, _ = parts(given.victim)
    secret = published(given).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{part(header | {'alg': 'HS256'})}.{part(claims)}"
    return f"{signed}.{part(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def signed_by_oneself(given: GivenTwoTeams) -> str:
    """The victim's claims, signed with a key of one's own under the name of the pool's."""
    header, claims, _ = parts(given.victim)
    return jwt.encode(claims, generate_private_key(65537, 2048), algorithm="RS256", headers={"kid": header["kid"]})


def with_a_foreign_signature(given: GivenTwoTeams) -> str:
    """The victim's claims under the signature of the attacker's own token."""
    header, claims, _ = parts(given.victim)
    return f"{part(header)}.{part(claims)}.{parts(given.attacker)[2]}"


def for_another_client(given: GivenTwoTeams) -> str:
    """A token that the same pool issued to another of its clients."""
    users, pool = wiring.client("cognito-idp"), given.teams.outside.described["user_pool_id"]
    made = users.create_user_pool_client(
        UserPoolId=pool,
        ClientName="other",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
        GenerateSecret=True,
    )
    client_id = made["UserPoolClient"]["ClientId"]
    tokens = directory_session(given, client_id)
    users.delete_user_pool_client(UserPoolId=pool, ClientId=client_id)
    return tokens["IdToken"]


def access_token(given: GivenTwoTeams) -> str:
    """The access token of the attacker's own login, which the product hands out to nobody."""
    return directory_session(given, given.teams.outside.described["user_pool_client_id"])["AccessToken"]


def directory_session(given: GivenTwoTeams, client_id: str) -> dict[str, str]:
    """What the user directory hands out for a login, seen past the product."""
    users, pool, email = (
        wiring.client("cognito-idp"),
        given.teams.outside.described["user_pool_id"],
        given.attacker.email,
    )
    proof = AppClient(users, user_pool_id=pool, client_id=client_id).proof(email)
    auth_parameters = {"USERNAME": email, "PASSWORD": PASSWORD, "SECRET_HASH": proof}
    answer = users.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters=auth_parameters,
    )
    found: dict[str, str] = answer["AuthenticationResult"]
    return found


@contextmanager
def short_lives(given: GivenTwoTeams, seconds: int) -> Iterator[None]:
    """Have id tokens end soon after they were issued."""
    users, described = wiring.client("cognito-idp"), given.teams.outside.described
    client = {"UserPoolId": described["user_pool_id"], "ClientId": described["user_pool_client_id"]}
    known = users.describe_user_pool_client(**client)["UserPoolClient"]
    units = known["TokenValidityUnits"]
    users.update_user_pool_client(**client, IdTokenValidity=seconds, TokenValidityUnits=units | {"IdToken": "seconds"})
    yield
    users.update_user_pool_client(**client, IdTokenValidity=known["IdTokenValidity"], TokenValidityUnits=units)


def expired(given: GivenTwoTeams) -> str:
    """The victim's own token, a moment after its end."""
    with short_lives(given, 1):
        token = given.teams.logged_in_as(given.victim.email).bearer
    time.sleep(1.1)
    return token


def key_with_a_wrong_secret(given: GivenTwoTeams) -> str:
    """The name of the victim's key with a secret of one's own."""
    return f"{a_key(given.victim).rpartition('_')[0]}_{uuid.uuid4().hex * 2}"


def key_renamed_to_another_tenant(given: GivenTwoTeams) -> str:
    """One's own key, said to be the victim's."""
    return a_key(given.attacker).replace(given.attacker.tenant_id, given.victim.tenant_id)


def key_without_a_secret(given: GivenTwoTeams) -> str:
    """A name alone."""
    return a_key(given.victim).rpartition("_")[0]


def a_key(team: Team, scope: str = "admin") -> str:
    """A key of a team."""
    key: str = team.api.post("/v1/keys", name="for a test", scope=scope)["key"]
    return key


def nonsense(given: GivenTwoTeams) -> str:
    """Something else."""
    return "certainly.not.one"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (unsigned, "algorithm"),
        (signed_with_what_is_public, "algorithm"),
        (signed_by_oneself, "signature"),
        (with_a_foreign_signature, "signature"),
        (for_another_client, "audience"),
        (access_token, "form"),
        (expired, "expired"),
        (key_with_a_wrong_secret, "key"),
        (key_renamed_to_another_tenant, "key"),
        (key_without_a_secret, "form"),
        (nonsense, "form"),
    ],
)
def test_a_credential_that_proves_nothing_is_refused(
    given: GivenTwoTeams, make: Callable[[GivenTwoTeams], str], reason: str
) -> None:
    """The answer says why, the log in one word, and neither repeats it."""
    credential = make(given)
    given.logs.secrets.append(credential)

    answer = given.attacker.send("GET", "/v1/me", bearer=credential)

    assert (401, PROBLEM) == (answer.status_code, answer.headers["content-type"])
    assert f"the bearer token does not count: {REFUSALS[reason]}" == answer.json()["detail"]
    given.logs.await_line("authorize", "caller refused", reason=reason)


def test_the_gateways_memory_does_not_outlive_a_token(given: GivenTwoTeams) -> None:
    """It remembers for five minutes who a token was; the API itself looks at when the token ends."""
    with short_lives(given, 6):
        token = given.teams.logged_in_as(given.victim.email).bearer
    given.logs.secrets.append(token)
    assert 200 == given.victim.send("GET", "/v1/me", bearer=token).status_code

    time.sleep(6.1)

    answer = given.victim.send("GET", "/v1/me", bearer=token)
    assert (401, f"the bearer token does not count: {REFUSALS['expired']}") == (
        answer.status_code,
        answer.json()["detail"],
    )


@pytest.mark.parametrize("header", [None, "Basic dmljdGltOnBhc3N3b3Jk", "Bearer", ""])
def test_nobody_comes_in_without_a_bearer_token(given: GivenTwoTeams, header: str | None) -> None:
    """Whether there is another header or none."""
    headers = {} if header is None else {"authorization": header}

    assert 401 == ask(given.teams.outside, "GET", "/v1/me", **headers).status_code


def test_a_key_does_no_more_than_its_scope(given: GivenTwoTeams) -> None:
    """Reading is not running, running is not administering, and no key closes the tenant or makes keys."""
    wanted = [
        ("read", "POST", "/v1/workflows/sync", {}),
        ("read", "PUT", "/v1/subscriptions/somebody/standup", {}),
        ("run", "PATCH", "/v1/settings", {"settle_seconds": 1}),
        ("run", "POST", "/v1/connections/slack/link", None),
        ("admin", "DELETE", "/v1/tenant", {"confirm": "Honest"}),
        ("admin", "POST", "/v1/keys", {"name": "another"}),
    ]
    keys = {scope: a_key(given.victim, scope) for scope in ("read", "run", "admin")}
    given.logs.secrets += keys.values()

    answers = [given.victim.send(method, path, body, bearer=keys[scope]) for scope, method, path, body in wanted]

    assert [403] * len(wanted) == [answer.status_code for answer in answers]
    for _, _, path, _ in wanted:
        given.logs.await_line("api", "request refused", path=path, status=403)


def test_nobody_gets_past_our_doors_to_the_directory(given: GivenTwoTeams) -> None:
    """Its doors are open to the internet and our client's id is in every token, but its secret is not."""
    users, described = wiring.client("cognito-idp"), given.teams.outside.described
    assert given.attacker.api.login is not None
    token = given.attacker.api.login.refresh_token.partition(".")[2]
    client = {"ClientId": described["user_pool_client_id"]}
    ours, proven = {**client, "Username": given.attacker.email}, {"ConfirmationCode": CODES["forgot"]}
    mails = len(given.attacker.mails(""))

    attempts: tuple[Callable[[], object], ...] = (
        lambda: users.sign_up(**client, Username="new@evil.example", Password=PASSWORD),
        lambda: users.confirm_sign_up(**ours, **proven),
        lambda: users.resend_confirmation_code(**ours),
        lambda: users.forgot_password(**ours),
        lambda: users.confirm_forgot_password(**ours, **proven, Password="quite another one"),
        lambda: users.initiate_auth(**client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}),
    )
    for attempt in attempts:
        with pytest.raises(users.exceptions.NotAuthorizedException):
            attempt()

    assert mails == len(given.attacker.mails(""))


def test_whose_somebody_is_can_only_be_written_by_us(given: GivenTwoTeams) -> None:
    """Not even with the client's secret is it said while registering."""
    users, described = wiring.client("cognito-idp"), given.teams.outside.described
    email, client_id = f"past-{uuid.uuid4().hex[:8]}@evil.example", described["user_pool_client_id"]
    app = AppClient(users, user_pool_id=described["user_pool_id"], client_id=client_id)

    with pytest.raises(users.exceptions.NotAuthorizedException):
        users.sign_up(
            ClientId=client_id,
            SecretHash=app.proof(email),
            Username=email,
            Password=PASSWORD,
            UserAttributes=[{"Name": "custom:tenant", "Value": given.victim.tenant_id}],
        )


# ---- whose it is


def test_a_tenant_that_is_named_in_a_request_is_not_believed(given: GivenTwoTeams) -> None:
    """In headers it is not looked at, in a query or a body it is refused."""
    victim, attacker = given.victim.tenant_id, given.attacker.tenant_id
    smuggled = {"x_tenant_id": victim, "tenant": victim, "x_amzn_tenant": victim, "cookie": f"tenant={victim}"}
    mine = f"Bearer {given.attacker.bearer}"

    answer = ask(given.teams.outside, "GET", "/v1/me", authorization=mine, **smuggled)
    assert (200, attacker) == (answer.status_code, answer.json()["tenant_id"])
    for query in (f"tenant_id={victim}", f"custom:tenant={victim}"):
        assert 422 == ask(given.teams.outside, "GET", f"/v1/me?{query}", authorization=mine).status_code

    bodies = [("PATCH", "/v1/settings"), ("PATCH", "/v1/tenant"), ("POST", "/v1/keys"), ("POST", "/auth/login")]
    for method, path in bodies:
        answer = given.attacker.send(method, path, {"tenant_id": victim, "name": "x"})
        assert 422 == answer.status_code
        assert "body.tenant_id" in [flaw["field"] for flaw in answer.json()["errors"]]
    assert "Honest" == given.victim.api.get("/v1/me")["tenant_name"]


def guesses_until_refused(given: GivenTwoTeams, email: str) -> tuple[list[int], httpx.Response]:
    """Guess a password until no guess counts any more: what was answered before, and to the first that did not."""
    answers = (ask_auth(given, "login", email=email, password=f"guess number {n}") for n in range(21))
    wrong: list[int] = []
    for answer in answers:
        if answer.status_code == 429:
            return wrong, answer
        wrong.append(answer.status_code)
    pytest.fail(f"all of {wrong} were heard")


def test_attempts_to_log_in_are_counted(given: GivenTwoTeams) -> None:
    """After ten within five minutes even the right password is refused, known address or not, and says until when."""
    for email in (given.victim.email, "nobody@evil.example"):
        an_hour_passes()
        wrong, refused = guesses_until_refused(given, email)
        if (seconds_left := int(refused.headers["retry-after"])) < 30:  # five minutes end before the next attempt
            time.sleep(seconds_left + 1)
            wrong, _ = guesses_until_refused(given, email)
        right = ask_auth(given, "login", email=email, password=PASSWORD)

        assert {401} == set(wrong)
        assert len(wrong) >= 10  # more where five minutes end meanwhile, up to twice as many
        assert 429 == right.status_code
        assert 0 < int(right.headers["retry-after"]) <= 300
    an_hour_passes()
    assert 10 <= len(given.victim.trail("login.refused"))
    given.logs.await_line("api", "request refused", path="/auth/login", status=429)


def ask_auth(given: GivenTwoTeams, name: str, **body: object) -> httpx.Response:
    """Call a route that needs no login."""
    return ask(given.teams.outside, "POST", f"/auth/{name}", body)


@pytest.mark.parametrize(
    ("name", "more", "status", "mailed"),
    [
        ("register", {"password": "quite another one", "team_name": "Mine"}, 202, 1),
        ("verify", {"code": "000000", "registration": uuid.uuid4().hex}, 400, 0),
        ("verify/resend", {}, 202, 1),  # on AWS none: the address is proven already
        ("login", {"password": "quite another one"}, 401, 0),
        ("password/forgot", {}, 202, 1),
        ("password/reset", {"code": "000000", "password": "quite another one"}, 400, 0),
    ],
)
def test_no_answer_tells_whether_an_address_is_known(
    given: GivenTwoTeams, name: str, more: Mapping[str, str], status: int, mailed: int
) -> None:
    """Status, body and headers are the same; only the mailbox learns more."""
    an_hour_passes()
    mails = len(given.victim.mails(""))

    known = ask_auth(given, name, email=given.victim.email, **more)
    unknown = ask_auth(given, name, email=f"nobody-{uuid.uuid4().hex[:8]}@evil.example", **more)

    assert status == known.status_code
    assert comparable(known) == comparable(unknown)
    assert mails + mailed == len(given.victim.mails(""))


# ---- links, states, codes


def is_page(answer: httpx.Response, status: int, title: str) -> None:
    """Whether it is a page for people, with this title, that leads nowhere else."""
    assert (status, True) == (answer.status_code, f">{title}</h1>" in answer.text), answer.text
    assert "text/html; charset=utf-8" == answer.headers["content-type"]
    assert "location" not in answer.headers


def is_refused(given: GivenTwoTeams, answer: httpx.Response, status: int, title: str, reason: str) -> None:
    """Whether connecting was refused for that reason: on the page, in the log, and nothing was changed by it."""
    is_page(answer, status, title)
    given.logs.await_line("connect", "connecting refused", reason=reason)
    assert dict.fromkeys(Provider, "none") == given.attacker.states()
    assert dict.fromkeys(Provider, "connected") == given.victim.states()


def public(given: GivenTwoTeams, path: str, **query: str) -> str:
    """An address of the product."""
    return f"{given.teams.outside.described['public_url']}{path}{'?' if query else ''}{urlencode(query)}"


def code_of(callback: str) -> str:
    """The code that a vendor's answer carries."""
    return parse_qs(urlsplit(callback).query)["code"][0]


def state_of(address: str) -> str:
    """The state that an authorization carries to the vendor and back."""
    return parse_qs(urlsplit(address).query)["state"][0]


def test_a_link_from_elsewhere_asks_before_it_leads_anywhere(given: GivenTwoTeams) -> None:
    """Or whoever got a victim to open a link would have the victim's workspace; no other site can give the answer."""
    asked = "Do you know this team?"
    with given.browser() as victims, given.browser() as attackers:
        link = given.attacker.link(SLACK)
        page = victims.http.get(link)
        is_page(page, 200, asked)
        assert "Mallory" in page.text
        assert given.attacker.email in page.text

        for answer in ({}, {"answer": ""}, Form(attackers.http.get(link).text).fields):
            is_page(victims.http.post(link, data=answer), 200, asked)
        is_page(httpx.post(link, data=Form(page.text).fields), 200, asked)


def test_a_forged_replayed_or_foreign_link_does_not_open(given: GivenTwoTeams) -> None:
    """Each opens once, for its own team and vendor."""
    link = given.victim.link(SLACK)
    random = link.rpartition(".")[2]
    with given.browser() as browser:
        forged = [
            public(given, "/oauth/slack/start"),
            public(given, "/oauth/slack/start", link=""),
            public(given, "/oauth/slack/start", link=f"{given.victim.tenant_id}.{'A' * 43}"),
            public(given, "/oauth/slack/start", link=f"{given.attacker.tenant_id}.{random}"),
            public(given, "/oauth/slack/start", link=f"../{given.victim.tenant_id}.{random}"),
        ]
        for address in forged:
            is_refused(given, browser.http.get(address), 410, "This link no longer opens", "link_invalid")

        browser.open_link(link)
        is_refused(given, browser.http.get(link), 410, "This link no longer opens", "link_invalid")
        other = given.victim.link(SLACK).replace("/oauth/slack/", "/oauth/linear/")
        is_refused(given, browser.http.get(other), 403, "That belongs to another tool", "other_vendor")


@pytest.mark.parametrize("provider", Provider)
def test_a_state_is_good_once_and_only_as_it_was_made(given: GivenTwoTeams, provider: Provider) -> None:
    """Missing, forged, of another vendor, replayed."""
    closed, back = "This way back is closed", f"/oauth/{provider}/callback"
    with given.browser() as browser, given.browser() as forger:
        callback = browser.consent(browser.open_link(given.victim.link(provider)))
        code, state = code_of(callback), state_of(callback)
        tenant_id, _, random = state.partition(".")

        answer = forger.follow_callback(public(given, back, code=code))
        is_refused(given, answer, 400, f"This page was not opened by {VENDORS[provider].label}", "state_missing")
        for forged in ("x", f"{tenant_id}.{'A' * 43}", f"{given.attacker.tenant_id}.{random}", f"{state}A"):
            answer = forger.follow_callback(public(given, back, code=code, state=forged))
            is_refused(given, answer, 403, closed, "state_invalid")

        made = browser.follow_callback(callback)
        is_page(made, 200, f"{VENDORS[provider].label} is connected")
        is_refused(given, browser.follow_callback(callback), 403, closed, "state_invalid")

        page = browser.open_link(given.victim.link(provider))
        other = next(each for each in Provider if each is not provider)
        lost = public(given, f"/oauth/{other}/callback", code=code, state=state_of(page))
        is_refused(given, browser.follow_callback(lost), 403, "That belongs to another tool", "other_vendor")
        assert "other_vendor" == given.victim.trail("oauth.refused")[0]["detail"]["reason"]


def test_a_state_ends_after_ten_minutes(given: GivenTwoTeams) -> None:
    """As if the browser had stayed on the vendor's page for longer."""
    with given.browser() as browser:
        callback = browser.consent(browser.open_link(given.victim.link(LINEAR)))
        state = state_of(callback)
        oauth_states, tenant_id = given.teams.outside.client.stores.oauth_states, TenantId(given.victim.tenant_id)
        known = oauth_states.take_authorization(tenant_id, state, datetime.now(UTC))
        assert known is not None
        assert timedelta(minutes=9) < known.expires_at - datetime.now(UTC) <= timedelta(minutes=10)
        oauth_states.put_authorization(state, known.model_copy(update={"expires_at": datetime.now(UTC)}))

        is_refused(given, browser.follow_callback(callback), 403, "This way back is closed", "state_invalid")


@pytest.mark.parametrize("provider", Provider)
def test_what_one_browser_began_no_other_can_end(given: GivenTwoTeams, provider: Provider) -> None:
    """Neither can an attacker go on with a victim's authorization, nor a victim be led to end an attacker's."""
    title = "This is another browser"
    with given.browser() as victims, given.browser() as attackers, given.browser() as fresh:
        began = victims.consent(victims.open_link(given.victim.link(provider)))
        trap = attackers.consent(attackers.open_link(given.attacker.link(provider)))

        is_refused(given, attackers.follow_callback(began), 403, title, "other_browser")
        is_refused(given, victims.follow_callback(trap), 403, title, "other_browser")
        again = attackers.consent(attackers.open_link(given.attacker.link(provider)))
        is_refused(given, fresh.follow_callback(again), 403, title, "other_browser")
    assert "other_browser" == given.victim.trail("oauth.refused")[0]["detail"]["reason"]


@pytest.mark.parametrize("provider", Provider)
def test_a_code_is_good_once(given: GivenTwoTeams, provider: Provider) -> None:
    """Also under a fresh state of the same browser, the vendor does not take it again."""
    with given.browser() as browser:
        spent = browser.consent(browser.open_link(given.victim.link(provider)))
        is_page(browser.follow_callback(spent), 200, f"{VENDORS[provider].label} is connected")
        state = state_of(browser.open_link(given.victim.link(provider)))

        replay = public(given, f"/oauth/{provider}/callback", code=code_of(spent), state=state)
        is_refused(
            given, browser.follow_callback(replay), 502, f"{VENDORS[provider].label} did not confirm it", "code_refused"
        )


@pytest.mark.parametrize("provider", [LINEAR, GITHUB])
def test_a_code_that_another_got_is_worthless(given: GivenTwoTeams, provider: Provider) -> None:
    """Where the vendor has PKCE, a code only counts with the secret of who set out for it."""
    with given.browser() as victims, given.browser() as attackers:
        stolen = code_of(attackers.consent(attackers.open_link(given.attacker.link(provider))))
        state = state_of(victims.open_link(given.victim.link(provider)))

        injected = public(given, f"/oauth/{provider}/callback", code=stolen, state=state)
        is_refused(
            given,
            victims.follow_callback(injected),
            502,
            f"{VENDORS[provider].label} did not confirm it",
            "code_refused",
        )


def test_a_workspace_of_another_team_cannot_be_taken(given: GivenTwoTeams) -> None:
    """Even by somebody whom the vendor lets do it; what the vendor granted is given back."""
    for provider in Provider:
        with given.browser() as browser:
            callback = browser.consent(browser.open_link(given.attacker.link(provider)))
            answer = browser.follow_callback(callback)

            title = f"This {VENDORS[provider].place} belongs to another team"
            is_refused(given, answer, 409, title, "workspace_taken")
    assert "done" == given.victim.run("sync", dry_run=False)["state"]


def test_no_request_says_where_a_browser_goes(given: GivenTwoTeams) -> None:
    """Not in the query, not in headers: vendors' addresses and our own are settings."""
    elsewhere = dict.fromkeys(("next", "redirect_uri", "return_to", "url"), f"https://{EVIL}/")
    spoofed = {"x_forwarded_host": EVIL, "x_forwarded_proto": "https", "forwarded": f"host={EVIL}"}
    described = given.teams.outside.described
    mine = f"Bearer {given.victim.bearer}"
    for host in ({}, {"host": EVIL}):
        link = ask(
            given.teams.outside, "POST", "/v1/connections/slack/link", authorization=mine, **spoofed, **host
        ).json()["url"]
        assert link.startswith(f"{described['public_url']}/oauth/slack/start?link=")
        with given.browser() as browser:
            page = browser.open_link(f"{link}&{urlencode(elsewhere)}", **spoofed, **host)
            assert page.startswith(f"{described['sandbox_url']}/slack/oauth/v2/authorize?")
            back = parse_qs(urlsplit(page).query)["redirect_uri"]
            assert [f"{described['public_url']}/oauth/slack/callback"] == back

            callback = browser.consent(page)
            answer = browser.http.get(f"{callback}&{urlencode(elsewhere)}", headers={"x-forwarded-host": EVIL})
            is_page(answer, 200, "Slack is connected")
            assert EVIL not in answer.text


def test_a_vendors_words_are_not_shown_as_they_come(given: GivenTwoTeams) -> None:
    """Anybody can write them into the address."""
    script = "<script>alert(1)</script>"
    for query in ({"error": script}, {"error": "access_denied", "error_description": script, "state": script}):
        answer = httpx.get(public(given, "/oauth/slack/callback", **query))

        assert 400 <= answer.status_code < 500 or answer.status_code == 502
        assert "alert" not in answer.text
        assert "alert" not in given.logs.text()
    is_page(httpx.get(public(given, "/oauth/<script>/callback")), 404, "There is no such page")


def test_mails_lead_to_us_alone(given: GivenTwoTeams) -> None:
    """Whatever host the request named."""
    an_hour_passes()
    body = {"email": given.victim.email, "password": "quite another one", "team_name": "Mine"}

    ask(given.teams.outside, "POST", "/auth/register", body, x_forwarded_host=EVIL, host=EVIL)

    mail = given.victim.mails("already have an account")[-1]
    assert given.teams.outside.described["public_url"] in mail["BodyText"]
    assert EVIL not in json.dumps(mail)


# ---- whose data it is


def ids_of(team: Team) -> dict[str, list[str]]:
    """The ids of what a team has, by the name that paths have for them."""
    lists = {
        "account_id": "accounts",
        "invitation_id": "invitations",
        "key_id": "keys",
        "member_id": "members",
        "ticket": "tickets",
        "conversation_id": "conversations",
        "decision_id": "decisions",
        "experiment_id": "experiments",
        "pull_request_id": "pull-requests",
        "run_id": "runs",
        "rule_id": "rules",
        "finetune_id": "runs",
    }
    found = {name: [item["id"] for item in team.api.get(f"/v1/{of}")["items"]] for name, of in lists.items()}
    return found | {"channel_id": [talk.partition(":")[0] for talk in found["conversation_id"]]}


def furnished(given: GivenTwoTeams) -> dict[str, list[str]]:
    """Have the victim own one of everything, and return the ids of it all."""
    team, outside = given.victim, given.teams.outside
    team.api.post("/v1/invitations", email="guest@honest.example")
    a_key(team)
    team.api.post("/v1/rules", kind="create", ticket=team.api.get("/v1/tickets")["items"][0]["key"])
    team.over(team.api.post("/v1/exports")["id"])
    if not team.api.get("/v1/experiments")["items"]:  # there is one of a kind at a time
        team.api.post("/v1/experiments", kind="move", b={"ask_from": 0.6})
    for part in (a_repository(), a_pull_request(77)):
        outside.client.stores.code.record(TenantId(team.tenant_id), part, keep_days=1)
    member = team.api.get("/v1/members")["items"][0]["id"]
    team.api.put(f"/v1/subscriptions/{member}/standup", hour=9)
    outside.say("receipts for EU studios still show no separate VAT, two more studios complained")
    outside.until(lambda: team.api.get("/v1/conversations")["items"], "the message")
    team.run("process", dry_run=False)
    outside.until(lambda: team.api.get("/v1/decisions")["items"], "the decision")
    team.settled()  # what is built is still being read
    outside.quiet()  # what was said may be decided about more than once
    return ids_of(team)


def sample(schema: Json, document: Json) -> object:
    """A value that fits a schema of the document."""
    match resolved(schema, document):
        case {"enum": [first, *_]} | {"const": first}:
            return first
        case {"anyOf": [first, *_]}:
            return sample(first, document)
        case {"type": "object"} as known:
            return {name: sample(known["properties"][name], document) for name in known.get("required", [])}
        case {"pattern": pattern} if "@" in pattern:
            return "somebody@evil.example"
        case {"type": "string"}:
            return "somebody"
        case _:
            return 1


def about_one_thing(document: Json) -> Iterator[tuple[str, str, str, list[str], object]]:
    """Every route that names a thing by an id: operation, method, path, names of the ids in it, a body that fits."""
    for path, operations in document["paths"].items():
        if path.startswith("/v1/operator/"):
            continue
        for method, operation in operations.items():
            schemas = {each["name"]: each["schema"] for each in operation.get("parameters", []) if each["in"] == "path"}
            enums = {name: resolved(schema, document).get("enum") for name, schema in schemas.items()}
            ids = [name for name, values in enums.items() if values is None]
            if ids:
                fixed = {name: values[0] for name, values in enums.items() if values is not None}
                target = path.format(**{name: f"{{{name}}}" for name in ids}, **fixed)
                content = operation.get("requestBody", {}).get("content", {}).get("application/json")
                body = sample(content["schema"], document) if content else None
                yield operation["operationId"], method.upper(), target, ids, body


def resolved(schema: Json, document: Json) -> Json:
    """A schema, or the one it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["schemas"][name] if name else schema
    return found


OF_ITSELF = {"decision_id", "run_id", "finetune_id"}
"""What a team comes by while nobody asks for anything, by what is still being read of its vendors."""


def test_another_teams_things_are_not_there_on_any_route(given: GivenTwoTeams) -> None:
    """Each route answers to a real id of another tenant as it does to one that nobody has: 404, word for word."""
    document = ask(given.teams.outside, "GET", "/v1/openapi.json").json()
    theirs, before = furnished(given), given.victim.api.get("/v1/audit")
    asked = set()
    for operation, method, path, ids, body in about_one_thing(document):
        real = path.format(**{name: theirs[name][0] for name in ids})
        unreal = path.format(**{name: unlike(theirs[name][0]) for name in ids})

        known, unknown = (given.attacker.send(method, each, body) for each in (real, unreal))

        assert 404 == known.status_code, f"{method} {path}: {known.text}"
        assert comparable(known) == comparable(unknown)
        asked.add(operation)
    assert {"show_ticket", "undo_decision", "undo_run", "remove_account", "put_subscription", "show_export"} <= asked
    now = ids_of(given.victim)
    assert {} == {name: lost for name in theirs if (lost := set(theirs[name]) - set(now[name]))}
    assert {} == {name: new for name in theirs.keys() - OF_ITSELF if (new := set(now[name]) - set(theirs[name]))}
    assert before == given.victim.api.get("/v1/audit")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/operator/audit", None),
        ("GET", "/v1/operator/tenants", None),
        ("GET", "/v1/operator/stage", None),
        ("GET", "/v1/operator/tenants/{tenant_id}", None),
        ("GET", "/v1/operator/tenants/{tenant_id}/history", None),
        ("POST", "/v1/operator/tenants/{tenant_id}/suspend", {"reason": "x"}),
        ("POST", "/v1/operator/tenants/{tenant_id}/resume", None),
        ("PATCH", "/v1/operator/tenants/{tenant_id}/billing", {"raises": {"decisions": 9}}),
    ],
)
def test_an_owner_is_no_operator(given: GivenTwoTeams, method: str, path: str, body: Json | None) -> None:
    """Neither over the own team nor over another."""
    for team in (given.victim, given.attacker):
        tenant_id = team.api.get("/v1/tenant")["id"]
        assert 403 == given.attacker.send(method, path.format(tenant_id=tenant_id), body).status_code
        assert team.api.get("/v1/tenant")["suspended_since"] is None


def unlike(known: str) -> str:
    """An id of the same form that nobody has."""
    return "".join("7" if each.isdigit() else "b" if each.isalpha() else each for each in known)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/standup?member_id={member_id}", None),
        ("POST", "/v1/workflows/standup", {"member_id": "{member_id}"}),
    ],
)
def test_another_teams_people_are_not_there_elsewhere_either(
    given: GivenTwoTeams, method: str, path: str, body: Json | None
) -> None:
    """In a query or a body."""
    member = given.victim.api.get("/v1/members")["items"][0]["id"]

    def with_id(id: str) -> httpx.Response:
        filled = {name: value.format(member_id=id) for name, value in body.items()} if body else None
        return given.attacker.send(method, path.format(member_id=id), filled)

    assert 404 == with_id(member).status_code
    assert comparable(with_id(unlike(member))) == comparable(with_id(member))


def test_no_list_holds_what_is_another_teams(given: GivenTwoTeams) -> None:
    """Whatever the attacker can read without naming a thing has no id and no address of the victim's in it."""
    document = ask(given.teams.outside, "GET", "/v1/openapi.json").json()
    theirs = [id for ids in furnished(given).values() for id in ids] + [given.victim.email, given.victim.tenant_id]
    readable = [path for path, operations in document["paths"].items() if "get" in operations and "{" not in path]

    for path in readable:
        answer = given.attacker.send("GET", path)
        assert answer.status_code < 500, path
        assert [] == [each for each in theirs if each in answer.text], path
    assert len(readable) >= 15


def test_equal_names_in_two_workspaces_do_not_mix(given: GivenTwoTeams) -> None:
    """Two Slack teams with a channel and a message of the very same ids: each sees its own words and decisions."""
    outside, stores = given.teams.outside, given.teams.outside.client.stores
    twin = given.teams.registered("owner@twin.example", "Twin")
    outside.control("config", slack_enterprise="organization")
    try:
        twin.connect(SLACK)
        grid = twin.connections()[SLACK]["external_id"]
        assert grid != given.victim.connections()[SLACK]["external_id"]
        ts = f"{time.time() - 3_600:.6f}"  # by itself, not in a burst with what was said before
        mine = json.loads(outside.message_event("Two studios book the same spot, fix the race", ts=ts, team="T0OTHER"))
        mine["authorizations"] = [{"enterprise_id": grid, "team_id": None, "is_enterprise_install": True}]
        for body in (outside.message_event("The invoice export lacks VAT numbers", ts=ts), json.dumps(mine).encode()):
            assert outside.webhook("slack", body, outside.signed_slack(body)).is_success
        seen = {team.email: talk_at(team, ts) for team in (given.victim, twin)}
        theirs, ours = seen[given.victim.email], seen[twin.email]

        assert theirs["id"] == ours["id"]
        assert ["The invoice export lacks VAT numbers"] == [said["text"] for said in theirs["messages"]]
        assert ["Two studios book the same spot, fix the race"] == [said["text"] for said in ours["messages"]]
        for team, foreign in ((given.victim, ours), (twin, theirs)):
            decisions = [decision["id"] for decision in foreign["decisions"]]
            listed = json.dumps(team.api.get("/v1/decisions", limit="200"))
            assert [] == [id for id in decisions if id in listed]
            assert {404} == {team.send("GET", f"/v1/decisions/{id}").status_code for id in decisions}
    finally:
        # Not by the API: Slack would uninstall the app, and the two workspaces are one in the sandbox.
        stores.connections.remove(TenantId(twin.tenant_id), SLACK)
        outside.control("config", slack_enterprise="none")


def talk_at(team: Team, ts: str) -> Json:
    """What a team sees of what was said at that moment, once something was decided about it."""
    found: list[Json] = []

    def decided() -> bool:
        found[:] = [talk for talk in team.api.get("/v1/conversations")["items"] if talk["id"].endswith(f":{ts}")]
        return bool(found and found[0]["decisions"]) and found == [team.api.get(f"/v1/conversations/{found[0]['id']}")]

    team.outside.until(decided, f"a decision of {team.email}, by both ways")
    [talk] = found
    return talk
