"""A person's page in the chat, made from what is stored.

However large the team, it takes the same reads: the index, which a worker keeps, the latest decisions, the tickets that
these are about, and the reader's own day.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import assert_never

from pm_assistant.domain.decisions import Decision, more_may_wait
from pm_assistant.domain.due import due_of
from pm_assistant.domain.errors import AccessRevoked, Conflict, NotConnected, NotFound
from pm_assistant.domain.forms import SettingsForm
from pm_assistant.domain.home import Home
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.reports import OWN_REPORTS, ReportKind, ReportTarget, Subscription
from pm_assistant.domain.surfaces import HomeOpened, HomeOutdated, SurfaceRequest
from pm_assistant.domain.tenants import Member, Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.home import HomeFacts, home_of, stranger_home
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.settings import said_of, said_of_language, said_of_quiet
from pm_assistant.workflows.pipeline.decision_views import shown_decisions
from pm_assistant.workflows.pipeline.overview import LATEST
from pm_assistant.workflows.reports.report import day_of
from pm_assistant.workflows.surfaces.viewers import is_admin, may_answer, viewer_of


def answer_look(look: HomeOpened | HomeOutdated, request: SurfaceRequest, unit: Unit) -> None:
    """Show somebody their page, which they have opened, or which is not true any more.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    match look:
        case HomeOpened(shown=shown):
            show_home(request.user_id, unit, since=request.asked_at, over=shown)
        case HomeOutdated(since=since):
            show_home(request.user_id, unit, since=since)
        case _:
            assert_never(look)


def show_home(account: str, unit: Unit, *, since: datetime, over: str | None = None) -> None:
    """Show somebody their page as things stand, in place of the version that they see.

    That it is true from now on is noted first: whatever changes while it is made has it made once more. Where another
    has been shown meanwhile, so has this one.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    unit.stores.homes.look(unit.tenant_id, account, since=since)
    # Where nobody can look at it any more, nothing is to be shown.
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        try:
            unit.chat.publish_home(account, compose_home(account, unit), over=over)
        except Conflict:
            unit.chat.publish_home(account, compose_home(account, unit))


def compose_home(account: str, unit: Unit) -> Home:
    """The page as things stand; a stranger is told no more than whose page it is."""
    index = unit.stores.index.read(unit.tenant_id)
    viewer = viewer_of(account, index.people, unit)
    return stranger_home() if viewer is None else home_of(_facts(viewer, index, unit))


def _facts(viewer: Member, index: TeamIndex, unit: Unit) -> HomeFacts:
    answers = may_answer(viewer, unit)
    with unit.side_by_side() as reads:
        found_connections = reads.submit(unit.stores.connections.with_activity, unit.tenant_id)
        found_day = reads.submit(partial(day_of, index=index), viewer, unit)
        found_admin = reads.submit(is_admin, viewer, index.people, unit)
        found_wishes = reads.submit(wishes_of, viewer, unit)
        found_tenant = reads.submit(unit.stores.tenants.get, unit.tenant_id)
        latest = _latest(unit) if answers else ()
        shown = shown_decisions(latest, index, unit)
    due = due_of(found_tenant.result().billing, unit.now()) if found_admin.result() else None
    since = found_tenant.result().history_from(unit.now())
    decisions = [each for each in shown.decisions if since is None or each.updated_at >= since]
    return HomeFacts(
        decisions=decisions,
        tickets=shown.tickets,
        withheld=shown.withheld,
        deciding=shown.deciding,
        said_at=shown.said_at,
        day=found_day.result(),
        connections=[
            (unit.vendors[connection.provider].label, connection, activity)
            for connection, activity in found_connections.result()
        ],
        connect_url=f"{unit.public_url}/connections" if found_admin.result() else "",
        answers=answers,
        at=unit.now(),
        more_may_wait=more_may_wait(latest, limit=LATEST, at=unit.now()),
        shown_since=since if len(decisions) < len(shown.decisions) else None,
        settings=_settings(viewer, found_wishes.result(), found_tenant.result(), admin=found_admin.result()),
        language=found_day.result().language,
        due=due.what if due is not None else None,
        billing_url=f"{unit.public_url}/billing",
    )


def _settings(
    viewer: Member, wishes: Mapping[ReportKind, Subscription], tenant: Tenant, *, admin: bool
) -> Sequence[tuple[str, SettingsForm | None]]:
    """What is set, in words, with the form in which the reader may set it anew."""
    texts = texts_in(viewer.language)
    return [
        *((said_of(wishes.get(kind), kind, texts), "reports") for kind in OWN_REPORTS),
        (said_of_language(viewer, texts), "language"),
        (said_of_quiet(tenant.settings.quiet_hours, texts), "quiet_hours" if admin else None),
    ]


def wishes_of(member: Member, unit: Unit) -> Mapping[ReportKind, Subscription]:
    """When a person's own reports come, as far as any do."""
    targets = (ReportTarget(member_id=member.id, kind=kind) for kind in OWN_REPORTS)
    found = (unit.stores.subscriptions.get(unit.tenant_id, target.subscription_id) for target in targets)
    return {wish.kind: wish for wish in found if wish is not None}


def _latest(unit: Unit) -> Sequence[Decision]:
    return [decision for _, decision in unit.stores.decisions.latest(unit.tenant_id, limit=LATEST)]
