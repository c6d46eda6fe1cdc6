"""Bring the posts of a team's report up to date with what people say for it: where they stand, and each once."""

from contextlib import suppress
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.errors import AccessRevoked, NotConnected, NotFound
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.reports import AnswersChanged, Post, Report, ReportChannel, ReportDue, ReportTarget
from pm_assistant.domain.workspaces import zone_named
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.workflows.accounts.reader import texts_of_team
from pm_assistant.workflows.reports.channels import TITLES, Composed, compose_for_channel, tells_what_was_said
from pm_assistant.workflows.reports.delivery import Delivery
from pm_assistant.workflows.reports.posting import channel, repost


class _Said(NamedTuple):
    """What was changed: its key, of which day, and when last; None where it was taken back."""

    key: str
    day: date
    at: datetime | None


def bring_up_to_date(changed: AnswersChanged, unit: Unit) -> int:
    """Have the posts in channels that quote what a person said, or would have, say what that is by now.

    Each is composed anew as it was when it was posted, by who may read what now; returns how many were changed. One
    that cannot be changed any more stays as it is, and what was said comes in the next. Where nothing may be posted any
    more nothing is added, and a post that quotes what was changed is emptied. May be repeated.

    Raises:
        Conflict: one is being posted or changed right now; repeat.
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    rows = unit.stores.report_answers.some(unit.tenant_id, [(changed.day, changed.member_id)])
    key = ReportAnswers(member_id=changed.member_id, day=changed.day).key
    said = _Said(key, changed.day, rows[0].at if rows else None)
    posts = unit.stores.deliveries.posts(unit.tenant_id)
    wishes = [wish for wish in unit.stores.subscriptions.all(unit.tenant_id) if wish.channel_id is not None]
    targets = {each.subscription_id: each for each in (*posts, *wishes) if tells_what_was_said(each.kind)}
    count, failures = 0, list[Exception]()
    for id, target in sorted(targets.items()):
        # A post of another day may have quoted it, where the channel's clock is not the person's.
        quoting = {post.day for post in posts if post.subscription_id == id and key in post.quoted}
        for day in sorted(quoting or {changed.day}):
            try:
                count += _amend(target, day, said, unit)
            except Exception as error:  # one channel never stands in the way of the others
                failures.append(error)
    if failures:
        raise failures[0]
    return count


def _amend(target: ReportTarget, day: date, said: _Said, unit: Unit) -> bool:
    """Bring one post up to date; False where there is none, it says that already, or it cannot be changed."""
    due, deliveries = ReportDue(tenant_id=unit.tenant_id, on=day, **target.target_fields), unit.stores.deliveries
    key = due.delivery_key(day)
    # Also where none is out: one that is just being made may have been composed without what was said.
    with unit.lease(f"report|{key}", lasts=LEASE):
        posts = deliveries.posts(unit.tenant_id, due.subscription_id)
        post = next((post for post in posts if post.day == day), None)
        if post is None or post.quoted.get(said.key) == said.at:
            return False
        with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
            composed = _composed(due, post, said, unit)
            if composed is None or composed.quoted == post.quoted:
                return False
            report, place = composed.report, channel(post.channel_id or "", unit)
            update = partial(unit.chat.update_report, post.channel_id or "")
            parts = repost(key, place, report, post.parts, update, unit)
            after = {"parts": tuple(parts), "quoted": dict(composed.quoted)}
            Delivery(due.model_copy(update={"due_at": post.at}), None, unit).note_changed(report, ReportChannel.SLACK)
            # That last: until then whoever comes back changes it once more.
            deliveries.keep_post(unit.tenant_id, post.model_copy(update=after))
            return True
    return False


def _composed(due: ReportDue, post: Post, said: _Said, unit: Unit) -> Composed | None:
    """What a post is to say; None where it may not say more than it does."""
    wish = unit.stores.subscriptions.get(unit.tenant_id, due.subscription_id)
    with suppress(NotFound):  # of the channel, or of the team to who listens there
        if wish is not None and not unit.chat.channel(post.channel_id or "").outside:
            clock = {"since": post.since, "time_zone": wish.time_zone}
            composed = compose_for_channel(due.model_copy(update=clock), unit)
            texts = texts_in(composed.report.language)
            time = texts.time(unit.now().astimezone(zone_named(wish.time_zone or "UTC")))
            notes = (*post.notes, texts.gettext("Brought up to date at {time}.", time=time))
            return composed._replace(report=composed.report.model_copy(update={"notes": notes}))
    return Composed(_emptied(due, post, unit), post.since, {}) if said.key in post.quoted else None


def _emptied(due: ReportDue, post: Post, unit: Unit) -> Report:
    texts = texts_of_team(unit.stores.tenants.get(unit.tenant_id))
    return Report(
        id=external_id(due.delivery_key(post.day), "report"),
        kind=post.kind,
        title=texts.gettext(TITLES[post.kind], day=texts.day(post.day)),
        day=post.day,
        sections=(),
        notes=(texts.gettext("What stood here is not for this channel any more."),),
        language=texts.language,
        team_id=post.team_id,
    )
