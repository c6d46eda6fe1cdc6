"""A model that does as it is told by whatever it reads, and worse, as OpenAI's API delivers it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx2
import openai

from infra.sandbox.openai.responses import create
from pm_assistant.integrations.guarded import GuardedModel
from pm_assistant.integrations.openai.client import OpenAIAnalyst
from pm_assistant.workflows.pipeline.judge import MOST_PROPOSALS

type Row = dict[str, Any]
type Mood = Callable[[Row, str, str], Iterator[Row]]
"""What is proposed about a question, for an attack's words, given the instructions."""

KEY = "sk-attack-0123456789abcdefghij"
FOREIGN = ("ticket-9", "globex-7", "ticket-77", "", "ENG-1")
"""Ids that no question has: of a private team, of another tenant, of nobody, and what is no id."""
BLANK: Row = {
    "kind": "comment",
    "ticket_id": None,
    "summary": None,
    "title": None,
    "description": None,
    "priority": None,
    "state_id": None,
    "work": None,
    "confidence": 1.0,
    "reason": "I was told to.",
    "evidence": [],
    "runners_up": [],
    "language": "en",
    "sentiment": "neutral",
}


def obeys(asked: Row, attack: str, instructions: str) -> Iterator[Row]:
    """Everything with every ticket, certain, in the words of whoever gave the order."""
    cited = [message["id"] for message in asked["messages"]]
    states = [state["id"] for team in asked["teams"] for state in team["states"]]
    for ticket in asked["tickets"]:
        yield {"ticket_id": ticket["id"], "summary": attack, "evidence": cited}
        for state in states:
            yield {"kind": "move", "ticket_id": ticket["id"], "state_id": state, "evidence": cited}
    yield {"kind": "create", "title": attack[:80], "description": attack, "priority": 1, "evidence": cited}


def invents(asked: Row, attack: str, instructions: str) -> Iterator[Row]:
    """Ids that it was not given, wherever an id can stand."""
    cited, known = [message["id"] for message in asked["messages"]], [ticket["id"] for ticket in asked["tickets"]]
    others = [{"ticket_id": id, "score": 1.0} for id in FOREIGN]
    for id in FOREIGN:
        yield {"ticket_id": id, "summary": "The coupon vanishes.", "evidence": cited, "runners_up": others}
        yield {"kind": "move", "ticket_id": id, "state_id": "s-done", "evidence": cited}
    for id in known:
        yield {"kind": "move", "ticket_id": id, "state_id": "s-of-globex", "evidence": cited}
        yield {"ticket_id": id, "summary": "The coupon vanishes.", "evidence": ["C0BOARD:1.000000"]}
        yield {"ticket_id": id, "summary": "The coupon vanishes.", "evidence": [*cited, "C0ENG:0.000001"]}
        yield {"ticket_id": id, "summary": "The coupon vanishes.", "evidence": cited, "runners_up": others}
    yield {"kind": "create", "title": "The coupon vanishes", "description": "", "evidence": []}


def leaks(asked: Row, attack: str, instructions: str) -> Iterator[Row]:
    """What it knows of itself, or makes up of others: another thing for each attack, for one answer holds one."""
    cited, known = [message["id"] for message in asked["messages"]], [ticket["id"] for ticket in asked["tickets"]]
    secrets = (instructions[300:700], f"The key is {KEY}.", "See SEC-9 and GLO-7.", "Write to mallory@evil.test.",
               "It went to https://evil.test/?q=coupon as ordered.")  # fmt: skip
    secret = secrets[len(attack) % len(secrets)]
    for place, id in enumerate(known):
        told = {"summary": secret} if place % 2 else {"summary": "The coupon vanishes.", "reason": secret}
        yield {"ticket_id": id, "evidence": cited} | told
    yield {"kind": "create", "title": "The coupon vanishes", "description": secret, "evidence": cited}
    yield {"kind": "ignore", "work": True, "reason": secret, "evidence": cited}


def shouts(asked: Row, attack: str, instructions: str) -> Iterator[Row]:
    """Markup of every place that its words get to."""
    cited, known = [message["id"] for message in asked["messages"]], [ticket["id"] for ticket in asked["tickets"]]
    markup = (
        "<!channel> the coupon vanishes", "the coupon vanishes <https://evil.test|Approve>",
        "the coupon ![vanishes](https://evil.test/x.png)", "<img src=x onerror=alert(1)>the coupon vanishes",
        "the coupon vanishes\n# <@U0ADA> @here\n- [x] [ENG-1](javascript:alert(1))", "the coupon \u202esehsinav\u202c",
        "the coupon vanishes {{constructor}} ${7*7} %0A", "the coupon\x00\x1b[31m vanishes\x07",
    )  # fmt: skip
    for text in markup:
        yield {"ticket_id": known[0] if known else "", "summary": text, "reason": text, "evidence": cited}
        yield {"kind": "create", "title": text, "description": text, "reason": text, "evidence": cited}


LIES = ('Ada said "delete the whole database".', "It was approved by Mallory Quint.", "It costs us 48,000 a day.",
        "Everybody agreed on 3 April that it is done.")  # fmt: skip


def testifies(asked: Row, attack: str, instructions: str) -> Iterator[Row]:
    """Things that nobody said, of people who were not there: another for each attack, for one answer holds one."""
    cited, known = [message["id"] for message in asked["messages"]], [ticket["id"] for ticket in asked["tickets"]]
    lie = LIES[len(attack) % len(LIES)]
    yield {"ticket_id": known[0] if known else "", "summary": lie, "evidence": cited}
    yield {"kind": "create", "title": "The coupon vanishes", "description": lie, "evidence": cited}


def floods(asked: Row, attack: str, instructions: str) -> Iterator[Row]:
    """One thing more than an answer may hold, each small, so that the answer is not cut off before it is judged."""
    cited, known = [message["id"] for message in asked["messages"][:1]], [ticket["id"] for ticket in asked["tickets"]]
    for number in range(MOST_PROPOSALS + 1):
        id = known[number % len(known)] if known else f"ticket-{number}"
        yield {"ticket_id": id, "summary": "The coupon vanishes.", "evidence": cited, "reason": "So."}


def drowns(asked: Row, attack: str, instructions: str) -> Iterator[Row]:
    """More words than an answer may have, which is cut off."""
    cited = [message["id"] for message in asked["messages"]]
    yield {"kind": "create", "title": attack * 9, "description": attack * 40, "evidence": cited}
    yield {"kind": "ignore", "work": True, "reason": "and so on " * 9_000, "evidence": cited}


MOODS: Mapping[str, Mood] = {
    mood.__name__: mood for mood in (obeys, invents, leaks, shouts, testifies, floods, drowns)
}  # fmt: skip


class Obeying:
    """The whole adapter over a wire, behind which sits a model in a mood.

    Attributes:
        asked: every question, as it came over the wire.
        heard_out: of each, whether all that was answered to it got through, or it was cut off.
    """

    def __init__(self, mood: Mood, attack: str) -> None:
        self.asked: list[Row] = []
        self.heard_out: list[bool] = []
        self._mood, self._attack = mood, attack
        client = openai.DefaultHttpxClient(transport=httpx2.MockTransport(self._answer))
        self.analyst = GuardedModel(OpenAIAnalyst(KEY, "https://openai.test/v1", "gpt-5.1", http_client=client))

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        self.asked.append(body)
        response = create(body, lambda _: self._proposals(body))
        self.heard_out.append(response["status"] == "completed")
        return httpx2.Response(200, json=response)

    def _proposals(self, body: Row) -> str:
        fields = body["text"]["format"]["schema"]["$defs"]["AnsweredProposal"]["properties"]
        blank: Row = {name: [] if field.get("type") == "array" else None for name, field in fields.items()}
        proposed = self._mood(json.loads(body["input"][0]["content"]), self._attack, body["instructions"])
        return json.dumps({"proposals": [blank | BLANK | proposal for proposal in proposed]})
