"""Whatever Slack delivers is taken in, and what we know of the talk afterwards is what a reader of it would say."""

import copy
import json
import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.webhooks import WebhookRequest
from tests.builders import ACME, NOW
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.integrations.signing import slack_event, slack_form, slack_signed
from tests.payloads.product import WORKSPACES, Product
from tests.payloads.variations import WORDS, allowed, at, chances, paths, put, spoilt

type Json = dict[str, Any]

RECORDED = given("slack/given/events")
JSON = [path for path in RECORDED if path.suffix == ".json"]
EVENTS = [path for path in JSON if '"event_callback"' in path.read_text()]
any_recording, any_event, seeds = st.sampled_from(JSON), st.sampled_from(EVENTS), st.integers(0, 2**32)
pytestmark = needs_contracts

SPEECH = {None, "file_share", "thread_broadcast", "me_message"}
OUR_WORKSPACE = WORKSPACES[Provider.SLACK]


def recorded(path: Path) -> Json:
    """A recording, sent to our tenant."""
    payload: Json = json.loads(path.read_text())
    for name in {"team_id", "context_team_id"} & payload.keys():
        payload[name] = OUR_WORKSPACE
    for authorization in payload.get("authorizations") or ():
        authorization["team_id"] = authorization["enterprise_id"] = OUR_WORKSPACE
    if isinstance(payload.get("team"), dict):
        payload["team"]["id"] = OUR_WORKSPACE
    return payload


def request_of(payload: Json) -> WebhookRequest:
    """As Slack posts it: interactions as forms, all else as JSON."""
    if payload.get("type") in ("event_callback", "url_verification", "app_rate_limited"):
        return slack_event(payload, NOW)
    return slack_form({"payload": json.dumps(payload)}, NOW)


def delivered(*requests: WebhookRequest) -> tuple[Product, list[int]]:
    """What our product is after some deliveries, and what each was answered."""
    product = Product()
    answers = [product.receive(Provider.SLACK, request)[0] for request in requests]
    product.work()
    return product, answers


def expected(payload: Json) -> Mapping[str, Any]:
    """What a reader of one delivery knows, who knew nothing before."""
    event = payload.get("event") or {}
    lost = event.get("type") == "app_uninstalled" or (
        event.get("type") == "tokens_revoked" and bool((event.get("tokens") or {}).get("bot"))
    )
    missed = payload.get("type") == "app_rate_limited"
    return {"messages": _messages(payload, event), "lost": lost, "missed": missed}


def _messages(payload: Json, event: Json) -> Mapping[str, Any]:
    if event.get("type") != "message":
        return {}
    changed = event.get("subtype") == "message_changed"
    content, before = (event.get("message") or {}, event.get("previous_message")) if changed else (event, None)
    ts = content.get("ts") or (before or {}).get("ts") or (None if changed else event.get("event_ts"))
    author = content.get("user") or (before or {}).get("user")
    ours = {each.get("user_id") for each in payload.get("authorizations") or () if each.get("is_bot")}
    is_speech = content.get("subtype") in SPEECH and ts and author
    is_direct = event.get("channel_type") in {"im", "app_home"}
    is_program = author in ours or any(
        content.get(name) is not None or event.get(name) is not None for name in ("bot_id", "bot_profile")
    )
    is_unfurl = before is not None and (before.get("text") or "") == (content.get("text") or "")
    if not is_speech or is_direct or is_program or is_unfurl:
        return {}
    shared = bool(payload.get("is_ext_shared_channel"))
    kind = event.get("channel_type")
    closed = kind != "channel" if kind is not None else changed or event["channel"].startswith("G")
    said = (content.get("text") or "", author, content.get("thread_ts") or ts)
    return {f"{event['channel']}:{ts}": (*said, shared or closed, shared)}


def known(product: Product) -> Mapping[str, Any]:
    """What our product knows, in the same words."""
    messages = [each for each in product.stores.messages._messages.values() if not each.deleted]
    return {
        "messages": {m.id: (m.text, m.author, m.root_ts, m.private, m.outside) for m in messages},
        "lost": product.stores.connections.get(ACME, Provider.SLACK).broken_since is not None,
        "missed": bool(product.queues.jobs.puts),
    }


@pytest.mark.parametrize("path", JSON, ids=lambda path: path.stem)
def test_what_is_recorded_is_known_as_it_says(path: Path) -> None:
    """Once or twice: it is taken, and says the same."""
    request = request_of(recorded(path))

    product, answers = delivered(request, request)

    assert ([200, 200], []) == (answers, product.given_up)
    assert expected(recorded(path)) == known(product)


@pytest.mark.parametrize("path", [path for path in RECORDED if path not in JSON], ids=lambda path: path.stem)
def test_a_command_is_taken_and_says_nothing_yet(path: Path) -> None:
    """Slash commands are forms."""
    form = "application/x-www-form-urlencoded"

    product, answers = delivered(slack_signed(path.read_bytes().strip(), NOW, content_type=form))

    assert ([200], []) == (answers, product.given_up)
    assert expected({}) == known(product)


def test_a_message_that_is_deleted_is_known_no_more_whichever_comes_first() -> None:
    """The recorded deletion, and what it says of the message before."""
    deletion = recorded(next(path for path in EVENTS if path.stem == "message.message_deleted.1"))
    event = deletion["event"]
    post = {**deletion, "event": {**event["previous_message"], "channel": event["channel"], "channel_type": "channel"}}

    assert {event["channel"]} == {id.partition(":")[0] for id in known(delivered(request_of(post))[0])["messages"]}
    for order in ([post, deletion], [deletion, post]):
        assert {} == known(delivered(*map(request_of, order))[0])["messages"]


@cache
def _schema() -> Json:
    root: Json = load("slack/schema/events_and_blocks.types.schema.json")
    return root


@drawn(path=any_event, seed=seeds)
def test_whatever_the_schema_lets_be_null_or_missing_may_be(path: Path, seed: int) -> None:
    """Old recordings are no judges of what comes tomorrow; the vendor's types are."""
    payload = recorded(path)
    schema = {"properties": {"event": _schema()["definitions"]["SlackEvent"]}, "required": list(payload)}
    # The types of all events are one union: what tells them apart has to stay.
    names = ("type", "subtype", "channel", "channel_type", "user", "ts", "message", "tokens", "bot_id", "bot_profile")
    keep = [("event", name) for name in names]
    varied = allowed(payload, schema, _schema(), chances(seed), keep=keep)

    product, answers = delivered(request_of(varied))

    assert ([200], []) == (answers, product.given_up)
    assert expected(varied) == known(product)


def reworded(payload: Json, chance: random.Random) -> Json:
    """Other things, at other times, said in other words; with fields that nobody has heard of."""
    changed, later = copy.deepcopy(payload), chance.randrange(10**8)
    for path in list(paths(changed)):
        name, value = path[-1], at(changed, path)
        if name in {"ts", "thread_ts", "event_ts", "deleted_ts"} and isinstance(value, str) and "." in value:
            seconds, _, fraction = value.partition(".")
            put(changed, path, f"{int(seconds) + later}.{fraction}")
        elif name == "text" and path[:1] == ("event",) and isinstance(value, str):
            put(changed, path, (chance.choice(WORDS) * chance.choice([0, 1, 9, 10_000]))[:40_000])
        elif isinstance(value, list) and name in {"blocks", "files", "attachments"}:
            put(changed, path, value * chance.choice([0, 1, 20]))
        elif name in {"channel", "user", "team"} and isinstance(value, str) and value and "event" in path:
            put(changed, path, f"{value[:20]}Z9")
        elif isinstance(value, dict) and chance.random() < 0.3:
            value["added_next_year"] = chance.choice([None, 7, "soon", ["x"], {"deep": {"deeper": []}}])
        elif name == "event_time" and isinstance(value, int):
            put(changed, path, value + later)
    return changed


@pytest.mark.thorough
@drawn(path=any_event, seed=seeds)
def test_whatever_people_write_is_known_as_it_says(path: Path, seed: int) -> None:
    """In any script, as long as Slack lets it be, with halves of characters."""
    varied = reworded(recorded(path), chances(seed))

    product, answers = delivered(request_of(varied))

    assert ([200], []) == (answers, product.given_up)
    stored = json.loads(json.dumps(varied, ensure_ascii=False).encode(errors="replace"))
    assert expected(stored) == known(product)


@drawn(path=any_event, kind=st.sampled_from(["message_seen", "", "MESSAGE", "app_context_changed"]))
def test_an_event_that_nobody_has_heard_of_is_taken_and_says_nothing(path: Path, kind: str) -> None:
    """What a vendor adds is survived, kinds of notices among messages too."""
    payload = recorded(path)
    event = payload["event"]
    varied = {**payload, "event": {**event, "type": kind}}
    notice = {**payload, "event": {**event, "subtype": kind}} if event["type"] == "message" and kind else varied

    product, answers = delivered(request_of(varied), request_of(notice))

    assert ([200, 200], []) == (answers, product.given_up)
    assert expected({}) == known(product)


@drawn(path=any_recording, seed=seeds)
def test_whatever_is_odd_is_taken_or_refused(path: Path, seed: int) -> None:
    """Never is it our fault, and nothing waits for people that no person can mend."""
    product, answers = delivered(request_of(spoilt(recorded(path), chances(seed))))

    assert set(answers) <= {200, 400}
    assert [] == product.given_up


@pytest.mark.parametrize("value", ["d-1:r-1", "d-1", ":", "", "x" * 2_000, "d-1:r-1:more", "\ud83d"])
@pytest.mark.parametrize("action", ["decision.approve", "decision.dismiss", "decision.retry", "decision.frobnicate"])
def test_a_button_of_a_card_that_is_gone_is_pressed_in_vain(action: str, value: str) -> None:
    """Cards outlive what they ask about: a press is taken, or refused, and never waits for a person to look into it."""
    pressed = recorded(next(path for path in JSON if path.stem == "block_actions.5"))
    pressed["actions"] = [{**pressed["actions"][0], "action_id": action, "value": value}]

    product, answers = delivered(request_of(pressed))

    assert set(answers) <= {200, 400}
    assert [] == product.given_up
