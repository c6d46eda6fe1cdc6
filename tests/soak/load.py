"""What people say and do at a steady rate, and what goes wrong meanwhile; both follow from a seed."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from infra.local.stack import Stack
from pm_assistant.domain.reports import ReportDue
from pm_assistant.domain.tenants import TenantId
from tests.flow.workers import workers
from tests.soak.town import Tenant, Town

ASKS = ("{key} bites again at Boulderwerk, case {n}", "{key} is fixed, merged and live since noon, case {n}")
NEW = "can somebody please make a ticket: gift vouchers of series {n} cannot be printed in A5"
"""Work without a ticket, said on its own: within talk of a ticket it would be about that."""
CHATTER = ("lunch at the thai place in ten?", "good morning everybody", "see you on the climbing wall")
FAULTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("linear", "*", "slow", {"times": 2, "retry_after": 3}),
    ("linear", "*", "server_error", {"times": 3}),
    ("linear", "*", "rate_limit", {"times": 2, "retry_after": 3}),
    ("linear", "commentCreate", "timeout", {}),
    ("linear", "issueUpdate", "timeout", {}),
    ("linear", "issueCreate", "timeout", {}),
    ("linear", "*", "timeout", {"after": False}),
    ("linear", "*", "page", {"times": 2}),
    ("linear", "commentCreate", "cut", {}),
    ("linear", "issueUpdate", "reset", {}),
    ("openai", "*", "server_error", {"times": 2}),
    ("openai", "*", "rate_limit", {"times": 2, "retry_after": 2}),
    ("openai", "*", "slow", {"times": 2, "retry_after": 4}),
    ("slack", "*", "server_error", {"times": 3}),
    ("slack", "chat.postMessage", "rate_limit", {"times": 2, "retry_after": 3}),
    ("slack", "chat.update", "timeout", {}),
    ("slack", "*", "page", {"times": 2, "after": False}),
    ("slack", "chat.update", "reset", {}),
    ("slack", "chat.postMessage", "slow", {"times": 2, "retry_after": 3}),
)
"""What befalls a vendor; a `timeout` does what it was asked for, unless told otherwise, and never answers."""
LOST_POST: tuple[str, str, str, dict[str, Any]] = ("slack", "chat.postMessage", "timeout", {})
"""Rarer than the others: it is looked for where Slack may be asked once a minute."""
MORTAL = ("receive", "analyze", "act", "act", "analyze", "report", "run", "api", "authorize")

type Json = dict[str, Any]


@dataclass
class Load:
    """The people of a town.

    Attributes:
        wanted: whose each message is that asks for something, by `channel:ts`.
        deleted: words that people have taken back.
        standups: what is to reach whom exactly once, by `tenant:member:once`.
        sent: how often each thing was done.
    """

    town: Town
    chance: random.Random
    wanted: dict[str, TenantId] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    sent: Counter[str] = field(default_factory=Counter)
    texts: dict[str, str] = field(default_factory=dict)
    threads: list[tuple[str, str]] = field(default_factory=list)

    def step(self) -> None:
        """Do one thing."""
        kinds: dict[Callable[[], object], int] = {
            self.ask: 30, self.reply: 16, self.chat: 10, self.edit: 10, self.delete: 6, self.press: 12,
            self.work: 10, self.look: 4, self.standup: 6, self.sync: 2,
        }  # fmt: skip
        [kind] = self.chance.choices(list(kinds), list(kinds.values()))
        kind()
        self.sent[kind.__name__] += 1

    def ask(self) -> None:
        """Begin a thread with something to be done."""
        _, channel = self._place()
        root = self._say(channel, "let's look at something")
        new = self.chance.random() < 0.15
        self._want(channel, NEW.format(n=self._number()) if new else self._request(), root)
        self.threads += [] if new else [(channel, root)]

    def reply(self) -> None:
        """Go on in a thread."""
        if not self.threads:
            self.ask()
        channel, root = self.chance.choice(self.threads)
        if self.chance.random() < 0.5:
            self._say(channel, self.chance.choice(CHATTER), root)
        else:
            self._want(channel, self._request(), root)

    def chat(self) -> None:
        """Say something that nobody has to do anything about."""
        self._say(self._place()[1], self.chance.choice(CHATTER))

    def edit(self) -> None:
        """Correct what was asked for."""
        if self.wanted:
            id = self.chance.choice(list(self.wanted))
            channel, _, ts = id.partition(":")
            self.texts[id] = self._request()
            self.town.outside.control("slack/edit", channel=channel, ts=ts, text=self.texts[id])

    def delete(self) -> None:
        """Take back what was asked for."""
        if self.wanted:
            id = self.chance.choice(list(self.wanted))
            channel, _, ts = id.partition(":")
            self.town.outside.control("slack/delete", channel=channel, ts=ts)
            self.deleted.add(self.texts[id])
            del self.wanted[id]

    def press(self) -> None:
        """Press any button of any card."""
        places = [
            (message, f"{n}.{m}")
            for messages in self.town.outside.state()["slack"]["messages"].values()
            for message in messages
            for n, block in enumerate(message.get("blocks") or [])
            for m, each in enumerate(block.get("elements", []) if block.get("type") == "actions" else [])
            if each.get("type") == "button" and not each.get("url")
        ]
        if places:
            message, place = self.chance.choice(places)
            card = f"slack/archives/{message['channel']}/p{message['ts'].replace('.', '')}"
            url = f"{self.town.outside.described['sandbox_url']}/{card}/press"
            httpx.post(url, data={"person": "dana", "pressed": place}, timeout=30)

    def work(self) -> None:
        """Write or change a ticket in Linear, as people do."""
        if self.chance.random() < 0.3:
            self.town.outside.control("linear/issues", team="ENG", title=f"Tidy up shelf {self._number()}", user="lena")
        else:
            change = {"priority": self.chance.randrange(5), "assignee": self.chance.choice(["priya", "arjun", None])}
            self.town.outside.control(f"linear/issues/{self._key()}", user="tobias", **change)

    def look(self) -> None:
        """Have a program read the log."""
        self._place()[0].team.send("GET", "/v1/decisions?limit=50")

    def standup(self) -> None:
        """Have a report come due."""
        tenant, _ = self._place()
        client = self.town.outside.client
        member = self.chance.choice([m for m in client.stores.directory.members(tenant.id) if m.slack_id])
        due = ReportDue(tenant_id=tenant.id, member_id=member.id, once=f"soak-{self._number()}")
        client.app.unit(tenant.id).schedules.put_once(due, datetime.now(UTC) + timedelta(seconds=1))

    def sync(self) -> None:
        """Have everything read again."""
        self._place()[0].team.send("POST", "/v1/workflows/sync", {"dry_run": False})

    def _want(self, channel: str, text: str, root: str) -> None:
        id = f"{channel}:{self._say(channel, text, root)}"
        self.texts[id] = text
        self.wanted[id] = next(tenant.id for tenant in self.town.tenants if channel in tenant.channels)

    def _say(self, channel: str, text: str, root: str | None = None) -> str:
        said = self.town.outside.control("slack/messages", channel=channel, user="priya", text=text, thread_ts=root)
        ts: str = said["ts"]
        return ts

    def _place(self) -> tuple[Tenant, str]:
        tenant = self.chance.choice(self.town.tenants)
        return tenant, self.chance.choice(sorted(tenant.channels))

    def _request(self) -> str:
        return self.chance.choices(ASKS, (4, 1))[0].format(key=self._key(), n=self._number())

    def _key(self) -> str:
        issues = self.town.outside.state()["linear"]["issues"]
        key: str = self.chance.choice([issue["identifier"] for issue in issues[:40]])
        return key

    def _number(self) -> int:
        return self.chance.randrange(10**9)


@dataclass
class Trouble:
    """What goes wrong: vendors fail, and workers are killed."""

    town: Town
    stack: Stack
    chance: random.Random
    faults: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)

    def fail(self) -> None:
        """Have a vendor fail."""
        rarely = self.chance.random() < 0.04
        vendor, operation, kind, more = LOST_POST if rarely else self.chance.choice(FAULTS)
        self.town.outside.break_vendor(vendor, operation, kind, **more)
        self.faults[f"{vendor} {kind}"] += more.get("times", 1)

    def kill(self) -> None:
        """Kill a worker, whatever it is doing."""
        if there := workers(self.stack, self.chance.choice(MORTAL)):
            worker = self.chance.choice(there)
            worker.kill()
            self.killed[worker.function] += 1
