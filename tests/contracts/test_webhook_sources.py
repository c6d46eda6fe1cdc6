"""What every webhook source promises: nothing unsigned is read, nothing signed makes it stumble."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from pm_assistant.domain.errors import InvalidRequest, Unauthenticated
from pm_assistant.domain.events import ButtonPressed, Challenge, Dropped, WebhookEvent
from pm_assistant.domain.surfaces import SurfaceUsed
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.github.webhook import GitHubWebhook
from pm_assistant.integrations.linear.webhook import LinearWebhook
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.integrations.webhooks import read_json
from pm_assistant.ports.vendors import WebhookSource
from tests.builders import NOW
from tests.integrations.signing import SECRET, github_signed, linear_signed, slack_signed

ANSWERS = WebhookEvent | ButtonPressed | SurfaceUsed | Challenge | Dropped


class Rotatable(WebhookSource, Protocol):
    """A source that is made with what deliveries are signed with."""

    def __init__(self, secret: str, /) -> None: ...


@dataclass(frozen=True)
class Vendor:
    """A source, how its deliveries are signed, and how long they stay good (None: for ever)."""

    source: Rotatable
    signed: Callable[[bytes], WebhookRequest]
    header: str
    tolerance: timedelta | None
    sample: dict[str, Any]


SLACK = Vendor(
    SlackWebhook(SECRET),
    lambda body: slack_signed(body, NOW),
    "x-slack-signature",
    timedelta(minutes=5),
    {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRN"},
)
LINEAR = Vendor(
    LinearWebhook(SECRET),
    linear_signed,
    "linear-signature",
    None,
    {"type": "Cycle", "action": "create", "webhookTimestamp": int(NOW.timestamp() * 1000)},
)
GITHUB = Vendor(
    GitHubWebhook(SECRET),
    lambda body: github_signed(body, "installation"),
    "x-hub-signature-256",
    None,
    {"action": "suspend", "installation": {"id": 1, "app_id": 2, "account": {"login": "acme"}}},
)
every_vendor = pytest.mark.parametrize("vendor", [SLACK, LINEAR, GITHUB], ids=["slack", "linear", "github"])


def sample(vendor: Vendor) -> WebhookRequest:
    """A good delivery."""
    return vendor.signed(json.dumps(vendor.sample).encode())


@every_vendor
def test_a_signed_delivery_is_read(vendor: Vendor) -> None:
    """Only the signature decides who speaks."""
    assert isinstance(vendor.source.accept(sample(vendor), NOW), ANSWERS)


@every_vendor
@pytest.mark.parametrize("signature", [None, "", "v0=", "0" * 64, "v0=" + "0" * 64, "ünï¢ode", "\ud800"])
def test_a_wrong_signature_is_refused(vendor: Vendor, signature: str | None) -> None:
    """Missing, empty, false or not even text: always the same answer."""
    good = sample(vendor)
    headers = {name: value for name, value in good.headers.items() if name != vendor.header}
    if signature is not None:
        headers[vendor.header] = signature

    with pytest.raises(Unauthenticated):
        vendor.source.accept(WebhookRequest(headers=headers, body=good.body), NOW)


@every_vendor
def test_a_changed_body_is_refused(vendor: Vendor) -> None:
    """The signature covers every byte."""
    good = sample(vendor)

    with pytest.raises(Unauthenticated):
        vendor.source.accept(replace(good, body=good.body + b" "), NOW)


@every_vendor
@pytest.mark.parametrize("side", [-1, 1], ids=["from the future", "from the past"])
def test_a_delivery_is_good_for_as_long_as_its_vendor_may_repeat_it(vendor: Vendor, side: int) -> None:
    """Slack signs each repeat anew, so a second beyond the tolerance is a replay; the others repeat byte for byte."""
    good = sample(vendor)
    limit = NOW.replace(microsecond=0) + side * (vendor.tolerance or timedelta(days=30))

    assert isinstance(vendor.source.accept(good, limit), ANSWERS)
    if vendor.tolerance is not None:
        with pytest.raises(Unauthenticated):
            vendor.source.accept(good, limit + side * timedelta(seconds=1))


@every_vendor
@pytest.mark.parametrize("parting", [",", "\n", ", ", "\r\n"])
def test_while_a_secret_is_rotated_two_are_valid_at_once(vendor: Vendor, parting: str) -> None:
    """The vendor goes over to the new one at a moment of its own; the old one ends when it is taken away."""
    source = type(vendor.source)
    for both in (f"{SECRET}{parting}next", f"next{parting}{SECRET}\n"):
        assert isinstance(source(both).accept(sample(vendor), NOW), ANSWERS)
    for without in ("next", "", parting, f"{SECRET}x{parting}next"):
        with pytest.raises(Unauthenticated):
            source(without).accept(sample(vendor), NOW)


@every_vendor
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"null", b'"text"'])
def test_a_signed_body_that_is_no_json_object_is_an_invalid_request(vendor: Vendor, body: bytes) -> None:
    """Authentic nonsense is told apart from a forgery."""
    with pytest.raises(InvalidRequest):
        vendor.source.accept(vendor.signed(body), NOW)


def test_half_a_character_is_read_as_a_question_mark() -> None:
    """JSON can carry one, no store and no queue can keep it; the rest of the delivery counts all the same."""
    assert {"title": "a? 😀"} == read_json(rb'{"title": "a\ud83d \ud83d\ude00"}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
slack_keys = ["event", "challenge", "team_id", "channel", "ts", "user", "message", "subtype", "tokens"]
keys = st.sampled_from(["type", "action", "data", "state", "installation", *slack_keys])


@pytest.mark.thorough
@every_vendor
@drawn(st.dictionaries(keys, json_values, max_size=8))
def test_no_signed_object_makes_it_stumble(vendor: Vendor, payload: dict[str, Any]) -> None:
    """Whatever a vendor may send one day is answered, dropped or refused by name."""
    for kind in ("event_callback", "Issue", payload.get("type")):
        body = {"webhookTimestamp": NOW.timestamp() * 1000, **payload, "type": kind}
        body |= {"team_id": "T1", "event": {"type": "message", **payload}} if kind == "event_callback" else {}
        try:
            answer: object = vendor.source.accept(vendor.signed(json.dumps(body).encode()), NOW)
        except (InvalidRequest, Unauthenticated) as error:
            answer = error

        assert isinstance(answer, ANSWERS | InvalidRequest | Unauthenticated)


def test_the_clock_is_an_argument() -> None:
    """A delivery of long ago is good at its own time."""
    then = datetime.fromtimestamp(1531420618, NOW.tzinfo)
    body = json.dumps(SLACK.sample).encode()

    assert isinstance(SLACK.source.accept(slack_signed(body, then), then), Challenge)
