"""Fill in a new ticket: what is quoted, whose it is to be, and what its fields may be, each by what speaks for it.

Whoever has thought of the ticket, a model or a rule, says what it is about. The rest follows from what was said and
from where earlier tickets went, so that no text can talk a model into it (ADR 52).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.drafts import MOST_LABELS, MOST_QUOTES, Quote, Suggestion, TicketDetails
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.index import Known, TeamIndex
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Member, Standing, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message, Team, Ticket
from pm_assistant.language import text
from pm_assistant.language.drafting import is_retold, is_said, parent_named, quoted_in, shares_subject, takes
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.tenants.audience import open_to_all, public_teams, public_tickets

LOOKED_BACK = timedelta(days=30)
"""Where a channel's earlier conversations led is looked for so far back."""
FEWEST, SHARE = 2, 2 / 3
"""So many earlier tickets, and so much of them all, make a habit."""
MOST_OPENED = 10
"""Tickets of a person, opened last, that tell where that person's tickets go."""
LONGEST_QUOTE = 1_000
CUT = " [\u2026]"
UNKNOWN = "Somebody"
ORDERED = "It was ordered."


class Drafting:
    """Fills in the new tickets of one conversation.

    Args:
        conversation: that asks for them.
        tenant: of it.
        index: of its tickets, people and teams.
        unit: of work.
        near: the tickets that the conversation may be about, best first.

    Attributes:
        names: people's names by who they are in the chat.
    """

    def __init__(
        self, conversation: Conversation, tenant: Tenant, index: TeamIndex, unit: Unit, *, near: Sequence[Ticket] = ()
    ) -> None:
        self._conversation, self._tenant, self._index, self._unit, self._near = conversation, tenant, index, unit, near
        self._teams = {team.id: team for team in open_to_all(index.teams)}
        chat = unit.provider(Role.CHAT)
        self._people = {member.accounts[chat]: member for member in index.people if chat in member.accounts}
        self.names = {account: member.name for account, member in self._people.items()}

    def filled(self, action: CreateTicket, cited: Sequence[Message]) -> CreateTicket:
        """The ticket with all that can be said of it.

        Args:
            action: as it was thought of.
            cited: the messages that it rests on.
        """
        said = [self._plain(message) for message in cited]
        is_urgent = quoted_in(action.priority_because, said)
        quoted = self.quoted(self.placed(action, cited), cited)
        change: dict[str, object] = {"labels": self._labels(action, said, quoted.team)}
        if not is_urgent:
            change |= {"priority": 0, "priority_because": ""}
        return quoted.model_copy(update=change)

    def placed(self, action: CreateTicket, cited: Sequence[Message]) -> CreateTicket:
        """The ticket with its place among the others: whose it is to be, and what it is a part of."""
        said = [self._plain(message) for message in cited]
        parent = self._parent(said)
        team = action.team or self._team(action, cited, parent)
        below = parent and Suggestion(id=parent.id, name=parent.key, because="It was said to be below it.")
        return action.model_copy(update={"team": team, "parent": below})

    def quoted(self, action: CreateTicket, cited: Sequence[Message]) -> CreateTicket:
        """The ticket with what was said, and who may take it; what not everybody reads is not quoted."""
        said = [self._plain(message) for message in cited]
        quotes = () if self._conversation.private else self._quotes(cited)
        change: dict[str, object] = {"quotes": quotes}
        if action.regression_of is not None and self._conversation.private:
            change["regression_of"] = action.regression_of.model_copy(update={"because": "said so"})
        if quotes and is_retold(action.description, said):
            change["description"] = ""
        change["suggested_assignee"] = self._assignee(action, cited, said, action.team)
        return action.model_copy(update=change)

    def ordered_for(self, whom: str) -> Suggestion | None:
        """Whom somebody named for a ticket, by their account in the chat or their name; None if that is no one person.

        Nor if it is nobody to whom the tracker gives tickets.
        """
        named = [self._people[whom]] if whom in self._people else [m for m in self._index.people if _is_called(m, whom)]
        [person] = named if len(named) == 1 else [None]
        account = self._member_account(person)
        return Suggestion(id=account, name=person.name, because="as was ordered") if person and account else None

    def labelled(self, names: Collection[str], team: Suggestion | None) -> tuple[Suggestion, ...]:
        """Those of these labels that the team's tickets have; the tenant's home team's where none is named."""
        team_id = team.id if team else home_team(self._tenant, self._teams.values())
        wanted = {name.casefold() for name in names}
        known = {label for head in self._index.tickets if head.team_id == team_id for label in head.labels}
        return self._with_ids({name: ORDERED for name in sorted(known) if name.casefold() in wanted}, team_id)

    def _plain(self, message: Message) -> str:
        return text.plain(message.text, self.names)

    def _quotes(self, cited: Sequence[Message]) -> tuple[Quote, ...]:
        """How it began, and the latest of what was said since."""
        shown = [(message, said) for message in cited if (said := self._plain(message))]
        shown = shown if len(shown) <= MOST_QUOTES else [shown[0], *shown[1 - MOST_QUOTES :]]
        quoted = ((self.names.get(message.author, UNKNOWN), said) for message, said in shown)
        return tuple(
            Quote(author=who, text=said[:LONGEST_QUOTE] + CUT * (len(said) > LONGEST_QUOTE)) for who, said in quoted
        )

    def _parent(self, said: Iterable[str]) -> Ticket | None:
        keys = filter(None, map(parent_named, said))
        heads = [head for key in keys for head in self._index.tickets.with_key(key) if head.team_id in self._teams]
        return next(iter(self._unit.stores.tickets.whole(self._tenant.id, heads[:1])), None) if heads else None

    # Whose ticket it is to be

    def _team(self, action: CreateTicket, cited: Sequence[Message], parent: Ticket | None) -> Suggestion | None:
        if parent is not None:
            return self._suggested(parent.team_id, f"{parent.key}, which it is a part of, is theirs.")
        before = self._index.tickets.get(action.regression_of.id) if action.regression_of else None
        if before is not None and before.team_id in self._teams:
            return self._suggested(before.team_id, f"{before.key}, which was closed, is theirs.")
        if len(self._teams) < FEWEST:
            return None
        if (led_to := self._habit(self._led_to())) is not None:
            return self._suggested(led_to, "What is said in this channel is mostly about their tickets.")
        if (alike := self._habit(self._alike([action.title, *map(self._plain, cited)]))) is not None:
            return self._suggested(alike, "Tickets like it are theirs.")
        if (opened := self._habit(self._opened_by(cited[0].author))) is not None:
            return self._suggested(opened, f"{self.names[cited[0].author]}'s earlier tickets are theirs.")
        return None

    def _suggested(self, team_id: str, because: str) -> Suggestion:
        return Suggestion(id=team_id, name=self._teams[team_id].name, because=because)

    def _habit(self, tickets: Iterable[Known]) -> str | None:
        """The team of most of the tickets, if that is a habit."""
        counts = Counter(ticket.team_id for ticket in tickets if ticket.team_id in self._teams)
        [(team_id, count)] = counts.most_common(1) or [("", 0)]
        return team_id if count >= FEWEST and count >= SHARE * counts.total() else None

    def _led_to(self) -> Iterable[Known]:
        """The tickets that earlier conversations of the channel led to."""
        last = self._conversation.messages[0]
        first_ts = f"{float(last.ts) - LOOKED_BACK.total_seconds():.6f}"
        decisions = self._unit.stores.decisions.between(self._tenant.id, last.channel, first_ts, last.ts)
        ids = {id for decision in decisions if decision.state is DecisionState.DONE for id in _tickets_of(decision)}
        return [head for id in sorted(ids) if (head := self._index.tickets.get(id)) is not None]

    def _alike(self, said: Sequence[str]) -> Sequence[Ticket]:
        return [ticket for ticket in self._near if shares_subject(ticket.title, "\n".join(said))]

    def _opened_by(self, author: str) -> Iterable[Known]:
        person = self._people.get(author)
        account = person and person.accounts.get(self._unit.provider(Role.TRACKER))
        numbers = self._index.tickets.numbers_of_creator(account) if account else ()
        opened = (self._index.tickets.heads[number] for number in numbers)
        return sorted(opened, key=lambda head: head.created_at, reverse=True)[:MOST_OPENED]

    # Who may take it, and what it may be labelled with

    def _assignee(
        self, action: CreateTicket, cited: Sequence[Message], said: Sequence[str], team: Suggestion | None
    ) -> Suggestion | None:
        """Who said to take it, the last of them; else who has the tickets like it."""
        last = float(cited[-1].ts)
        later = [m for m in self._conversation.undeleted_messages if m.is_reply and float(m.ts) > last]
        for message in reversed([*cited, *later]):
            sentence = takes(self._plain(message))
            if sentence is not None and (account := self._member_account(self._people.get(message.author))):
                words = f"who said: \u201c{sentence}\u201d" if not self._conversation.private else "who said so"
                return Suggestion(id=account, name=self.names[message.author], because=words)
        alike = [t for t in self._alike([action.title, *said]) if team is None or t.team_id == team.id]
        owners = Counter(ticket.assignee_id for ticket in alike if ticket.assignee_id)
        [(owner, count)] = owners.most_common(1) or [("", 0)]
        tracker = self._unit.provider(Role.TRACKER)
        person = next((m for m in self._index.people if m.accounts.get(tracker) == owner), None)
        if count < FEWEST or len(owners) > 1 or not self._member_account(person):
            return None
        keys = ", ".join(ticket.key for ticket in alike if ticket.assignee_id == owner)
        return Suggestion(id=owner or "", name=person.name if person else "", because=f"who has {keys}")

    def _member_account(self, person: Member | None) -> str | None:
        """A person's account in the tracker, if that is a full member wherever we have been told."""
        if person is None or any(standing is not Standing.MEMBER for standing in person.standings.values()):
            return None
        return person.accounts.get(self._unit.provider(Role.TRACKER))

    def _labels(self, action: CreateTicket, said: Sequence[str], team: Suggestion | None) -> tuple[Suggestion, ...]:
        """Labels of the team's own tickets: those that most of the tickets like it have, and those that were named."""
        team_id = team.id if team else home_team(self._tenant, self._teams.values())
        alike = [ticket for ticket in self._alike([action.title, *said]) if ticket.team_id == team_id]
        carried = Counter(label for ticket in alike for label in ticket.labels)
        found = {
            name: f"{count} of {len(alike)} tickets like it have it."
            for name, count in carried.items()
            if count >= FEWEST and count >= SHARE * len(alike)
        }
        heads = [head for head in self._index.tickets if head.team_id == team_id and head.labels]
        for name in sorted({label for head in heads for label in head.labels} - found.keys()):
            if is_said(name, "\n".join(said)):
                found[name] = "It was named."
        return self._with_ids(found, team_id)

    def _with_ids(self, found: Mapping[str, str], team_id: str | None) -> tuple[Suggestion, ...]:
        """Labels of a team's tickets, each with what speaks for it."""
        heads = [head for head in self._index.tickets if head.team_id == team_id and head.labels]
        holders = {name: head for head in heads for name in head.labels if name in found}
        whole = self._unit.stores.tickets.whole(self._tenant.id, [*{h.id: h for h in holders.values()}.values()])
        ids = {label: id for ticket in whole for id, label in zip(ticket.label_ids, ticket.labels, strict=False)}
        named = [(name, because) for name, because in found.items() if name in ids]
        return tuple(Suggestion(id=ids[name], name=name, because=because) for name, because in named[:MOST_LABELS])


def _is_called(person: Member, name: str) -> bool:
    """Whether it is somebody's name, or the first one."""
    called = person.name.casefold()
    return name.casefold() in {called, called.partition(" ")[0]}


def _tickets_of(decision: Decision) -> Iterable[str]:
    made = (decision.outcome.external_id,) if decision.outcome and isinstance(decision.action, CreateTicket) else ()
    return (*decision.action.tickets, *made)


def home_team(tenant: Tenant, teams: Iterable[Team]) -> str | None:
    """The team that gets the tickets of which nothing tells whose they are: as the tenant says, or the first by key."""
    first = min(teams, key=lambda team: team.key, default=None)
    return tenant.settings.home_team_id or (first.id if first else None)


def team_and_details(action: CreateTicket, decision: Decision, tenant: Tenant, unit: Unit) -> tuple[str, TicketDetails]:
    """What a ticket is created with, as far as that is there still and everybody may read it.

    Whom we only suggest gets the ticket once a person has seen that and said yes; whom a person named gets it.

    Raises:
        InvalidRequest: the tenant has no team that it could be of.
    """
    teams = {team.id: team for team in public_teams(unit)}
    team_id = action.team.id if action.team and action.team.id in teams else home_team(tenant, teams.values())
    if team_id is None:
        raise InvalidRequest(Translatable("the tenant has no tracker team to create tickets in"))
    named = {each.id for each in (action.parent, action.regression_of) if each is not None}
    found = {ticket.id for ticket in public_tickets(unit.stores.tickets.some(unit.tenant_id, named), unit)}
    is_meant = decision.decided_by is not None and (decision.order is None or decision.order.assigns)
    return team_id, TicketDetails(
        assignee_id=action.suggested_assignee.id if action.suggested_assignee and is_meant else None,
        label_ids=tuple(label.id for label in action.labels),
        parent_id=action.parent.id if action.parent and action.parent.id in found else None,
        regression_of=action.regression_of.id if action.regression_of and action.regression_of.id in found else None,
    )
