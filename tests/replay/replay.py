"""The ways in which a recorded week comes to us, and what is the same each time."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from infra.sandbox.core.state import Delivery
from pm_assistant.domain.jobs import JobKind, Order
from tests.replay.picture import Picture, covered, differences, done, known, repeated, standing
from tests.replay.product import Product
from tests.replay.vendors import Vendors
from tests.replay.week import Week

LOST = 0.1
GONE = {
    *("message_deleted", "issues.deleted", "issues.transferred", "Issue.remove"),
    *("issue_comment.deleted", "pull_request_review_comment.deleted", "Comment.remove", "Attachment.remove"),
}
UNSEEN = {each for each in GONE if each.startswith(("issue", "pull_request"))}
"""Nothing shows these but themselves."""
HOUR = timedelta(hours=1)
PAUSE = timedelta(seconds=0.1)
"""Between two deliveries: all of a week has come before anything is judged, so that the judging sees the same."""

type Way = Callable[[Sequence[Delivery], random.Random], list[Delivery]]
"""Takes the webhooks as they were sent, and gives those that are delivered, as they are."""


def in_order(webhooks: Sequence[Delivery], _: random.Random) -> list[Delivery]:
    """As it happened."""
    return list(webhooks)


def shuffled(webhooks: Sequence[Delivery], chance: random.Random) -> list[Delivery]:
    """In any order."""
    return chance.sample(list(webhooks), len(webhooks))


def tripled(webhooks: Sequence[Delivery], chance: random.Random) -> list[Delivery]:
    """Each three times, byte for byte, in any order."""
    return shuffled([*webhooks, *webhooks, *webhooks], chance)


def tenth_lost(webhooks: Sequence[Delivery], chance: random.Random) -> list[Delivery]:
    """As it happened, and one in ten never comes; what is gone but in the chat comes, as no reading shows that."""
    return [each for each in webhooks if each.kind in UNSEEN or chance.random() >= LOST]


def only_read(webhooks: Sequence[Delivery], _: random.Random) -> list[Delivery]:
    """Nothing comes; all there is to know is read in the end."""
    return []


def ends_lost(webhooks: Sequence[Delivery], _: random.Random) -> list[Delivery]:
    """As it happened, but nothing comes that tells of an end."""
    return [each for each in webhooks if not _tells_of_an_end(each)]


def _tells_of_an_end(webhook: Delivery) -> bool:
    """Whether something is gone; the root of a thread leaves a tombstone behind."""
    event = (webhook.body or {}).get("event", {})
    return webhook.kind in GONE or event.get("message", {}).get("subtype") == "tombstone"


WHOLE: Mapping[str, Way] = {"in order": in_order, "shuffled": shuffled, "tripled": tripled}
PARTIAL: Mapping[str, Way] = {"a tenth lost": tenth_lost, "only read": only_read}


@dataclass(frozen=True)
class Outcome:
    """What came of a replay.

    Attributes:
        delivered: the model of work when all that comes had come, and nothing had been read.
        read: the model of work after catching up, and how far each source has been read.
        effects: what our product has done at the vendors.
    """

    delivered: Picture
    read: Picture
    effects: Picture
    there: Picture


def replay(week: Week, way: Way, vendors: Vendors, *, unlisted: bool = False) -> Outcome:
    """Have a week delivered in some way to a product that was connected when it began, then let it catch up.

    One that is `unlisted` may read what was said once a minute, by fifteen messages.
    """
    product, chance = Product(vendors), random.Random(f"{week.seed} {way.__name__}")  # noqa: S311 - an order
    vendors.restore(week.before, at=week.began_at, unlisted=unlisted)
    product.connect()
    vendors.restore(week.after, at=week.ended_at + timedelta(minutes=30), unlisted=unlisted)
    deliver(product, vendors, way, chance)
    delivered = known(product.stores)
    for _ in range(2):
        product.run(*_catching_up(week))
        deliver(product, vendors, way, chance)
        product.wait(HOUR.total_seconds())
        product.run(Order(kind=JobKind.RECONCILE, dry_run=False))
        deliver(product, vendors, way, chance)
    read = {**known(product.stores), **covered(product.stores)}
    return Outcome(delivered, read, done(vendors.world), standing(vendors.world))


def deliver(product: Product, vendors: Vendors, way: Way, chance: random.Random) -> None:
    """Bring what the vendors send, and what they send about what we do, until they have nothing more to send."""
    while webhooks := vendors.pending():
        for delivery in way(webhooks, chance):
            product.receive(delivery)
            product.work(until=vendors.clock() + PAUSE)
        for delivery in webhooks:
            delivery.outcome = "delivered"
        product.work()


def faults(week: Week, vendors: Vendors) -> Iterator[str]:
    """What is not the same, or not as it should be, however the week comes to us; nothing if all is well."""
    outcomes = {name: replay(week, way, vendors) for name, way in {**WHOLE, **PARTIAL}.items()}
    outcomes["only read, unlisted"] = replay(week, only_read, vendors, unlisted=True)
    first, without_ends = outcomes["in order"], replay(week, ends_lost, vendors)
    yield from (f"ends lost, twice: {each}" for each in repeated(without_ends.effects))
    yield from (f"ends lost, read: {each}" for each in differences(*_of_what_is_there(first.read, without_ends.read)))
    for name, outcome in outcomes.items():
        yield from (f"{name}, twice: {each}" for each in repeated(outcome.effects))
        yield from (f"{name}, unlike the vendors: {each}" for each in differences(outcome.there, standing_in(outcome)))
        yield from (f"{name}, read: {each}" for each in differences(first.read, outcome.read))
        if name in WHOLE:
            yield from (f"{name}, delivered: {each}" for each in differences(first.delivered, outcome.delivered))
            yield from (f"{name}, done: {each}" for each in differences(first.effects, outcome.effects))
        else:
            yield from (f"{name}, not done: {each}" for each in differences(*_lasting(first.effects, outcome.effects)))


def _of_what_is_there(whole: Picture, partial: Picture) -> tuple[Picture, Picture]:
    """What is known of all that is there: what is gone at the code host nothing shows, nor what was linked by it."""
    kinds = [kind for kind in whole if kind != "links"]
    there = {kind: {name: partial[kind].get(name) for name in whole[kind]} for kind in kinds}
    return {kind: whole[kind] for kind in kinds}, {**there, **{kind: partial[kind] for kind in _ASKED_FOR}}


def _lasting(whole: Picture, partial: Picture) -> tuple[Picture, Picture]:
    """What is to be done even if we hear of all late: who acts on a part may have acted on what was changed since."""
    comments = {words: 1 for words in whole["comments"] if _is_said(words, partial["comments"])}
    kinds = ("comments", "tickets made", "states")
    return {kind: whole[kind] for kind in kinds}, {**{kind: partial[kind] for kind in kinds}, "comments": comments}


def _is_said(comment: str, comments: Iterable[str]) -> bool:
    """Whether a ticket's comments hold what one says: what was judged together in between may stand in one of them."""
    ticket, _, words = comment.partition(": ")
    return any(each.startswith(f"{ticket}: ") and words in each for each in comments)


def standing_in(outcome: Outcome) -> Picture:
    """As much of what we know as stands at the vendors, in the same words."""
    return {
        kind: {name: {field: known[field] for field in fields} for name, known in outcome.read[kind].items()}
        for kind, fields in _COMPARED.items()
    }


_ASKED_FOR = ("tickets", "ticket comments", "attachments")
"""Of these it shows what is gone."""
_COMPARED = {
    "tickets": ("title", "description", "state", "assignee_id", "creator_id", "parent_id", "priority"),
    "pull requests": ("title", "branch", "base", "draft", "merged", "closed"),
    "issues": ("title", "closed"),
    "messages": ("text", "root_ts", "author"),
}


def _catching_up(week: Week) -> list[Order]:
    """All sources are read again; what was said is judged, as its events may be missing."""
    return [
        Order(kind=JobKind.SYNC, dry_run=False, since=week.began_at - timedelta(seconds=1), judge=True),
        Order(kind=JobKind.CATCH_UP, dry_run=False),
    ]
