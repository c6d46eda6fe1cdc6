"""Reports: due by the clock, in rounds, and to people who leave meanwhile."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind, Subscription
from pm_assistant.domain.work import Channel
from pm_assistant.workflows.reports.answers import say_for_report
from tests.builders import (
    ACME,
    NOW,
    a_member,
)
from tests.chaos.paths.path import Path, run_job
from tests.chaos.world import Script, Worker, World

CHANNEL, SAID = "C0TEAM", ("the heron", "the ibis")


def reported(world: World, delivery: ReportChannel) -> Script:
    """A standup is due, and its schedule strikes twice."""
    world.base.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=delivery))
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", kind=ReportKind.STANDUP, due_at=world.at)
    world.base.queues.reports.put(due, group=ACME)
    world.base.queues.reports.put(due, group=ACME, delay_seconds=2)
    yield None


def round_of_many(world: World, kind: ReportKind) -> Script:
    """Twelve people are due in one minute, Slack wants it slower, and one of them leaves meanwhile."""
    people = [a_member(f"m{number}") for number in range(12)]
    world.base.stores.directory.put_members(ACME, people)
    world.chat.people += people
    for person in people:
        wish = Subscription(member_id=person.id, kind=kind, delivery=ReportChannel.SLACK)
        world.base.stores.subscriptions.put(ACME, wish)
        world.base.schedules.put(ACME, wish, person.time_zone)
        world.base.queues.reports.put(
            ReportDue(tenant_id=ACME, member_id=person.id, kind=kind, due_at=world.at), group=ACME
        )
    world.limit("chat", retry_after=20, lasts=timedelta(seconds=90))
    yield timedelta(seconds=10)
    world.chat.people.remove(people[3])
    yield from run_job(world, Order(kind=JobKind.SYNC, dry_run=False))


def changed(world: World) -> Script:
    """A channel's standup is due, and somebody of its people changes what they say for it as that is being posted."""
    world.chat.places[CHANNEL], world.chat.listeners[CHANNEL] = Channel(id=CHANNEL, name="team"), ["U0ADA"]
    wish = Subscription(channel_id=CHANNEL, time_zone="UTC")
    world.base.stores.subscriptions.put(ACME, wish)
    due = ReportDue(tenant_id=ACME, channel_id=CHANNEL, time_zone="UTC", due_at=world.at)
    world.base.queues.reports.put(due, group=ACME)
    yield timedelta(seconds=1)
    for words in SAID:
        world.ask(words, partial(say, world, words))
        yield timedelta(seconds=5)
    yield None


def say(world: World, words: str, worker: Worker) -> None:
    """Ada says it, and is told that it is kept for that day; she was not if that fails."""
    [ada] = world.base.stores.directory.some_members(ACME, ["U0ADA"])
    world.seen |= {f"{words} of {say_for_report(ada, {'': words}, worker).day}"}


def quotes_what_was_said_last(world: World) -> Iterator[str]:
    """There is one post, and it quotes what its author was told to be kept for its day; unless one was given up."""
    posts = [str(sent) for place, sent in world.chat.reports if place == CHANNEL]
    if len(posts) > 1 or not (posts or world.parked):
        yield f"{len(posts)} posts"
    answers = world.base.stores.report_answers.some(ACME, [(NOW.date(), "U0ADA")])
    for words in (answer.text for of_day in answers for answer in of_day.answers):
        kept = f"{words} of {NOW.date()}" in world.seen
        if kept and not world.parked and {words} != {each for each in SAID if each in posts[0]}:
            yield f"said: {words}, posted: {posts}"


def limited(world: World) -> Script:
    """Slack wants for two hours to be asked a few seconds later, again and again."""
    world.limit("chat", retry_after=5, lasts=timedelta(hours=2))
    yield from reported(world, ReportChannel.SLACK)


def is_told_to_each(world: World) -> Iterator[str]:
    """Everybody who stayed was told once, and nothing strikes any more for who left."""
    told = Counter(user for user, _ in world.chat.reports)
    stayed = {f"U0M{number}" for number in range(12)} - {"U0M3"}
    if missed := stayed - told.keys():
        yield f"not told: {sorted(missed)}"
    if any(wish.member_id == "U0M3" for wish in world.base.stores.subscriptions.all(ACME)):
        yield "who left goes on being told"


def is_told(world: World, delivery: ReportChannel) -> Iterator[str]:
    """The report came, the way it was wished."""
    told = [user for user, _ in world.chat.reports] + [mail.to for mail in world.base.mailer.sent]
    if {"U0ADA" if delivery is ReportChannel.SLACK else "ada@acme.test"} != set(told):
        yield f"told: {told}"


def _report(channel: ReportChannel) -> Path:
    return Path(partial(reported, delivery=channel), partial(is_told, delivery=channel))


PATHS: dict[str, Path] = {
    "limited-chat": Path(limited, partial(is_told, delivery=ReportChannel.SLACK), most_faults=200),
    "round-standup": Path(partial(round_of_many, kind=ReportKind.STANDUP), is_told_to_each, most_faults=500),
    "round-weekly": Path(partial(round_of_many, kind=ReportKind.WEEKLY), is_told_to_each, most_faults=250),
    "post-changed": Path(changed, quotes_what_was_said_last, most_faults=300),
    "report-chat": _report(ReportChannel.SLACK),
    "report-mail": _report(ReportChannel.EMAIL),
}
