"""Show what is behind links to our decisions: to a channel what all who read it may see, the rest to one alone."""

from contextlib import suppress

from pm_assistant.domain.addresses import decision_at, decision_page
from pm_assistant.domain.decisions import Decision, for_everybody
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.previews import Preview
from pm_assistant.domain.surfaces import DetailsWanted, LinkShared
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import Deciding, concerned
from pm_assistant.presentation.i18n import Texts
from pm_assistant.presentation.previews import details_of, preview_of
from pm_assistant.workflows.accounts.reader import texts_for, texts_of_team
from pm_assistant.workflows.connections.queries import chat_url
from pm_assistant.workflows.pipeline.deciders import names_of_deciders
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.tenants.audience import public_tickets


def unfurl_links(shared: LinkShared, account: str, unit: Unit) -> None:
    """Show a channel what is behind the links that somebody of the team has shared there; to repeat it is safe.

    Where people of other companies read, and for whoever is not of the team, nothing is shown.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    named = {link: id for link in shared.links if (id := decision_at(link, unit.public_url)) is not None}
    if shared.outside or not named:
        return
    # Where it cannot be shown any more, or nobody can tell who that is, nothing is.
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        if reason_to_refuse(account, unit) is not None:
            return
        found = ((link, _found(id, unit)) for link, id in named.items())
        texts = texts_of_team(unit.stores.tenants.get(unit.tenant_id))
        previews = {link: _preview(each, shared.channel, texts, unit) for link, each in found if each is not None}
        if previews:
            unit.chat.unfurl(shared.unfurl_id, shared.source, previews)


def show_details(wanted: DetailsWanted, account: str, unit: Unit) -> None:
    """Show one person all that they may read of a decision, or that there is nothing for them.

    What was said in private is for those who are in that channel now; the chat is asked.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        unit.chat.present_details(wanted.trigger_id, _details(wanted.link, account, unit))


def _details(link: str, account: str, unit: Unit) -> Preview | None:
    id = decision_at(link, unit.public_url)
    decision = _found(id, unit) if id is not None else None
    if decision is None or reason_to_refuse(account, unit) is not None:
        return None
    readable = decision if decision.private and _hears(account, decision, unit) else for_everybody(decision)
    texts = texts_for(account, unit)
    preview, withheld = _shown(readable, texts, unit)
    deciding = _deciding(decision, unit)
    return details_of(preview, readable, texts, deciding=deciding, base_url=chat_url(unit), withheld=withheld)


def _hears(account: str, decision: Decision, unit: Unit) -> bool:
    """Whether somebody is where it was said, now."""
    try:
        return decision.subject.in_chat and account in unit.chat.people_in(decision.subject.channel)
    except NotFound:
        return False


def _found(id: str, unit: Unit) -> Decision | None:
    """The decision of that id, unless people of other companies have a part in it: of these nothing is shown."""
    try:
        decision = unit.stores.decisions.get(unit.tenant_id, id)
    except NotFound:
        return None
    return None if decision.outside else decision


def _preview(decision: Decision, channel: str, texts: Texts, unit: Unit) -> Preview:
    """What all who read a channel may see; what was said in that very channel they have heard."""
    said_here = decision.subject.in_chat and decision.subject.channel == channel
    preview, _ = _shown(decision if said_here else for_everybody(decision), texts, unit)
    return preview


def _shown(decision: Decision, texts: Texts, unit: Unit) -> tuple[Preview, bool]:
    """A decision, and whether not everybody may read of the ticket that it is about."""
    tickets = unit.stores.tickets.some(unit.tenant_id, concerned(decision))
    public = {ticket.id: ticket for ticket in public_tickets(tickets, unit)}
    withheld = {ticket.id for ticket in tickets} - public.keys()
    url, deciding = decision_page(unit.public_url, decision.id), _deciding(decision, unit)
    return preview_of(decision, public, texts, withheld=withheld, url=url, deciding=deciding), bool(withheld)


def _deciding(decision: Decision, unit: Unit) -> Deciding:
    return Deciding(names_of_deciders([decision], unit), at=unit.now())
