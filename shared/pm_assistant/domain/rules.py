"""What people have decided once for all: what is never asked about, and what is asked first whatever is allowed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import AwareDatetime, Field

from pm_assistant.domain.bounds import Name, Wording
from pm_assistant.domain.model import Model

type Effect = Literal["never", "ask"]
type Kind = Literal["comment", "create", "move", "close", "link"]
MOST_RULES = 100
OWNER_LEFT = "its owner has left"


class Matter(NamedTuple):
    """What a rule may be about.

    Attributes:
        channel: where people are, or would be, asked; None where that is in no thread.
        root_ts: the thread there.
        tickets: ids of those that it is about.
        labels: of the ticket that it is about, where these are known.
    """

    kind: str
    channel: str | None
    root_ts: str | None
    tickets: Collection[str] = ()
    labels: Collection[str] = ()


class TeamRule(Model):
    """A rule of the team's: it is about what fits all that it names, and names at least one thing.

    Attributes:
        owner: who made it, or took it over, as answers are signed.
        ended: why it does not count any more, though its time is not over.
    """

    id: str
    effect: Effect = Field(
        default="never", description="`never` has it logged and not asked; `ask` has it never done unasked"
    )
    kind: Kind | None = Field(default=None, description="only of this kind")
    channel: str | None = Field(default=None, max_length=64, description="only in this channel, by the chat's id")
    root_ts: str | None = Field(default=None, max_length=64, description="only in this thread of the channel")
    ticket_id: str | None = Field(
        default=None, max_length=64, description="only about this ticket, by the tracker's id"
    )
    ticket_key: str | None = Field(default=None, max_length=64, description="what the ticket was called then")
    label: Name | None = Field(
        default=None, description="only about tickets with this label, in what is said about them"
    )
    owner: str
    made_at: AwareDatetime
    until: AwareDatetime | None = Field(default=None, description="when it ends; none if never")
    note: Wording = Field(default="", description="why, in its owner's words")
    ended: str | None = None

    @property
    def said(self) -> Mapping[str, str]:
        """What it says, as the trail tells it; by ids and never with its owner's words."""
        until = self.until.isoformat() if self.until else None
        said = {"effect": self.effect, "kind": self.kind, "ticket": self.ticket_key, "label": self.label}
        said |= {"channel": self.channel, "one_thread": "true" if self.root_ts else None, "until": until}
        return {name: value for name, value in said.items() if value is not None}

    def counts(self, at: datetime) -> bool:
        """Whether it is in force."""
        return self.ended is None and (self.until is None or at < self.until)

    @property
    def mutes_place(self) -> bool:
        """Whether nothing at all is asked where it applies, whatever its kind."""
        return self.effect == "never" and self.kind is None and self.label is None

    def applies(self, matter: Matter) -> bool:
        """Whether something is what it is about."""
        return (
            self.kind in {None, matter.kind}
            and self.channel in {None, matter.channel}
            and self.root_ts in {None, matter.root_ts}
            and (self.ticket_id is None or self.ticket_id in matter.tickets)
            and (self.label is None or self.label in matter.labels)
        )

    def meets(self, other: "TeamRule") -> bool:
        """Whether something may be what both are about."""
        mine, theirs = self._scope, other._scope
        return all(None in pair or pair[0] == pair[1] for pair in zip(mine, theirs, strict=True))

    @property
    def _scope(self) -> tuple[str | None, ...]:
        return (self.kind, self.channel, self.root_ts, self.ticket_id)


class HeldBy(Model):
    """The rule that kept something from being asked, or done unasked, as it was then."""

    rule_id: str
    effect: Effect
    owner: str
    until: AwareDatetime | None = None


def strictest(rules: Iterable[TeamRule], matter: Matter, *, at: datetime) -> TeamRule | None:
    """The rule in force that says most of something; the first of several that say the same."""
    applying = [rule for rule in rules if rule.counts(at) and rule.applies(matter)]
    return next((rule for rule in applying if rule.effect == "never"), next(iter(applying), None))


def conflicting(rule: TeamRule, rules: Iterable[TeamRule], *, at: datetime) -> Sequence[str]:
    """The ids of the rules that say otherwise of what both may be about; the stricter one counts there."""
    others = (other for other in rules if other.id != rule.id and other.counts(at) and rule.counts(at))
    return [other.id for other in others if other.effect != rule.effect and rule.meets(other)]
