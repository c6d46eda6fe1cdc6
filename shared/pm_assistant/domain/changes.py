"""What happened to a ticket since people were told of it last: decided, built and said, each with its link."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from pm_assistant.domain.actions import Comment, CreateTicket, MoveTicket
from pm_assistant.domain.code import PullRequest, PullRequestFacts, Review, ReviewState
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.facts import Note, NoteKind, Sources
from pm_assistant.domain.index import Known

OPINIONS = frozenset({ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.COMMENTED})


def changes(
    ticket: Known, built_for: Iterable[tuple[PullRequest, PullRequestFacts]], sources: Sources
) -> Iterator[Note]:
    """All of it; nothing that was said in private, or stands where it is not to be told of."""
    yield from _decided(ticket, sources)
    for pr, facts in built_for:
        if name := sources.name_of(facts):
            yield from _built(pr, facts, name, sources)
    yield from _said(ticket, sources)


def latest_reviews(reviews: Iterable[Review], since: datetime) -> Sequence[Review]:
    """Each reviewer's last review since then."""
    given = [review for review in reviews if review.submitted_at >= since and review.state in OPINIONS]
    ordered = sorted(given, key=lambda review: (review.submitted_at, review.id))
    return list({review.author.login if review.author else review.id: review for review in ordered}.values())


def _decided(ticket: Known, sources: Sources) -> Iterator[Note]:
    for decision in sources.decisions:
        if decision.private or decision.state is not DecisionState.DONE or decision.outcome is None:
            continue
        at, url = decision.updated_at, ticket.page(decision.outcome.url)
        match decision.action:
            case MoveTicket(ticket_id=ticket.id, to=to) if decision.outcome.changed:
                yield Note(kind=NoteKind.MOVED, at=at, what=to.name, url=url)
            case Comment(ticket_id=ticket.id):
                yield Note(kind=NoteKind.COMMENTED, at=at, url=url)
            case CreateTicket() if decision.outcome.external_id == ticket.id:
                yield Note(kind=NoteKind.CREATED, at=at, url=url)
            case _:
                pass


def _built(pr: PullRequest, facts: PullRequestFacts, name: str, sources: Sources) -> Iterator[Note]:
    if sources.is_new(facts.merged_at):
        yield Note(kind=NoteKind.MERGED, at=facts.merged_at, what=name, url=facts.url)
    elif sources.is_new(facts.created_at) and not pr.stage.over:
        yield Note(kind=NoteKind.OPENED, at=facts.created_at, what=name, url=facts.url)
    for review in latest_reviews(pr.reviews.values(), sources.since):
        who = (sources.called(review.author.login),) if review.author else ()
        yield Note(kind=NoteKind.REVIEWED, at=review.submitted_at, what=review.state, who=who, url=review.url)


def _said(ticket: Known, sources: Sources) -> Iterator[Note]:
    comments = sources.comments.get(ticket.id, ())
    if said := [each for each in comments if sources.is_new(each.created_at) and not each.deleted]:
        who = tuple(dict.fromkeys(each.author_name for each in said if each.author_name))
        url = ticket.page(said[-1].url or "")
        yield Note(kind=NoteKind.COMMENTED, at=said[-1].created_at, who=who, url=url, count=len(said))
