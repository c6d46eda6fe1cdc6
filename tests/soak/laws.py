"""What has to hold of the deployed stack once it has come to rest; the first laws are those of `tests/chaos`."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from pm_assistant.aws.rows import LeaseRow
from pm_assistant.aws.tables import stamp
from pm_assistant.cli.stack import STAGES
from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Decision, DecisionState
from pm_assistant.domain.work import Ticket
from tests.builders import a_ticket
from tests.chaos import laws
from tests.soak.load import Load
from tests.soak.town import Town

PERMALINK = re.compile(r"/p(\d{16})\b")
NUMBER = re.compile(r"\d{3,}")

type Json = dict[str, Any]
type Law = Callable[[AtRest], Iterator[str]]


class AtRest:
    """What log, vendors and queues hold by now (`tests.chaos.laws.Seen`), and what people had asked for."""

    def __init__(self, town: Town, load: Load) -> None:
        """Look at everything once."""
        self.town, self.load = town, load
        self.stores = town.outside.client.stores
        self.state = town.outside.state()
        self.bot = self.state["slack"]["bot"]["bot_id"]
        start = datetime.fromtimestamp(0, UTC)
        self.log: Sequence[Decision] = [d for t in town.tenants for d in self.stores.decisions.since(t.id, start)]

    @property
    def decisions(self) -> Sequence[Decision]:
        """The log, but for moves that a later one has overtaken, or found done: a ticket is in one state.

        And but for what stood on a ticket that another team has taken back: here, and only here, they share a tracker.
        """
        taken_back = {d.outcome.external_id: d.tenant_id for d in self.log if d.outcome and _is_taken_back(d)}
        last: dict[str, Decision] = {}
        for decision in sorted(self.log, key=lambda d: d.updated_at):
            if isinstance(decision.action, MoveTicket) and decision.undoable:
                last[decision.action.ticket_id] = decision
        return [
            d
            for d in self.log
            if (not isinstance(d.action, MoveTicket) or d.state is not DecisionState.DONE or d in last.values())
            and taken_back.get(d.action.about_ticket or "", d.tenant_id) == d.tenant_id
        ]

    @property
    def issues(self) -> Sequence[Json]:
        """The tickets as Linear has them."""
        return [issue for issue in self.state["linear"]["issues"] if not issue.get("trashed")]

    @cached_property
    def tracker(self) -> SimpleNamespace:
        """Every ticket, and what we wrote on it."""
        ours = self.state["linear"]["app"]["id"]
        tickets = {issue["id"]: _ticket(issue) for issue in self.issues}
        comments = {i["id"]: {c["id"]: c["body"] for c in i["comments"] if c["userId"] == ours} for i in self.issues}
        return SimpleNamespace(tickets=tickets, comments=comments)

    @property
    def comments(self) -> Mapping[str, str]:
        """What we wrote, by the comment's id."""
        return {id: body for comments in self.tracker.comments.values() for id, body in comments.items()}

    @property
    def made(self) -> Mapping[str, Ticket]:
        """The tickets that we have made."""
        ours = self.state["linear"]["app"]["id"]
        return {issue["id"]: _ticket(issue) for issue in self.issues if issue["creatorId"] == ours}

    @property
    def posted(self) -> Sequence[Json]:
        """What we have posted, wherever."""
        return [m for said in self.state["slack"]["messages"].values() for m in said if m.get("bot_id") == self.bot]

    @property
    def questions(self) -> Sequence[str]:
        """What cards ask, as `decision:revision`."""
        blocks = [block for message in self.posted for block in message.get("blocks") or []]
        buttons = [each for block in blocks if block["type"] == "actions" for each in block["elements"]]
        return [each["value"] for each in buttons if each.get("action_id") == "decision.approve"]

    def kept(self, kind: str) -> Counter[tuple[str, str, str]]:
        """How often each thing of ours stands in the chat, by the id that it carries."""
        told = [(m, m.get("metadata") or {}) for m in self.posted]
        return Counter(
            (m["channel"], m.get("thread_ts") or "", data["event_payload"]["id"])
            for m, data in told
            if data.get("event_type") == f"pm_assistant_{kind}"
        )


def at_rest(town: Town) -> bool:
    """Whether nothing is under way any more."""
    outside = town.outside
    busy = outside.client.busy()
    pending = any(delivery["outcome"] == "pending" for delivery in outside.state()["deliveries"])
    start = datetime.fromtimestamp(0, UTC)
    decisions = (d for t in town.tenants for d in outside.client.stores.decisions.since(t.id, start))
    return not busy and not pending and not any(decision.unfinished for decision in decisions)


def nothing_is_lost(rest: AtRest) -> Iterator[str]:
    """What people asked for was done or proposed, or says why not."""
    cited: dict[str, set[DecisionState]] = {}
    for decision in rest.log:
        if isinstance(decision.action, Comment | CreateTicket | MoveTicket) and _is_answer(decision):
            for receipt in decision.evidence:
                cited.setdefault(receipt.message_id, set()).add(decision.state)
    for id in rest.load.wanted:
        if id not in cited:
            yield f"nothing came of {id}"


def nothing_stands_twice(rest: AtRest) -> Iterator[str]:
    """No message is quoted twice on one ticket, and no ticket made twice of one; each thread has one card."""
    comments = rest.tracker.comments
    quoted = Counter((i, ts) for i, all_of in comments.items() for body in all_of.values() for ts in _places(body))
    yield from (f"p{ts} stands {times} times on {issue}" for (issue, ts), times in quoted.items() if times > 1)
    made = Counter(ts for ticket in rest.made.values() for ts in _places(ticket.description))
    yield from (f"of p{ts} {times} tickets were made" for ts, times in made.items() if times > 1)
    threads = Counter((channel, root) for channel, root, _ in rest.kept("card").elements())
    yield from (f"{thread} has {times} cards" for thread, times in threads.items() if times > 1)


def nobody_is_told_twice(rest: AtRest) -> Iterator[str]:
    """A report comes once."""
    yield from (f"{report} came {times} times" for report, times in rest.kept("report").items() if times > 1)


def a_failure_says_why(rest: AtRest) -> Iterator[str]:
    """What failed says why."""
    failed = [decision for decision in rest.log if decision.state is DecisionState.FAILED]
    yield from (f"{decision.id} failed and nobody knows why" for decision in failed if not decision.error)


def deleted_words_are_gone(rest: AtRest) -> Iterator[str]:
    """What people took back stands neither in Linear, nor in the log, nor on a card; a report was sent when it was."""
    places = {
        "tracker": "\n".join([*rest.comments.values(), *(t.title + t.description for t in rest.made.values())]),
        "log": "\n".join(decision.model_dump_json() for decision in rest.log),
        "card": "\n".join(str(message) for message in rest.posted if message.get("thread_ts")),
    }
    for words in rest.load.deleted:
        number = NUMBER.findall(words)[-1]
        yield from (f"{words!r} stands in the {where}" for where, text in places.items() if number in text)


def no_lease_is_held(_: AtRest) -> Iterator[str]:
    """Nobody who has gone keeps others from work."""
    held = LeaseRow.everywhere(LeaseRow.sk.startswith("LEASE#") & (LeaseRow.held_until > stamp(datetime.now(UTC))))
    yield from (f"{row.sk} is held until {row.held_until}" for row in held)


def nothing_is_parked(rest: AtRest) -> Iterator[str]:
    """Nothing was given up."""
    for stage in STAGES:
        for letter in rest.town.outside.client.dead_letters(stage).list():
            yield f"{stage}: {letter.error} {letter.cause}"


def what_is_authentic_is_taken(rest: AtRest) -> Iterator[str]:
    """What a vendor sent is never refused; it may have to come again."""
    refused = {status: n for status, n in rest.town.answers.items() if 400 <= status < 500 and status != 429}
    if refused:
        yield f"answers to webhooks: {refused}"
    failed = [d for d in rest.state["deliveries"] if d["outcome"] == "failed"]
    for each in failed:
        if each["kind"] != "block_actions":  # those come once: a person sees that it failed, and presses again
            what = f"{each['vendor']} {each['kind']} of {each['about']}"
            yield f"{what} of {each['created_at']} was given up by the vendor: {each['error']}"


def what_was_found_done_was_done(rest: AtRest) -> Iterator[str]:
    """A move that cannot be undone found its work done, by another move of the log."""
    moves = [d for d in rest.log if isinstance(d.action, MoveTicket)]
    moved = {d.action.about_ticket for d in moves if d.outcome and d.outcome.inverse != NOTHING_TO_UNDO}
    for decision in moves:
        if decision.state is DecisionState.DONE and not decision.undoable and decision.action.about_ticket not in moved:
            yield f"move of {decision.action.about_ticket} is done and cannot be undone, and nobody else has moved it"


LAWS: tuple[Law, ...] = (
    nothing_is_lost,
    nothing_stands_twice,
    nobody_is_told_twice,
    laws.what_is_done_is_there,
    laws.what_we_left_is_logged,
    laws.what_was_done_can_be_undone,
    what_was_found_done_was_done,
    laws.cards_ask_what_is_open,
    a_failure_says_why,
    deleted_words_are_gone,
    no_lease_is_held,
    nothing_is_parked,
    what_is_authentic_is_taken,
)


def _is_answer(decision: Decision) -> bool:
    """Whether people can see what became of it: also that they have refused it, or changed their words."""
    return decision.state is not DecisionState.LOGGED


def _is_taken_back(decision: Decision) -> bool:
    return isinstance(decision.action, CreateTicket) and decision.state is DecisionState.UNDONE


def _places(body: str) -> set[str]:
    return set(PERMALINK.findall(body))


def _ticket(issue: Json) -> Ticket:
    state = {name: issue["state"][name] for name in ("id", "name", "type")}
    known = {"id": issue["id"], "key": issue["identifier"], "title": issue["title"], "state": state}
    return a_ticket(**known, description=issue["description"] or "", url=issue["url"], team_id=issue["teamId"])
