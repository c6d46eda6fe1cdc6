"""Decisions as everybody of a team may read them, with the tickets that they are about and who has answered."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple

from pm_assistant.domain.decisions import Decision, for_everybody
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Ticket, own_link
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import Deciding, asked_below, concerned, entry_of, logged_entry_of
from pm_assistant.presentation.i18n import Texts
from pm_assistant.workflows.pipeline.deciders import names_of_deciders
from pm_assistant.workflows.tenants.audience import open_to_all


class Shown(NamedTuple):
    """A decision and what is said of it."""

    decision: Decision
    entry: CardEntry


class ShownDecisions(NamedTuple):
    """Decisions without the words of what was said in private, which stay with those who heard them.

    Attributes:
        decisions: in the order in which they were given.
        tickets: those that everybody may read among what they are about, by id.
        withheld: the ids of the others.
        deciding: who has answered, and what can still be.
        said_at: where each was said in the team's workspace, by its id.
    """

    decisions: Sequence[Decision]
    tickets: Mapping[str, Ticket]
    withheld: Set[str]
    deciding: Deciding
    said_at: Mapping[str, str]

    def withholds(self, decision: Decision) -> bool:
        """Whether one of them is about a ticket that not everybody may read."""
        return not self.withheld.isdisjoint(concerned(decision))

    def entry(self, decision: Decision, texts: Texts) -> CardEntry | None:
        """One of them in the reader's words; None where there is nothing to say of it."""
        entry = entry_of(decision, self.tickets, texts, withheld=self.withheld, outside=False, deciding=self.deciding)
        if entry is None:
            entry = logged_entry_of(decision, self.tickets, texts, withheld=self.withheld)
        return entry and entry.model_copy(update={"said_at": self.said_at.get(decision.id, "")})

    def in_words(self, decisions: Iterable[Decision], texts: Texts) -> Sequence[Shown]:
        """Some of them in the reader's words, one below the other, without those of which there is nothing to say."""
        entries, above = list[Shown](), set[str]()
        for decision in decisions:
            if (entry := self.entry(decision, texts)) is not None:
                entries.append(Shown(decision, asked_below(entry, decision, above, texts)))
                above.add(decision.id)
        return entries


def shown_decisions(
    decisions: Iterable[Decision], index: TeamIndex, unit: Unit, *, wordless: bool = False
) -> ShownDecisions:
    """Read what it takes to show decisions: the tickets that they are about, however many others there are.

    Args:
        decisions: of the team.
        index: of its work.
        unit: of work.
        wordless: whether those about what was said in private are shown as well, without its words.
    """
    public = [for_everybody(decision) for decision in decisions if wordless or not decision.private]
    wanted = {ticket_id for decision in public for ticket_id in concerned(decision)}
    found = unit.stores.tickets.some(unit.tenant_id, wanted)
    teams = {team.id for team in open_to_all(index.teams)}
    tickets = {ticket.id: ticket for ticket in found if ticket.team_id in teams}
    return ShownDecisions(
        decisions=public,
        tickets=tickets,
        withheld={ticket.id for ticket in found} - tickets.keys(),
        deciding=Deciding(names_of_deciders(public, unit, index.people), at=unit.now()),
        said_at=_places(public, index.base_urls.get(unit.provider(Role.CHAT))),
    )


def _places(decisions: Sequence[Decision], base_url: str | None) -> Mapping[str, str]:
    """Where each decision was said, in this workspace."""
    found = ((each.id, own_link(each.evidence[0].url, base_url)) for each in decisions if each.evidence)
    return {id: url for id, url in found if url}
