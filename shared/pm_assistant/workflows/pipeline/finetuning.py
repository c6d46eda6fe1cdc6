"""Have a model trained further on what a team has answered: its files, the training, and its end."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from pm_assistant.domain.actions import TAKEN_BACK, Comment, CreateTicket, MoveTicket, Proposable
from pm_assistant.domain.backtest import AdoptionReport, BacktestReport, answers, was_wanted, why_not_adopt
from pm_assistant.domain.decisions import Decision, Judgement, Proposal
from pm_assistant.domain.errors import Forbidden, InvalidRequest, UpstreamRejected
from pm_assistant.domain.finetuning import CERTAIN, FEWEST_EXAMPLES, NO_CONSENT, Asked, FineTuneReport, Lesson, parted
from pm_assistant.domain.jobs import Job, JobDue, Step
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.people import Participant
from pm_assistant.domain.redaction import Redactor
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Conversation, Message, Ticket
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.pipeline.backfill import conversations_since
from pm_assistant.workflows.pipeline.backtest import backtest
from pm_assistant.workflows.pipeline.hindsight import Hindsight, moment_of
from pm_assistant.workflows.pipeline.judge import judge
from pm_assistant.workflows.tenants.model import change_model

LOOKS_BACK = timedelta(days=90)
POLL_SECONDS = 600
LONGEST = timedelta(days=3)
"""A training that is not over by then is called off."""


def finetune(job: Job, unit: Unit) -> Step | None:
    """Write the files, and unless it is a dry run, have a model trained on the first of them and wait for it.

    What was uploaded is deleted once the training is over, or the team no longer consents. None while it goes on.

    Raises:
        Forbidden: the team does not consent, or no longer.
        InvalidRequest: too little was answered.
        UpstreamRejected: the training failed.
    """
    tenant = unit.stores.tenants.get(job.tenant_id)
    report = job.progress(FineTuneReport)
    if not tenant.settings.training_consent:
        if report and report.training:
            unit.fine_tuning.end(report.training)
        raise Forbidden(NO_CONSENT)
    if report is None or report.training is None:
        return _begun(job, tenant, unit)
    training = unit.fine_tuning.look(report.training)
    if training.over or unit.now() - job.created_at > LONGEST:
        unit.fine_tuning.end(training)
        if training.state != "succeeded":
            if not training.over:
                raise UpstreamRejected(Translatable("the training took too long"))
            what = training.error or training.state
            raise UpstreamRejected(Translatable("the training came to nothing: {what}", what=what))
        ended = report.model_copy(update={"training": training})
        return Step(done=2, total=2, results=(ended.model_dump(mode="json"),))
    due = JobDue(tenant_id=job.tenant_id, job_id=job.id)
    unit.queues.jobs.put(due, group=job.tenant_id, delay_seconds=POLL_SECONDS)
    return None


def adopt(job: Job, unit: Unit) -> Step:
    """Have a trained model judge for the tenant, if on what was held out it is better than what judges today.

    The result has the numbers, and why it was refused if it was. A dry run adopts nothing.

    Raises:
        Forbidden: the team does not consent, or no longer.
    """
    if not unit.stores.tenants.get(job.tenant_id).settings.training_consent:
        raise Forbidden(NO_CONSENT)
    step = backtest(job, unit)
    if step.cursor is not None:
        return step
    report = BacktestReport.model_validate(step.results[0])
    model = job.order.backtest.variant.model if job.order.backtest and job.order.backtest.variant else None
    if model is None:
        raise InvalidRequest(Translatable("no model is named"))
    refusal = why_not_adopt(report)
    if refusal is None and not job.order.dry_run:
        change_model(model, unit)
        noted = entry("model.adopted", at=unit.now(), actor=job.asked_by, target=model, run=job.id)
        unit.stores.audit.add(unit.tenant_id, noted)
    ended = AdoptionReport(**dict(report), model=model, refusal=refusal)
    return step.model_copy(update={"results": (ended.model_dump(mode="json"),)})


def _begun(job: Job, tenant: Tenant, unit: Unit) -> Step:
    trained, held_out = parted([*_lessons(job, tenant, unit)])
    if len(trained) < FEWEST_EXAMPLES or not held_out:
        raise InvalidRequest(
            Translatable(
                "only {count} answered conversations can be trained on; it takes {fewest}",
                count=str(len(trained)),
                fewest=str(FEWEST_EXAMPLES),
            )
        )
    files = {
        f"{job.id}-{name}.jsonl": b"".join(map(unit.fine_tuning.example, lessons))
        for name, lessons in (("train", trained), ("held-out", held_out))
    }
    for name, content in files.items():
        unit.archives.publish(unit.tenant_id, name, content)
    report = FineTuneReport(
        trained_on=len(trained), held_out=len(held_out), held_out_since=held_out[0].at, files=tuple(files)
    )
    if job.order.dry_run:
        return Step(done=1, total=1, results=(report.model_dump(mode="json"),))
    training = unit.fine_tuning.start(job.id, next(iter(files.values())))
    return Step(done=1, total=2, cursor=report.model_copy(update={"training": training}).model_dump_json())


def _lessons(job: Job, tenant: Tenant, unit: Unit) -> Iterable[Lesson]:
    """What can be learned from conversations that everybody in the team could read, and nothing of which is deleted."""
    since = job.order.since or job.created_at - LOOKS_BACK
    conversations = [
        conversation
        for conversation in conversations_since(since, job, tenant, unit)
        if not (conversation.private or conversation.outside or conversation.deleted_ids)
    ]
    if not conversations:
        return
    hindsight = Hindsight(conversations, unit)
    for conversation in conversations:
        answered = [d for d in hindsight.decisions_on(conversation) if was_wanted(d) is not None]
        if answered and not any(decision.reason == TAKEN_BACK for decision in answered):
            asked = _asked(conversation, moment_of(conversation, answers(answered)), tenant, hindsight)
            wanted = asked and _wanted(answered, asked)
            if asked is not None and wanted is not None:
                yield _redacted(Lesson(asked, wanted), _redactor(job, asked))


class _Recorder:
    """An analyst that notes what it is asked, and says nothing (`Analyst`)."""

    asked: Asked | None = None

    def judge(self, conversation: Conversation, **about: Any) -> Judgement:
        """Note it."""
        about.pop("odds", None)
        self.asked = Asked(conversation, **about)
        return Judgement(proposals=(), model="nobody")


def _asked(conversation: Conversation, moment: datetime, tenant: Tenant, hindsight: Hindsight) -> Asked | None:
    """What a model is asked about a conversation as it was then; None if it is asked nothing."""
    recorder = _Recorder()
    judge(conversation.until(moment), tenant, hindsight.before(moment, conversation, recorder))
    return recorder.asked


def _wanted(answered: Sequence[Decision], asked: Asked) -> tuple[Proposal, ...] | None:
    """What people would have had proposed; None where the model could not know of it."""
    wanted = tuple(_proposal(decision) for decision in answered if was_wanted(decision))
    said, tickets = {message.id for message in asked.conversation.messages}, {each.id for each in asked.candidates}
    for proposal in wanted:
        known = set(proposal.action.tickets) <= tickets and set(proposal.evidence) <= said
        if not known:
            return None
    return wanted


def _proposal(decision: Decision) -> Proposal:
    return Proposal(
        action=_bare(decision),
        confidence=CERTAIN,
        reason=decision.reason,
        evidence=tuple(receipt.message_id for receipt in decision.evidence),
    )


def _bare(decision: Decision) -> Proposable:
    """What was decided, as far as a model proposes it."""
    match decision.performed_action or decision.action:
        case CreateTicket() as new:
            return CreateTicket(title=new.title, description=new.description, priority=new.priority)
        case Comment() | MoveTicket() as action:
            return action
        case other:
            raise TypeError(f"no model proposes {other.kind}")


def _redactor(job: Job, asked: Asked) -> Redactor:
    people = [(person.name, _id(person)) for person in asked.people]
    assigned = [(t.assignee_name, t.assignee_id) for t in asked.candidates if t.assignee_name and t.assignee_id]
    return Redactor(f"{job.tenant_id}|{job.id}", [*people, *assigned])


def _id(person: Participant) -> str:
    return person.chat_id or person.tracker_id or person.name


def _redacted(lesson: Lesson, redactor: Redactor) -> Lesson:
    """A lesson without what tells who anybody is."""
    asked = lesson.asked
    messages = tuple(_said(message, redactor) for message in asked.conversation.messages)
    return Lesson(
        asked._replace(
            conversation=asked.conversation.model_copy(update={"messages": messages}),
            candidates=[_ticket(ticket, redactor) for ticket in asked.candidates],
            people=[_person(person, redactor) for person in asked.people],
        ),
        tuple(_wish(proposal, redactor) for proposal in lesson.wanted),
    )


def _said(message: Message, redactor: Redactor) -> Message:
    files = tuple(map(redactor.text, message.files))
    author = redactor.person(message.author)
    return message.model_copy(update={"text": redactor.text(message.text), "author": author, "files": files})


def _ticket(ticket: Ticket, redactor: Redactor) -> Ticket:
    assignee = redactor.person(ticket.assignee_id) if ticket.assignee_id else None
    words = {"title": redactor.text(ticket.title), "description": redactor.text(ticket.description)}
    labels = tuple(map(redactor.text, ticket.labels))
    people = {"assignee_id": assignee, "assignee_name": assignee, "creator_id": None}
    return ticket.model_copy(update={**words, **people, "labels": labels})


def _person(person: Participant, redactor: Redactor) -> Participant:
    ids = {name: redactor.person(id) for name in ("chat_id", "tracker_id") if (id := getattr(person, name))}
    return Participant(name=redactor.person(_id(person)), **ids)


def _wish(proposal: Proposal, redactor: Redactor) -> Proposal:
    words = {
        n: redactor.text(text)
        for n in ("title", "description", "summary")
        if (text := getattr(proposal.action, n, None))
    }
    action = proposal.action.model_copy(update=words)
    return proposal.model_copy(update={"action": action, "reason": redactor.text(proposal.reason)})
