"""Tell one person what moved and what is next, once per local day and kind of report."""

from functools import cache, partial
from typing import assert_never

from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.reports import Report, ReportChannel, ReportDue, ReportKind
from pm_assistant.domain.tenants import Member, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.working_time import WorkingTime
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.overview import sections_by_person, totals
from pm_assistant.presentation.report_mail import report_mail
from pm_assistant.workflows.connections.leavers import is_gone
from pm_assistant.workflows.reports.answers import speaks
from pm_assistant.workflows.reports.delivery import Delivery
from pm_assistant.workflows.reports.facts import Found, person_of, sources_of
from pm_assistant.workflows.reports.kinds import REPORTS
from pm_assistant.workflows.reports.not_mine import still_disowned
from pm_assistant.workflows.reports.phrasing import Phrase, phrased
from pm_assistant.workflows.reports.posting import person, post_once
from pm_assistant.workflows.reports.team import facts_of_team, people_of, team_for
from pm_assistant.workflows.reports.unsubscribing import unsubscribe_url
from pm_assistant.workflows.tenants.address import address_of
from pm_assistant.workflows.tenants.members import member_of


def compose(
    due: ReportDue,
    member: Member,
    unit: Unit,
    *,
    for_others: bool = False,
    phrase: Phrase | None = None,
    index: TeamIndex | None = None,
    tenant: Tenant | None = None,
) -> Report:
    """Compute the report that is due to a member.

    With `for_others` somebody else is to read it: then it leaves out what not everybody may, as a team's always does.
    `phrase` words it, where the team wants that; without, it is in our own words. The `index` and the `tenant` are read
    where whoever asks has not done so.

    Raises:
        NotFound: it is of a team that there is not, or that is not for the member to read of.
    """
    shared_with_others = for_others or due.team_id is not None
    found = read_work(due, unit, for_others=shared_with_others, index=index, tenant=tenant)
    return _told(due, member, found, unit, phrase=phrase)


def _told(due: ReportDue, member: Member, found: Found, unit: Unit, *, phrase: Phrase | None = None) -> Report:
    """Tell a member what has been found, and what hangs on it."""
    spec = REPORTS[due.kind]
    day, texts, reader = due.day(found.at, member), texts_in(member.language), person_of(member, unit)
    team = team_for(member, due.team_id, found.index.teams, unit) if due.team_id else None
    if spec.by_person and team is None:
        raise NotFound("an overview is of a team")
    people = people_of(team.id, found.index, unit, since=found.since) if team else [reader]
    sources = sources_of(people, found, unit, working=WorkingTime(member.zone), quoted=team is not None)
    facts = facts_of_team(team.id, people, reader, spec, sources) if team else spec.facts(reader, sources)
    words = phrase(facts, found.tenant, unit, said_in=texts) if phrase and not spec.by_person else None
    if spec.by_person:
        sections = sections_by_person([each.name for each in people], facts, texts)
    else:
        sections = spec.sections(facts, words.texts if words else None, of_team=team is not None, said_in=texts)
    return Report(
        id=external_id(due.delivery_key(day), "report"),
        kind=due.kind,
        title=texts.gettext(spec.title, name=team.name if team else member.name, day=texts.day(day)),
        day=day,
        sections=sections,
        notes=(totals(facts, texts),) if spec.by_person else (),
        dropped=words.dropped if words else 0,
        language=texts.language,
        team_id=due.team_id,
        page=f"{unit.public_url}/",
        reader_speaks=due.kind is ReportKind.STANDUP and not found.for_others and speaks(member, unit),
    )


def read_work(
    due: ReportDue, unit: Unit, *, for_others: bool, index: TeamIndex | None = None, tenant: Tenant | None = None
) -> Found:
    """Read what is read once, whoever is told: the tenant, what its tickets are, and how to read its log since then.

    Args:
        due: which report it is for.
        unit: of work.
        for_others: somebody else is to read it.
        index: what the tickets are, and
        tenant: whose they are, where that has been read.
    """
    at = due.due_at or unit.now()
    with unit.side_by_side() as reads:
        found_index = reads.submit(lambda: index or unit.stores.index.read(unit.tenant_id))
        found_tenant = reads.submit(lambda: tenant or unit.stores.tenants.get(unit.tenant_id))
        last = unit.stores.deliveries.last(unit.tenant_id, due.told, due.kind)
        since = due.since or REPORTS[due.kind].since(last, at)
    return Found(
        tenant=found_tenant.result(),
        index=found_index.result(),
        log=cache(partial(unit.stores.decisions.since, unit.tenant_id, since)),
        since=since,
        at=at,
        for_others=for_others,
    )


def day_of(member: Member, unit: Unit, *, index: TeamIndex | None = None, tenant: Tenant | None = None) -> Report:
    """A member's day as of now, since the last standup; the rest as `compose` has it."""
    due = ReportDue(tenant_id=unit.tenant_id, member_id=member.id)
    return compose(due, member, unit, index=index, tenant=tenant)


def day_of_person(member_id: str, unit: Unit, *, tenant: Tenant) -> Report:
    """A member's day as of now, for somebody else to read; `tenant` as of `compose`.

    Raises:
        NotFound: the tenant has no such member.
    """
    due = ReportDue(tenant_id=unit.tenant_id, member_id=member_id)
    found = read_work(due, unit, for_others=True, tenant=tenant)
    return _told(due, member_of(member_id, unit, found.index.people), found, unit)


def report(due: ReportDue, unit: Unit) -> str | None:
    """Deliver a report once per person, local day and kind; returns where it went, None if it went nowhere.

    It goes nowhere if it was delivered before, on a holiday or while the person is away, which the next one says, and
    to nobody who has left: their clock may strike before the next reading of who is there; nor is a team's told to who
    may read of it no longer.

    A message in the chat whose answer was lost is found again. Mail has no such thing: should we fail between sending
    and noting it, the retry sends it a second time.

    Raises:
        NotFound: the tenant has no such member, or the member cannot be reached.
        NotConnected: the member is reached in the chat, and the tenant has none.
        Conflict: the same report is being delivered right now; repeat.
        UpstreamError: the chat or the mail failed; repeat.
    """
    member = member_of(due.member_id, unit)
    reached = None if member.left else reach(due, member, unit)
    if reached is None:
        return None
    channel, address = reached
    member = still_disowned(member, unit)
    delivery = Delivery(due, member, unit)
    with unit.lease(f"report|{delivery.key}", lasts=LEASE):
        if delivery.is_over():
            return None
        composed = _composed(due, member, delivery.tenant, unit)
        if composed is None:
            return None
        composed = delivery.with_notes(composed)
        returned = _returned(due, member, channel, unit)
        composed = composed.model_copy(update={"notes": (*composed.notes, *returned)})
        finish = delivery.noting(composed, channel)
        match channel:
            case ReportChannel.SLACK:
                try:
                    post_once(delivery.key, person(address, unit), composed, unit, remember=lambda _: finish())
                except NotFound:
                    if not is_gone(unit.provider(Role.CHAT), address, unit):
                        raise
                    return None
            case ReportChannel.EMAIL:
                unit.mailer.send(report_mail(composed, to=address, unsubscribe_url=_way_out(due, unit)))
                finish()
            case _:
                assert_never(channel)
        return address


def _composed(due: ReportDue, member: Member, tenant: Tenant | None, unit: Unit) -> Report | None:
    """What is due; None of a team that is gone, or not for the member to read of any more.

    Nor is there an overview for whom nobody has it sent to any more.
    """
    if due.kind is ReportKind.OVERVIEW and unit.stores.subscriptions.get(unit.tenant_id, due.subscription_id) is None:
        return None
    try:
        return compose(due, member, unit, phrase=phrased, tenant=tenant)
    except NotFound:
        if due.team_id is None:
            raise
        return None


def _way_out(due: ReportDue, unit: Unit) -> str:
    wish = unit.stores.subscriptions.get(unit.tenant_id, due.subscription_id)
    return unsubscribe_url(wish.id, unit) if wish else ""


def _returned(due: ReportDue, member: Member, channel: ReportChannel, unit: Unit) -> tuple[str, ...]:
    """Say why a report that is wished for by e-mail comes in the chat."""
    wish = unit.stores.subscriptions.get(unit.tenant_id, due.subscription_id)
    if channel is ReportChannel.EMAIL or wish is None or wish.delivery is not ReportChannel.EMAIL or not member.email:
        return ()
    texts = texts_in(member.language)
    return (texts.gettext("Mail to {address} does not arrive, so this comes here.", address=member.email),)


def reach(due: ReportDue, member: Member, unit: Unit) -> tuple[ReportChannel, str] | None:
    """How a person is to be told, and where: as wished if that is possible, else however the person can be reached.

    None if there is only an address that mail came back from.

    Raises:
        NotFound: the person is known nowhere.
    """
    wish = unit.stores.subscriptions.get(unit.tenant_id, due.subscription_id)
    for channel in (wish.delivery if wish else ReportChannel.SLACK, *ReportChannel):
        address = address_of(member, channel, unit)
        if address and not (channel is ReportChannel.EMAIL and unit.stores.mail.stopped(unit.tenant_id, address)):
            return channel, address
    if address_of(member, ReportChannel.EMAIL, unit):
        return None
    raise NotFound(f"{member.name} ({member.id}) is known neither in the chat nor by e-mail")
