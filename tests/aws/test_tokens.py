"""Only what the user pool signed for us, for this use and for now, proves anybody."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from pm_assistant.aws.tokens import JwtVerifier
from pm_assistant.domain.accounts import Identity
from pm_assistant.domain.errors import Unauthenticated, UpstreamUnavailable
from tests.builders import ACME, NOW

ISSUER = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_people"
CLIENT = "our-client"


@cache
def key(name: str) -> RSAPrivateKey:
    """A key pair of that name."""
    return generate_private_key(public_exponent=65_537, key_size=2_048)


def jwks(*names: str) -> str:
    """The public halves, as a user pool publishes them."""
    keys = {name: jwt.algorithms.RSAAlgorithm.to_jwk(key(name).public_key(), as_dict=True) for name in names}
    return json.dumps({"keys": [{**made, "kid": name, "use": "sig", "alg": "RS256"} for name, made in keys.items()]})


class JwksServer:
    """Where keys are published: answers with `body` and `status`, and counts how often it was asked."""

    def __init__(self) -> None:
        self.body, self.status, self.asked = jwks("one"), 200, 0
        pool = self

        class Published(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pool.asked += 1
                self.send_response(pool.status)
                self.end_headers()
                self.wfile.write(pool.body.encode())

            def log_message(self, format: str, *args: object) -> None:
                """Be quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Published)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"

    def verifier(self, refetch_seconds: float = 60) -> JwtVerifier:
        """A verifier that has not asked yet."""
        return JwtVerifier(issuer=ISSUER, jwks_url=self.url, audience=CLIENT, refetch_seconds=refetch_seconds)


@pytest.fixture(scope="module")
def running() -> Iterator[JwksServer]:
    """One server for all tests."""
    made = JwksServer()
    threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def pool(running: JwksServer) -> JwksServer:
    """The server as it was in the beginning."""
    running.body, running.status, running.asked = jwks("one"), 200, 0
    return running


def claims(**changes: Any) -> dict[str, Any]:
    """What a good id token says an hour long; None leaves a claim out."""
    good = {
        "sub": "user-1",
        "iss": ISSUER,
        "aud": CLIENT,
        "token_use": "id",
        "custom:tenant": ACME,
        "auth_time": int((NOW - timedelta(minutes=30)).timestamp()),
        "iat": int((NOW - timedelta(minutes=5)).timestamp()),
        "exp": int((NOW + timedelta(minutes=55)).timestamp()),
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(signer: str = "one", kid: str | None = "one", **changes: Any) -> str:
    """A token with these claims."""
    return jwt.encode(claims(**changes), key(signer), "RS256", headers={"kid": kid} if kid else {})


def crafted(header: dict[str, Any], signature: bytes = b"", **changes: Any) -> str:
    """A token put together by hand."""
    parts = [json.dumps(header).encode(), json.dumps(claims(**changes)).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def reason(pool: JwksServer, id_token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(Unauthenticated) as refused:
        pool.verifier().verify(id_token, NOW)
    return str(refused.value)


def test_a_genuine_token_says_who_is_calling_and_until_when(pool: JwksServer) -> None:
    """The login counts from when the password was given, not from the last refresh."""
    expected = Identity(
        kind="account",
        id="user-1",
        tenant_id=ACME,
        issued_at=NOW - timedelta(minutes=30),
        expires_at=NOW + timedelta(minutes=55),
    )

    assert expected == pool.verifier().verify(token(), NOW)


@pytest.mark.parametrize(
    ("said", "email"),
    [
        ({"email": "ada@acme.test", "email_verified": True}, "ada@acme.test"),
        ({"email": "ada@acme.test", "email_verified": "true"}, "ada@acme.test"),
        ({"email": "ada@acme.test", "email_verified": False}, None),
        ({"email": "ada@acme.test", "email_verified": "false"}, None),
        ({"email": "ada@acme.test"}, None),
        ({"email_verified": True}, None),
    ],
)
def test_an_address_counts_once_its_person_has_proven_it(
    pool: JwksServer, said: dict[str, Any], email: str | None
) -> None:
    """What stands in a token without that is only a claim."""
    assert email == pool.verifier().verify(token(**said), NOW).email


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"exp": int(NOW.timestamp())}, "expired"),
        ({"exp": int((NOW - timedelta(days=1)).timestamp())}, "expired"),
        ({"aud": "another-client"}, "audience"),
        ({"aud": [CLIENT, "another-client"]}, "audience"),
        ({"aud": None, "client_id": CLIENT}, "form"),
        ({"iss": ISSUER.replace("people", "others")}, "issuer"),
        ({"iss": None}, "form"),
        ({"token_use": "access"}, "use"),
        ({"token_use": None}, "form"),
        ({"custom:tenant": None}, "tenant"),
        ({"custom:tenant": ""}, "tenant"),
        ({"exp": None}, "form"),
        ({"sub": None}, "form"),
        ({"auth_time": None}, "form"),
    ],
)
def test_a_signed_token_that_is_not_for_this_is_refused(pool: JwksServer, changes: dict[str, Any], word: str) -> None:
    """Each with the one word that says why."""
    assert word == reason(pool, token(**changes))


def test_a_token_of_another_signer_is_refused(pool: JwksServer) -> None:
    """Also when it names a key of ours."""
    assert "signature" == reason(pool, token(signer="mallory", kid="one"))
    assert "signature" == reason(pool, token(signer="mallory", kid="mallory"))
    assert "signature" == reason(pool, token(kid=None))


def test_a_changed_claim_breaks_the_signature(pool: JwksServer) -> None:
    """Another tenant cannot be written into a genuine token."""
    header, _, signature = token().split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(**{"custom:tenant": "globex"})).encode()).decode().rstrip("=")

    assert "signature" == reason(pool, f"{header}.{body}.{signature}")


def test_no_algorithm_but_ours_is_accepted(pool: JwksServer) -> None:
    """Neither none at all nor a secret one with the public key as the secret, nor another of the same family."""
    public = key("one").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    shared = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    unsigned = crafted({"alg": "HS256", "kid": "one"}).rsplit(".", 1)[0]
    forged = crafted({"alg": "HS256", "kid": "one"}, shared.sign(unsigned.encode(), public))

    assert "algorithm" == reason(pool, forged)
    assert "algorithm" == reason(pool, jwt.encode(claims(), key("one"), "RS512", headers={"kid": "one"}))
    for none in ("none", "None", "NONE", "", None, ["RS256"]):
        assert "algorithm" == reason(pool, crafted({"alg": none, "kid": "one"}))


def test_a_key_that_the_token_brings_along_is_not_looked_at(pool: JwksServer) -> None:
    """Nor is an address where its keys are said to be."""
    own = jwt.algorithms.RSAAlgorithm.to_jwk(key("mallory").public_key(), as_dict=True)
    headers = {"kid": "mallory", "jwk": own, "jku": "https://mallory.test/jwks.json"}

    assert "signature" == reason(pool, jwt.encode(claims(), key("mallory"), "RS256", headers=headers))


def test_keys_are_read_once_and_kept(pool: JwksServer) -> None:
    """Verifying costs no request."""
    verifier = pool.verifier()
    for _ in range(5):
        verifier.verify(token(), NOW)

    assert 1 == pool.asked


def test_unknown_keys_make_us_look_again_but_not_every_time(pool: JwksServer) -> None:
    """Junk tokens do not become requests to the user pool."""
    verifier = pool.verifier()
    for number in range(5):
        with pytest.raises(Unauthenticated):
            verifier.verify(token(kid=f"unknown-{number}"), NOW)

    assert 1 == pool.asked


def test_a_new_key_is_taken_up(pool: JwksServer) -> None:
    """The user pool may rotate its keys; the old ones' tokens then end."""
    verifier = pool.verifier(refetch_seconds=0)
    verifier.verify(token(), NOW)
    pool.body = jwks("two")

    assert "user-1" == verifier.verify(token(signer="two", kid="two"), NOW).id
    with pytest.raises(Unauthenticated, match="signature"):
        verifier.verify(token(), NOW)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, ""), (404, "{}"), (200, "<html>"), (200, "[]"), (200, '{"keys": []}'), (302, ""), (200, '{"keys": [{}]}')],
)
def test_without_the_keys_nobody_is_refused(pool: JwksServer, status: int, body: str) -> None:
    """Refusing would be kept for minutes; the failure is ours and passes."""
    pool.status, pool.body = status, body

    with pytest.raises(UpstreamUnavailable):
        pool.verifier().verify(token(), NOW)


def test_an_unreachable_pool_harms_nobody_whose_key_is_known(pool: JwksServer) -> None:
    """Only a key we have not seen has to wait."""
    verifier = pool.verifier(refetch_seconds=0)
    verifier.verify(token(), NOW)
    pool.status = 503

    assert "user-1" == verifier.verify(token(), NOW).id
    with pytest.raises(UpstreamUnavailable):
        verifier.verify(token(signer="two", kid="two"), NOW)


@settings(max_examples=200)
@given(junk=st.one_of(st.text(max_size=60), st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}", fullmatch=True)))
def test_junk_is_refused_and_breaks_nothing(running: JwksServer, junk: str) -> None:
    """Whatever is sent, the answer is one of our words."""
    running.body, running.status = jwks("one"), 200
    with pytest.raises(Unauthenticated) as refused:
        running.verifier().verify(junk, NOW)

    assert str(refused.value) in {"form", "algorithm", "signature"}


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.text(max_size=8), max_size=3)


@settings(max_examples=100)
@given(header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jku", "x"]), VALUES))
def test_a_header_of_any_form_is_refused(running: JwksServer, header: dict[str, Any]) -> None:
    """Without the right signature no header opens anything."""
    running.body, running.status = jwks("one"), 200
    with pytest.raises(Unauthenticated):
        running.verifier().verify(crafted(header), datetime.now(UTC))


def test_a_header_nested_beyond_reading_is_refused(running: JwksServer) -> None:
    """It costs a refusal, not the process."""
    deep = base64.urlsafe_b64encode(b"[" * 5_000).decode().rstrip("=")

    assert "form" == reason(running, f"{deep}.e30.e30")
