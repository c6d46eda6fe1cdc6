"""Erase what we keep of one person, because that person asks for it."""

from collections.abc import Callable, Sequence, Set
from datetime import timedelta
from typing import Any, NamedTuple, assert_never

from pydantic import Field

from pm_assistant.domain.accounts import canonical
from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.answers import ActionRequest
from pm_assistant.domain.decisions import MOVED_ON, Decision
from pm_assistant.domain.errors import Conflict, UpstreamUnavailable
from pm_assistant.domain.events import CodeChanged, ConversationTouched, EventEnvelope
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order, Step
from pm_assistant.domain.messages import ActionsMessage
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import known_by
from pm_assistant.domain.reports import AnswersChanged
from pm_assistant.domain.surfaces import SurfaceRequest
from pm_assistant.domain.suspension import Stage
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.calendars import end_calendar_of
from pm_assistant.workflows.accounts.rules import forget_notes_of
from pm_assistant.workflows.connections.schedule import end_report
from pm_assistant.workflows.jobs import change_dry_runs, find_job, start_job
from pm_assistant.workflows.tenants.members import member_of

PER_STEP = 500
POSTS_STAND = timedelta(days=8)
"""It is known for a week where a team's report stands; a day more, for the clocks of the earth."""
"""Rows that a step looks at: each may cost a write and a message, and the function may run for 300 seconds."""
MOST_RECENT = 50
"""Jobs among which one is looked for that is at work on the same person."""


class Person(NamedTuple):
    """Somebody by all that our rows know people by.

    Attributes:
        id: as a member of the team.
        author: the account in the chat, which messages bear.
        code_author: the account at the code host, in lower case.
        tracker_author: the account in the tracker.
        signatures: how answers, remarks and the audit trail name who gave them.
        addresses: e-mail addresses that are nobody else's, in canonical form.
    """

    id: str
    author: str | None
    code_author: str | None
    tracker_author: str | None
    signatures: Set[str]
    addresses: Set[str]


class Reach(Model):
    """How far an erasure has come; the cursor of its job.

    Attributes:
        part: which of `PARTS` is at work.
        after: the place in it that was looked at last.
        seen: how many rows have been looked at.
        erased: how many of them were the person's, for each part that had any.
    """

    part: int = 0
    after: str | None = None
    seen: int = 0
    erased: dict[str, int] = Field(default_factory=dict)


class Page(NamedTuple):
    """What a part did in a step: the places it looked at, and how many held something of the person's."""

    places: Sequence[str]
    erased: int


def ask_to_erase(member_id: str, unit: Unit, *, asked_by: str, job_id: str | None = None) -> Job:
    """Have a person's data erased; while that is under way, asking again changes nothing and names the same job.

    So does asking once more under the id that an earlier attempt gave it, though it may be done by now.

    Raises:
        NotFound: the tenant has no such member.
    """
    if find_job(job_id, unit) is None:
        member_of(member_id, unit)
    order = Order(kind=JobKind.ERASE_PERSON, dry_run=False, member_id=member_id)
    recent = (job.seen(unit.now()) for job in unit.stores.jobs.latest(unit.tenant_id, limit=MOST_RECENT))
    under_way = next((job for job in recent if job.order == order and not job.finished), None)
    if under_way is None:
        return start_job(order, unit, asked_by=asked_by, job_id=job_id)
    if under_way.state is JobState.WAITING:
        # It may have been noted without having been put on its way.
        unit.queues.jobs.put(JobDue(tenant_id=unit.tenant_id, job_id=under_way.id), group=unit.tenant_id)
    return under_way


def erase_person(job: Job, unit: Unit) -> Step:
    """Look through the next rows for what is a person's; any step may be repeated.

    Messages are erased as if the person had deleted them in the chat, and whatever rests on them follows the same way.
    The person's own row goes last: through it all else is found, so an erasure that failed can be asked for again.

    Raises:
        NotFound: the tenant has no such member, or no longer has: somebody may have joined it to another meanwhile.
        UpstreamUnavailable: a decision was changed at that very moment; repeat.
    """
    reach = job.progress(Reach) or Reach()
    member_id = job.order.member_id or ""
    if reach.part == len(PARTS):
        _forget(member_id, unit)
        return Step(done=reach.seen, total=reach.seen, results=(dict[str, Any](reach.erased),))
    if job.cursor is None:
        _end_reports(member_id, unit)
        forget_notes_of(_person(member_id, unit).signatures, unit)
    name, part = PARTS[reach.part]
    page = part(_person(member_id, unit), reach.after, unit)
    over = len(page.places) < PER_STEP
    further = Reach(
        part=reach.part + over,
        after=None if over else page.places[-1],
        seen=reach.seen + len(page.places),
        erased={**reach.erased, name: reach.erased.get(name, 0) + page.erased},
    )
    return Step(done=further.seen, total=None, cursor=further.model_dump_json())


def _person(member_id: str, unit: Unit) -> Person:
    member, members = member_of(member_id, unit), unit.stores.directory.members(unit.tenant_id)
    logins = [a for a in unit.stores.accounts.all(unit.tenant_id) if known_by(a.email, members) == member]
    addresses = {canonical(a) for a in (member.email, *member.emails, *(login.email for login in logins)) if a}
    former = {address for login in logins for address in login.former_emails if known_by(address, members) is None}
    chat = unit.provider(Role.CHAT)
    author, code_author = member.accounts.get(chat), member.accounts.get(unit.provider(Role.CODE_HOST))
    return Person(
        id=member_id,
        author=author,
        code_author=code_author.casefold() if code_author else None,
        tracker_author=member.accounts.get(unit.provider(Role.TRACKER)),
        signatures={f"account:{login.id}" for login in logins} | ({author, f"{chat}:{author}"} if author else set()),
        addresses=former | {address for address in addresses if known_by(address, members) == member},
    )


def _erase_messages(person: Person, after: str | None, unit: Unit) -> Page:
    """Also what has been deleted before is touched: a step may have been interrupted right after deleting."""
    page = unit.stores.messages.page(unit.tenant_id, after=after, limit=PER_STEP)
    theirs = [message for _, message in page if message.author == person.author]
    for message in theirs:
        unit.stores.messages.delete(unit.tenant_id, message.channel, message.root_ts, message.ts, at=unit.now())
    for message in {(message.channel, message.root_ts): message for message in theirs}.values():
        touch = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts, force=True)
        unit.queues.events.put(EventEnvelope(tenant_id=unit.tenant_id, event=touch), group=unit.tenant_id)
    if person.author is not None:
        unit.stores.history.forget_speaker(unit.tenant_id, person.author)
    return Page([place for place, _ in page], len(theirs))


def _erase_code_comments(person: Person, after: str | None, unit: Unit) -> Page:
    """What a person said on pull requests and issues, as if it had been deleted there."""
    page = unit.stores.code.comments_page(unit.tenant_id, after=after, limit=PER_STEP)
    theirs = [c for _, c in page if c.author is not None and c.author.login.casefold() == person.code_author]
    keep_days = unit.stores.tenants.get(unit.tenant_id).settings.retention_days
    for comment in theirs:
        erased = comment.model_copy(update={"author": None, "text": "", "deleted": True})
        # What rests on the words leaves by the pipeline.
        news = EventEnvelope(tenant_id=unit.tenant_id, event=CodeChanged(parts=(erased,)))
        unit.queues.events.put(news, group=unit.tenant_id)
        unit.stores.code.record(unit.tenant_id, erased, keep_days=keep_days)
    return Page([place for place, _ in page], len(theirs))


def _erase_ticket_comments(person: Person, after: str | None, unit: Unit) -> Page:
    """What a person said on tickets, as if it had been deleted there."""
    page = unit.stores.planning.comments_page(unit.tenant_id, after=after, limit=PER_STEP)
    theirs = [c for _, c in page if c.author_id is not None and c.author_id == person.tracker_author]
    keep_days = unit.stores.tenants.get(unit.tenant_id).settings.retention_days
    for comment in theirs:
        unit.stores.planning.record_comment(unit.tenant_id, comment.erased, keep_days=keep_days)
    return Page([place for place, _ in page], len(theirs))


def _empty_remarks(person: Person, after: str | None, unit: Unit) -> Page:
    page = unit.stores.decisions.page(unit.tenant_id, after=after, limit=PER_STEP)
    theirs = [decision for _, decision in page if decision.decided_by in person.signatures and _has_words(decision)]
    for decision in theirs:
        _empty_remark(decision, unit)
    return Page([place for place, _ in page], len(theirs))


def _has_words(decision: Decision) -> bool:
    """Whether a decision holds words of whoever answered it: why not, or what is to be written instead."""
    edited = decision.answered_how == "edit" and decision.action != decision.action.without_words(TAKEN_BACK)
    return bool(decision.remark) or edited


def _empty_remark(decision: Decision, unit: Unit) -> None:
    after = decision
    if decision.answered_how == "edit":
        # What has not been written yet is not: nobody is there any more who wants it so.
        unwritten = decision.performed is None and decision.unfinished and not decision.undoing
        after = (decision.withdrawn(MOVED_ON, at=unit.now()) if unwritten else decision).redacted()
    try:
        unit.stores.decisions.replace(after.model_copy(update={"remark": None}), before=decision)
    except Conflict as error:
        raise UpstreamUnavailable("the decision was changed at that very moment") from error


def _leave_ids(person: Person, after: str | None, unit: Unit) -> Page:
    page = unit.stores.audit.latest(unit.tenant_id, before=after, limit=PER_STEP)
    before_and_after = [(entry, entry.without_person(person.signatures, person.addresses)) for entry in page]
    theirs = [after for before, after in before_and_after if after != before]
    for entry in theirs:
        unit.stores.audit.redact(unit.tenant_id, entry)
    return Page([entry.id for entry in page], len(theirs))


def _leave_grades(person: Person, after: str | None, unit: Unit) -> Page:
    """What a person answered stays counted, and nobody knows whose it was."""
    records = [r for r in unit.stores.track_records.all(unit.tenant_id) if after is None or r.stream > after][:PER_STEP]
    redacted = [(record, record.forgetting(persons=person.signatures)) for record in records]
    theirs = [(before, after) for before, after in redacted if before != after]
    for before, without in theirs:
        try:
            unit.stores.track_records.replace(unit.tenant_id, without, before=before)
        except Conflict as error:
            raise UpstreamUnavailable("a track record was changed at that very moment") from error
    return Page([record.stream for record in records], len(theirs))


def _end_reports(member_id: str, unit: Unit) -> None:
    for subscription in unit.stores.subscriptions.all(unit.tenant_id):
        if subscription.member_id == member_id:
            end_report(subscription.id, unit)
    unit.stores.deliveries.forget(unit.tenant_id, member_id)
    change_dry_runs(lambda job: job.without_results_about(member_id), unit)


def _forget(member_id: str, unit: Unit) -> None:
    """Reports end once more: the person may have wished for one meanwhile, or somebody may have had one shown."""
    _end_reports(member_id, unit)
    end_calendar_of(member_id, unit)
    unit.stores.directory.remove_member(unit.tenant_id, member_id)


def _drop_kept(person: Person, after: str | None, unit: Unit) -> Page:
    """What a person pressed or wrote at a surface of ours while the tenant was suspended is not done later."""
    page = unit.stores.kept_messages.page(unit.tenant_id, after=after, limit=PER_STEP)
    theirs = [m for m in page if m.stage is Stage.ACTIONS and _who_asks(m.body) in person.signatures]
    for message in theirs:
        unit.stores.kept_messages.drop(unit.tenant_id, message)
    return Page([message.id for message in page], len(theirs))


def _drop_answers(person: Person, after: str | None, unit: Unit) -> Page:
    """What a person said for the team's report; posts of the last days that quote it are brought up to date."""
    page = unit.stores.report_answers.page(unit.tenant_id, after=after, limit=PER_STEP)
    theirs = [said for said in page if said.member_id == person.id]
    for said in theirs:
        unit.stores.report_answers.put(unit.tenant_id, said.model_copy(update={"answers": ()}), keep_days=1)
        if unit.now().date() - said.day <= POSTS_STAND:
            changed = AnswersChanged(tenant_id=unit.tenant_id, member_id=person.id, day=said.day)
            unit.queues.reports.put(changed, group=unit.tenant_id)
    return Page([said.key for said in page], len(theirs))


def _who_asks(body: str) -> str | None:
    match ActionsMessage.model_validate_json(body).root:
        case ActionRequest(answered_by=by) | SurfaceRequest(user_id=by):
            return by
        case _ as unreachable:
            assert_never(unreachable)


PARTS: Sequence[tuple[str, Callable[[Person, str | None, Unit], Page]]] = (
    ("messages", _erase_messages),
    ("remarks", _empty_remarks),
    ("audit_entries", _leave_ids),
    ("code_comments", _erase_code_comments),
    ("ticket_comments", _erase_ticket_comments),
    ("track_records", _leave_grades),
    ("kept_messages", _drop_kept),
    ("report_answers", _drop_answers),
)
"""Where a person's data is, beside the person's own row, and what is done to a page of it."""
