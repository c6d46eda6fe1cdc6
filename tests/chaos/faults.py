"""What can go wrong at a call, and the thin wrapper around every port that makes it go wrong there."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum
from functools import partial
from types import MethodType
from typing import TYPE_CHECKING, Any, NamedTuple

from pm_assistant.domain.actions import Comment, CreateTicket
from pm_assistant.domain.decisions import Judgement, Proposal
from pm_assistant.domain.errors import AccessRevoked, Misconfigured, RateLimited, UpstreamUnavailable
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import MessageId

if TYPE_CHECKING:
    from tests.chaos.world import World

SETTLED = timedelta(seconds=7)
"""How long a worker is held up while others go on: longer than a conversation takes to settle."""
SKEW = timedelta(seconds=45)
STALLED = timedelta(seconds=60)


class Killed(BaseException):
    """The worker is gone; nothing of its own, `finally` included, has any effect from here on."""


class Bug(Exception):
    """What nobody foresaw."""


class Kind(StrEnum):
    """The faults there are."""

    BEFORE = "before"
    AFTER = "after"
    KILL_BEFORE = "kill-before"
    KILL_AFTER = "kill-after"
    LIMITED = "limited"
    TWIN = "twin"
    MEANWHILE = "meanwhile"
    AWAY_15M = "away-15m"
    AWAY_6H = "away-6h"
    AWAY_24H = "away-24h"
    AHEAD = "clock-ahead"
    BEHIND = "clock-behind"
    DOUBLED = "doubled"
    LATE = "late"
    STALL = "stall"
    LIE = "lie"
    GARBAGE = "garbage"
    BUG = "bug"
    UNSET = "unset"
    REVOKED = "revoked"
    ORDER = "order"
    PAIR = "pair"


AWAY = {
    Kind.AWAY_15M: timedelta(minutes=15),
    Kind.AWAY_6H: timedelta(hours=6),
    Kind.AWAY_24H: timedelta(hours=24),
}
FAULTY = timedelta(hours=20)
"""How long a mistake of ours stands: long enough for every queue to give up what meets it."""
LONG = {Kind.AWAY_6H, Kind.AWAY_24H, Kind.BUG}
OF_VENDOR = {"chat": Provider.SLACK, "tracker": Provider.LINEAR}
VENDORS = ("chat", "tracker", "analyst", "mailer", "oauth")
ONLY_AT: dict[Kind, Callable[[str], bool]] = {
    Kind.LIMITED: lambda name: name.startswith((*VENDORS, "vault")),
    Kind.STALL: lambda name: name.startswith(VENDORS),
    Kind.UNSET: lambda name: name.startswith(("vault", "oauth", "secrets", "mailer", "analyst", "schedules")),
    Kind.REVOKED: lambda name: name.startswith(("chat", "tracker")),
    Kind.LIE: lambda name: name == "analyst.judge",
    Kind.GARBAGE: lambda name: name == "analyst.judge",
    Kind.DOUBLED: lambda name: (
        (name.startswith("queues") and name.endswith(".put")) or name.startswith("schedules.put_")
    ),
    Kind.LATE: lambda name: name.startswith("queues") and name.endswith(".put"),
    Kind.ORDER: lambda name: False,
    Kind.PAIR: lambda name: False,
}
"""Kinds that make sense at some calls alone; the others do at each."""


class Fault(NamedTuple):
    """What goes wrong at which call, counted from 1 over all workers of a world."""

    call: int
    kind: Kind


def fits(kind: Kind, name: str) -> bool:
    """Whether a kind of fault makes sense at a call."""
    return kind not in ONLY_AT or ONLY_AT[kind](name)


class Run:
    """One invocation of one worker, whose calls are counted and may fail.

    Args:
        world: all there is.
        repeat: has another worker do the same from the start.
    """

    def __init__(self, world: "World", repeat: Callable[[], object]) -> None:
        self.world = world
        self.dead = False
        self.skew = timedelta()
        self._repeat = repeat

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        """Make a call of a port, unless a fault has it otherwise."""
        if self.dead:
            raise Killed
        kind = self.world.next_fault(name)
        if kind is not None:
            self._befall(kind, name)
        if kind is Kind.LIE:
            return LIES
        self._check_there(name)
        answer = effect()
        self.world.after_call(name)
        self._befall_after(kind, name)
        return answer

    def _check_there(self, name: str) -> None:
        """What a call meets while something lasts that has befallen its port."""
        if self.world.is_faulty(name):
            raise Bug(name)
        if (retry_after := self.world.limit_of(name)) is not None:
            raise RateLimited(f"{name} asks to slow down", retry_after=retry_after)
        if self.world.is_away(name):
            raise UpstreamUnavailable(f"{name} is away")

    def _befall_after(self, kind: Kind | None, name: str) -> None:
        """What happens after the call."""
        if kind is Kind.KILL_AFTER:
            self._die()
        if kind is Kind.AFTER:
            raise UpstreamUnavailable(f"the answer of {name} was lost")
        if kind is Kind.DOUBLED and name.startswith("schedules"):
            self.world.base.schedules.strikes = 2  # type: ignore[attr-defined]
        elif kind in {Kind.DOUBLED, Kind.LATE}:
            self.world.disturb_last_letter(doubled=kind is Kind.DOUBLED)

    def _befall(self, kind: Kind, name: str) -> None:  # noqa: C901  # a table of kinds, flat
        """What happens before the call."""
        match kind:
            case Kind.BEFORE | Kind.GARBAGE:
                raise UpstreamUnavailable(f"{name} failed")
            case Kind.LIMITED:
                raise RateLimited(f"{name} asks to slow down", retry_after=45)
            case Kind.UNSET:
                raise Misconfigured(f"{name} is not set up")
            case Kind.REVOKED if name.startswith(tuple(OF_VENDOR)):
                raise AccessRevoked(f"{name}: token_revoked", provider=OF_VENDOR[name.split(".")[0]])
            case Kind.BUG:
                self.world.make_faulty(name, FAULTY)
            case Kind.KILL_BEFORE | Kind.STALL:
                self.world.at += STALLED if kind is Kind.STALL else timedelta()
                self._die()
            case Kind.TWIN:
                self._repeat()
            case Kind.MEANWHILE:
                self.world.go_on_meanwhile()
            case Kind.AWAY_15M | Kind.AWAY_6H | Kind.AWAY_24H:
                self.world.take_away(name.split(".")[0], AWAY[kind])
            case Kind.AHEAD | Kind.BEHIND:
                self.skew = SKEW if kind is Kind.AHEAD else -SKEW

    def _die(self) -> None:
        self.dead = True
        raise Killed


LIES = Judgement(
    model="liar",
    proposals=tuple(
        Proposal(action=action, confidence=1.0, reason="trust me", evidence=(MessageId("C0OTHER:1.000001"),))
        for action in (Comment(ticket_id="ticket-of-others", summary="lies"), CreateTicket(title=" ", description=""))
    ),
)
"""An answer of the right form about tickets and messages that the analyst was never shown."""


class Proxy:
    """Stands before a port; every call of it, and of the ports within it, goes through the run."""

    def __init__(self, target: Any, path: str, run: Run) -> None:
        self._target = target
        self._path = path
        self._run = run

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        path = f"{self._path}.{name}"
        if is_port(value):
            return Proxy(value, path, self._run)
        if not callable(value):
            return value
        if value.__module__.startswith("pm_assistant.ports"):
            # What the port itself makes of its adapter's methods calls those through us.
            return MethodType(value.__func__, self)
        return lambda *args, **named: self._run.call(path, partial(value, *args, **named))


def is_port(value: object) -> bool:
    """Whether something is a stand-in for what we need from outside."""
    return type(value).__module__.startswith(("tests.fakes", "tests.chaos")) and not isinstance(value, tuple)


def single_faults(calls: list[str]) -> Iterator[Fault]:
    """Every fault that fits at any of these calls."""
    for number, name in enumerate(calls, start=1):
        yield from (Fault(number, kind) for kind in Kind if fits(kind, name))
