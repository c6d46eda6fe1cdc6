"""Receiving: what is kept, what is enqueued and what is left alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import ActionRequest, Answer, Subject
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.events import (
    AccessLost,
    AccessRestored,
    ButtonPressed,
    Challenge,
    ChannelChanged,
    ChannelOpened,
    CodeChanged,
    ConversationTouched,
    Dropped,
    EventEnvelope,
    EventsMissed,
    GrantChanged,
    Happening,
    MessageDeleted,
    MessagePosted,
    PlanningChanged,
    TicketChanged,
    WebhookEvent,
)
from pm_assistant.domain.jobs import JobDue, JobKind, Order
from pm_assistant.domain.surfaces import HomeOpened, Mentioned, SurfaceRequest, SurfaceUsed
from pm_assistant.domain.tenants import Channels, Connection, Provider, TenantId
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.work import Channel, Message
from pm_assistant.workflows.connections.gaps import stretch_of
from pm_assistant.workflows.connections.health import HEAD_START
from pm_assistant.workflows.pipeline.receive import OUTAGE, STRAGGLERS_SECONDS, receive
from tests.builders import (
    ACME,
    GLOBEX,
    NOW,
    a_code_comment,
    a_connection,
    a_message,
    a_pull_request,
    a_repository,
    a_ticket,
    a_ticket_comment,
)
from tests.fakes.stores import FakeMessages
from tests.fakes.unit import FakeApplication

type Accepted = WebhookEvent | ButtonPressed | SurfaceUsed | Challenge | Dropped
REQUEST = WebhookRequest(headers={"x-signature": "v0"}, body=b"{}")


class ReceiveApp(FakeApplication):
    """An application with two tenants connected to every vendor."""

    def __init__(self) -> None:
        super().__init__()
        for tenant in (ACME, GLOBEX):
            for provider in Provider:
                self.stores.connections.put(a_connection(tenant, provider))

    def deliver(self, accepted: Accepted) -> Challenge | Dropped | None:
        """Receive what a vendor's reader made of a request."""
        self.webhook_sources[Provider.SLACK] = FixedWebhookSource(accepted)
        return receive(Provider.SLACK, REQUEST, self)

    def broken(self, tenant_id: TenantId = ACME) -> bool:
        """Whether the tenant's Slack is known not to work."""
        return self.stores.connections.get(tenant_id, Provider.SLACK).broken_since is not None


class FixedWebhookSource:
    """A webhook source that reads the same thing out of the request, by the clock of the test."""

    def __init__(self, accepted: Accepted) -> None:
        self.accepted = accepted

    def accept(self, request: WebhookRequest, now: datetime) -> Accepted:
        """Read a request."""
        assert (REQUEST, NOW) == (request, now)
        return self.accepted


def slack(happening: Happening, team: str = "slack-acme") -> WebhookEvent:
    """A delivery from Acme's workspace unless told otherwise."""
    return WebhookEvent(provider=Provider.SLACK, external_id=team, happening=happening)


def touch(ts: str) -> EventEnvelope:
    """The queue message that a top-level message of #eng leads to."""
    return EventEnvelope(tenant_id=ACME, event=ConversationTouched(channel="C0ENG", ts=ts, root_ts=ts))


def test_a_message_is_kept_and_its_conversation_waits_to_settle() -> None:
    """Keep, then enqueue under the tenant's group with the tenant's settle time as the delay."""
    app, message = ReceiveApp(), a_message()

    answer = app.deliver(slack(MessagePosted(message=message)))

    assert answer is None
    assert [message] == list(app.stores.messages.thread(ACME, "C0ENG", message.ts))
    assert [(touch(message.ts), ACME, 5)] == app.queues.events.puts


def test_a_repeated_delivery_is_enqueued_again_but_kept_once() -> None:
    """The first attempt may have died between keeping and enqueuing; judging twice is harmless, losing is not."""
    app, message = ReceiveApp(), a_message()

    for _ in range(5):
        app.deliver(slack(MessagePosted(message=message)))

    assert 1 == len(app.stores.messages.thread(ACME, "C0ENG", message.ts))
    assert 5 == len(app.queues.events.puts)


def test_what_several_tenants_may_see_reaches_each_of_them_once() -> None:
    """Two companies that share a channel, one of them under two names."""
    app, message = ReceiveApp(), a_message()
    shared = WebhookEvent(
        provider=Provider.SLACK,
        external_id="slack-nobody",
        also=("slack-acme", "slack-globex", "slack-acme"),
        happening=MessagePosted(message=message),
    )

    for _ in range(2):
        assert app.deliver(shared) is None
    kept = [len(app.stores.messages.thread(tenant, "C0ENG", message.ts)) for tenant in (ACME, GLOBEX)]
    assert ([1, 1], [ACME, GLOBEX] * 2) == (kept, [group for _, group, _ in app.queues.events.puts])


SHARED = Channel(id="C0ENG", private=True, outside=True)


def told_to_acme(happening: Happening) -> WebhookEvent:
    """A delivery that names Acme's workspace alone, of a channel that it shares with other companies."""
    return replace(slack(happening), shared_in="C0ENG")


def sharing(app: ReceiveApp, tenant_id: TenantId = GLOBEX, channel: Channel = SHARED) -> None:
    """A tenant's listing of channels has named that one."""
    position = Position(source=Provider.SLACK, workspace=f"slack-{tenant_id}", place=channel.id, channel=channel)
    app.stores.readings.put_position(tenant_id, position)


def test_who_shares_a_channel_with_the_one_that_is_told_goes_and_sees() -> None:
    """Slack tells it once; not a word that was told to one goes to the other, which reads the channel alone, once."""
    app = ReceiveApp()
    for tenant in (ACME, GLOBEX):
        sharing(app, tenant)

    for number in range(2):
        assert app.deliver(told_to_acme(MessagePosted(message=a_message(number)))) is None

    assert [ACME, ACME] == [group for _, group, _ in app.queues.events.puts]
    assert [] == app.stores.messages.since(GLOBEX, NOW - timedelta(days=1))
    [job] = app.stores.jobs.latest(GLOBEX, limit=9)
    began_at = stretch_of(Provider.SLACK, NOW).began_at
    order = Order(kind=JobKind.SYNC, dry_run=False, since=began_at, channel="C0ENG", judge=True)
    assert (order, [GLOBEX]) == (job.order, [group for _, group, _ in app.queues.jobs.puts])
    [gap] = app.stores.readings.gaps(GLOBEX, limit=9)
    assert ("C0ENG", None, []) == (gap.place, gap.repaired_at, app.stores.jobs.latest(ACME, limit=9))
    assert [] == app.stores.audit.latest(GLOBEX, limit=9)


def test_what_was_taken_back_in_a_shared_channel_is_gone_with_all_who_share_it() -> None:
    """Reading would not find it; also where the one that is named is none of ours any more."""
    app, message = ReceiveApp(), a_message()
    sharing(app)
    app.stores.messages.record(GLOBEX, message, keep_days=9)
    gone = MessageDeleted(channel="C0ENG", ts=message.ts, root_ts=message.root_ts)

    assert app.deliver(replace(told_to_acme(gone), external_id="slack-nobody")) is None
    assert [True] == [each.deleted for each in app.stores.messages.thread(GLOBEX, "C0ENG", message.ts)]


def test_that_nobody_who_shares_a_channel_reads_it_is_said() -> None:
    """Where the one that is named is none of ours."""
    app = ReceiveApp()
    sharing(app)
    app.stores.connections.put(a_connection(GLOBEX, Provider.SLACK, channels=Channels(deny=("C0ENG",))))
    posted = replace(told_to_acme(MessagePosted(message=a_message())), external_id="slack-nobody")

    assert Dropped(reason="channel not read") == app.deliver(posted)


@pytest.mark.parametrize("why", ["another channel", "not shared", "not read", "not connected"])
def test_who_does_not_read_a_shared_channel_is_left_alone(why: str) -> None:
    """Whatever is told of it to others."""
    app = ReceiveApp()
    channels = {
        "another channel": SHARED.model_copy(update={"id": "C0OPS"}),
        "not shared": SHARED.model_copy(update={"outside": False}),
    }
    sharing(app, channel=channels.get(why, SHARED))
    if why == "not connected":
        app.stores.connections.remove(GLOBEX, Provider.SLACK)
    elif why == "not read":
        settings = Channels(deny=("C0ENG",))
        connection = a_connection(GLOBEX, Provider.SLACK, channels=settings)
        app.stores.connections.put(connection)

    assert app.deliver(told_to_acme(MessagePosted(message=a_message()))) is None
    assert [] == app.stores.jobs.latest(GLOBEX, limit=9)


@pytest.mark.parametrize(
    ("after", "scopes"), [(-1, ("read",)), (5, ("read", "issues"))], ids=["before connecting", "since"]
)
def test_what_an_owner_has_accepted_is_granted_without_connecting_again(after: int, scopes: tuple[str, ...]) -> None:
    """What was said before somebody connected is old news."""
    app = ReceiveApp()
    connection = a_connection(provider=Provider.GITHUB, scopes=("read",), connected_at=NOW)
    app.stores.connections.put(connection)
    accepted = GrantChanged(scopes=("read", "issues"), at=NOW + timedelta(minutes=after))
    app.deliver(WebhookEvent(provider=Provider.GITHUB, external_id=connection.external_id, happening=accepted))

    assert scopes == app.stores.connections.get(ACME, Provider.GITHUB).scopes


def a_grant_told_of(happening: GrantChanged) -> tuple[Challenge | Dropped | None, Connection]:
    """What the delivery is answered with, and Acme's connection afterwards.

    It was connected three hours ago, and granted anew one hour ago.
    """
    app = ReceiveApp()
    connection = a_connection(provider=Provider.GITHUB, connected_at=NOW - timedelta(hours=3))
    app.stores.connections.put(connection)
    app.stores.connection_states.regrant(ACME, Provider.GITHUB, ("read", "issues"), at=NOW - timedelta(hours=1))
    event = WebhookEvent(provider=Provider.GITHUB, external_id=connection.external_id, happening=happening)
    return app.deliver(event), app.stores.connections.get(ACME, Provider.GITHUB)


@pytest.mark.parametrize(
    ("minutes", "answer"),
    [
        (-181, Dropped(reason="connected again since")),
        (-61, Dropped(reason="granted again since")),
        (-59, None),
        (None, None),
    ],
    ids=["before connecting", "before it was granted anew", "since", "without a time"],
)
def test_of_what_was_granted_the_latest_counts(minutes: int | None, answer: Dropped | None) -> None:
    """In whatever order it is delivered; what says no time has just come to pass."""
    at = None if minutes is None else NOW + timedelta(minutes=minutes)
    answered, connection = a_grant_told_of(GrantChanged(scopes=("write",), at=at))

    assert answer == answered
    assert (("write",) if answer is None else ("read", "issues")) == connection.scopes


def test_that_a_channel_has_changed_is_followed_at_once_and_once_more_when_nothing_is_on_its_way() -> None:
    """In the tenant's own order: a message that was sent off before may come in behind it."""
    app = ReceiveApp()
    change = ChannelChanged(channel="C0ENG", private=True)

    app.deliver(WebhookEvent(provider=Provider.SLACK, external_id="slack-acme", happening=change))

    envelope = EventEnvelope(tenant_id=ACME, event=change)
    assert [(envelope, ACME, delay) for delay in (0, STRAGGLERS_SECONDS)] == app.queues.events.puts


def test_that_somebody_else_joined_a_channel_is_dropped() -> None:
    """It happens all day; the log says why nothing came of it."""
    app = ReceiveApp()
    joined = WebhookEvent(
        provider=Provider.SLACK,
        external_id="slack-acme",
        happening=ChannelOpened(channel="C0ENG", user="U0ADA"),
    )

    assert Dropped(reason="somebody joined a channel") == app.deliver(joined)
    assert [] == app.queues.events.puts


def test_what_the_app_itself_said_is_dropped() -> None:
    """Our own echo is known by who said it, whatever else the event claims."""
    app = ReceiveApp()

    answer = app.deliver(slack(MessagePosted(message=a_message(author="U0APP"))))

    assert Dropped(reason="own echo") == answer
    assert [] == app.queues.events.puts


def test_an_unknown_workspace_leaves_no_trace() -> None:
    """Nobody's event is dropped, and nothing is stored for it."""
    app, message = ReceiveApp(), a_message()

    answer = app.deliver(slack(MessagePosted(message=message), team="slack-nobody"))

    assert Dropped(reason="unknown workspace") == answer
    assert [] == app.queues.events.puts


def test_a_message_reaches_only_the_tenant_of_its_workspace() -> None:
    """Two tenants with the same channel ids never see each other's messages."""
    app, message = ReceiveApp(), a_message()

    app.deliver(slack(MessagePosted(message=message), team="slack-globex"))

    assert [] == list(app.stores.messages.thread(ACME, "C0ENG", message.ts))
    assert [GLOBEX] == [group for _, group, _ in app.queues.events.puts]


def test_a_deleted_message_loses_its_text_and_reopens_the_conversation() -> None:
    """Deleting is an event like any other: the text goes at once, the conversation is judged anew."""
    app, message = ReceiveApp(), a_message()
    app.deliver(slack(MessagePosted(message=message)))

    app.deliver(slack(MessageDeleted(channel="C0ENG", ts=message.ts, root_ts=message.ts)))

    assert [("", True)] == [(m.text, m.deleted) for m in app.stores.messages.thread(ACME, "C0ENG", message.ts)]
    assert 2 == len(app.queues.events.puts)


def test_a_delivery_of_many_long_texts_is_enqueued_in_as_many_messages_as_hold_it() -> None:
    """Parts may come one by one and in any order; none is left out."""
    app, text = ReceiveApp(), "\N{PARTY POPPER}" * 65_536
    change = CodeChanged(parts=tuple(a_code_comment(str(number), text=text) for number in range(3)))
    assert app.deliver(slack(change)) is None
    expected = [EventEnvelope(tenant_id=ACME, event=CodeChanged(parts=(part,))) for part in change.parts]
    assert expected == [put.message for put in app.queues.events.puts]


def test_what_is_said_to_us_by_name_is_looked_at_at_once() -> None:
    """It may be an order, and whoever gives one waits."""
    app = ReceiveApp()
    app.deliver(slack(MessagePosted(message=a_message(text="<@U0APP> close ENG-1"))))
    assert [0] == [put.delay_seconds for put in app.queues.events.puts]


def test_a_ticket_change_is_enqueued_without_delay() -> None:
    """The index must be fresh before the next conversation is judged."""
    app, ticket = ReceiveApp(), a_ticket()

    app.deliver(
        WebhookEvent(provider=Provider.LINEAR, external_id="linear-acme", happening=TicketChanged(ticket=ticket))
    )

    assert [(EventEnvelope(tenant_id=ACME, event=TicketChanged(ticket=ticket)), ACME, 0)] == app.queues.events.puts


def test_what_is_built_is_enqueued_without_delay() -> None:
    """Nothing is judged of it that would have to wait for quiet."""
    app, change = ReceiveApp(), CodeChanged(parts=(a_repository(), a_pull_request()))
    app.deliver(WebhookEvent(provider=Provider.GITHUB, external_id="github-acme", happening=change))
    assert [(EventEnvelope(tenant_id=ACME, event=change), ACME, 0)] == app.queues.events.puts


def test_a_button_press_goes_straight_to_the_actions() -> None:
    """An approval is one more door onto the actions queue, under the tenant of the workspace it came from."""
    app = ReceiveApp()
    pressed = ButtonPressed(
        provider=Provider.SLACK, external_id="slack-acme", decision_id="d1", answer="approve", user_id="U0ADA"
    )

    app.deliver(pressed)

    request = ActionRequest(tenant_id=ACME, decision_id="d1", answer="approve", answered_by="U0ADA", answered_at=NOW)
    assert [(request, ACME, 0)] == app.queues.actions.puts


def test_a_queue_that_fails_makes_the_vendor_send_again() -> None:
    """An event that could not be enqueued is not acknowledged; the repeat finds it kept and enqueues it."""
    app, message = ReceiveApp(), a_message()
    app.queues.events.fail_next(UpstreamUnavailable("queue is away"))

    with pytest.raises(UpstreamUnavailable):
        app.deliver(slack(MessagePosted(message=message)))
    app.deliver(slack(MessagePosted(message=message.model_copy(update={"received_at": NOW + timedelta(seconds=9)}))))

    assert [(touch(message.ts), ACME, 5)] == app.queues.events.puts


@pytest.mark.parametrize("answer", [Challenge(answer="abc"), Dropped(reason="bot")])
def test_what_needs_no_tenant_is_answered_at_once(answer: Challenge | Dropped) -> None:
    """Challenges and drops pass through untouched."""
    assert answer == ReceiveApp().deliver(answer)


@pytest.mark.parametrize(
    ("channels", "read"),
    [
        (Channels(), True),
        (Channels(deny=("C0ENG",)), False),
        (Channels(deny=("C0OPS",)), True),
        (Channels(allow=("C0ENG",)), True),
        (Channels(allow=("C0OPS",)), False),
        (Channels(allow=("C0ENG",), deny=("C0ENG",)), False),
    ],
)
def test_a_message_of_a_channel_that_is_not_read_is_not_even_kept(channels: Channels, read: bool) -> None:
    """The tenant says which; what is denied never reaches the store."""
    app, message = ReceiveApp(), a_message()
    app.stores.connections.put(a_connection(channels=channels))

    answer = app.deliver(slack(MessagePosted(message=message)))

    assert (None if read else Dropped(reason="channel not read")) == answer
    assert (read, read) == (bool(app.stores.messages.thread(ACME, "C0ENG", message.ts)), bool(app.queues.events.puts))


def test_a_deletion_counts_in_a_channel_that_is_no_longer_read() -> None:
    """What was kept before the channel was closed to us must be erased all the same."""
    app, message = ReceiveApp(), a_message()
    app.deliver(slack(MessagePosted(message=message)))
    app.stores.connections.put(a_connection(channels=Channels(deny=("C0ENG",))))

    app.deliver(slack(MessageDeleted(channel="C0ENG", ts=message.ts, root_ts=message.ts)))

    assert [""] == [kept.text for kept in app.stores.messages.thread(ACME, "C0ENG", message.ts)]


def test_access_that_was_lost_is_noted_and_said_once() -> None:
    """Slack says it twice: the tokens are revoked, and the app is uninstalled."""
    app = ReceiveApp()

    answers = [
        app.deliver(slack(AccessLost(reason=reason, at=NOW))) for reason in ("tokens_revoked", "app_uninstalled")
    ]

    notice = ConnectionNotice(tenant_id=ACME, provider=Provider.SLACK, broken_since=NOW, reason="tokens_revoked")
    assert [None, None] == answers
    assert [(notice, ACME, HEAD_START)] == app.queues.reports.puts
    assert ["connection.broken"] == [entry.action for entry in app.stores.audit.latest(ACME, limit=9)]
    assert (True, False) == (app.broken(), app.broken(GLOBEX))


@pytest.mark.parametrize(("before", "broken"), [(timedelta(seconds=1), False), (timedelta(), True)])
def test_access_that_was_lost_before_it_was_granted_anew_is_history(before: timedelta, broken: bool) -> None:
    """The event may come late; Slack says when in whole seconds."""
    app = ReceiveApp()
    app.stores.connections.put(a_connection(connected_at=NOW.replace(microsecond=900_000)))

    app.deliver(slack(AccessLost(reason="app_uninstalled", at=NOW.replace(microsecond=0) - before)))

    assert broken == app.broken()


def test_access_that_was_restored_is_noted() -> None:
    """And a restoration of what was never lost is nothing."""
    app = ReceiveApp()
    app.deliver(slack(AccessLost(reason="suspend")))

    answers = [app.deliver(slack(AccessRestored())) for _ in range(2)]

    assert [None, Dropped(reason="never lost")] == answers
    assert not app.broken()
    assert 2 == len(app.stores.audit.latest(ACME, limit=9))


def test_of_a_loss_and_its_end_the_later_one_wins_in_whatever_order_they_come() -> None:
    """GitHub's pair may bear the same time; what it sends again is over, and the next suspension is not."""
    app = ReceiveApp()
    suspend, unsuspend = slack(AccessLost(reason="suspend", at=NOW)), slack(AccessRestored(at=NOW))

    before = [app.deliver(each) for each in (unsuspend, suspend)]
    assert [Dropped(reason="never lost"), Dropped(reason="connected again since")] == before
    assert not app.broken()

    app.deliver(slack(AccessLost(reason="suspend", at=NOW + timedelta(hours=1))))
    app.deliver(unsuspend)
    assert app.broken()

    app.deliver(slack(AccessRestored(at=NOW + timedelta(hours=1))))
    assert not app.broken()


MISSED = NOW.replace(minute=7, second=0, microsecond=0)


def test_events_that_the_vendor_dropped_are_made_up_for_by_one_reading() -> None:
    """Slack says so each minute, and repeats itself: a stretch of time is read once, when it is over."""
    app = ReceiveApp()
    minutes = [MISSED, MISSED, MISSED + timedelta(minutes=7), MISSED - timedelta(minutes=7)]

    answers = [app.deliver(slack(EventsMissed(at=minute))) for minute in minutes]

    [job] = app.stores.jobs.latest(ACME, limit=9)
    since = MISSED.replace(minute=0)
    assert [None, *[Dropped(reason="read already")] * 3] == answers
    assert Order(kind=JobKind.SYNC, dry_run=False, since=since, judge=True) == job.order
    assert [(JobDue(tenant_id=ACME, job_id=job.id), ACME, 900)] == app.queues.jobs.puts
    assert [("events.missed", "slack", "system", {"since": since.isoformat(), "run": job.id})] == [
        (entry.action, entry.target, entry.actor, dict(entry.detail))
        for entry in app.stores.audit.latest(ACME, limit=9)
    ]


@pytest.mark.parametrize(("attempt", "readings"), [(1, 0), (2, 0), (3, 1), (4, 1)])
def test_a_delivery_that_came_at_the_third_attempt_tells_of_an_outage_of_ours(attempt: int, readings: int) -> None:
    """Slack gives up after the fourth: what was said since then is read."""
    app = ReceiveApp()
    for _ in range(2):
        app.deliver(replace(slack(MessagePosted(message=a_message())), attempt=attempt))

    jobs = app.stores.jobs.latest(ACME, limit=9)
    assert readings == len(jobs) == len(app.stores.readings.gaps(ACME, limit=9))
    assert all(job.order.since is not None and job.order.since <= NOW - OUTAGE for job in jobs)


def test_what_is_dropped_a_quarter_of_an_hour_later_is_read_again() -> None:
    """The reading before ended before that; another tenant's is its own."""
    app = ReceiveApp()

    app.deliver(slack(EventsMissed(at=MISSED)))
    app.deliver(slack(EventsMissed(at=MISSED + timedelta(minutes=8))))
    app.deliver(slack(EventsMissed(at=MISSED), team="slack-globex"))

    readings = [job.order.since for tenant in (ACME, GLOBEX) for job in app.stores.jobs.latest(tenant, limit=9)]
    quarters = [MISSED.replace(minute=15), MISSED.replace(minute=0), MISSED.replace(minute=0)]
    assert (quarters, 3) == (readings, len(app.queues.jobs.puts))


def test_a_reading_that_could_not_be_asked_for_is_asked_for_by_the_repeat() -> None:
    """No job is noted that no message would ever take up."""
    app = ReceiveApp()
    app.queues.jobs.fail_next(UpstreamUnavailable("queue is away"))

    with pytest.raises(UpstreamUnavailable):
        app.deliver(slack(EventsMissed(at=MISSED)))
    assert [] == list(app.stores.jobs.latest(ACME, limit=9))
    assert app.deliver(slack(EventsMissed(at=MISSED))) is None
    assert 1 == len(app.queues.jobs.puts) == len(app.stores.jobs.latest(ACME, limit=9))


def test_when_a_vendor_was_last_heard_of_is_noted() -> None:
    """Also by what is then dropped; not by a workspace that nobody has."""
    app = ReceiveApp()
    app.deliver(slack(MessagePosted(message=a_message(author="U0APP"))))
    app.deliver(slack(MessagePosted(message=a_message()), team="slack-nobody"))

    activity = app.stores.connection_states.activity(ACME)
    assert {Provider.SLACK: NOW} == {provider: noted.last_event_at for provider, noted in activity.items()}
    assert {} == app.stores.connection_states.activity(GLOBEX)


@pytest.mark.parametrize("revision", [None, "digest-1"])
@pytest.mark.parametrize("answer", ["approve", "dismiss", "retry"])
def test_a_button_says_what_was_pressed_and_about_what(answer: Answer, revision: str | None) -> None:
    """A no is no yes, and it counts for what the person saw and for nothing newer."""
    app = ReceiveApp()
    pressed = ButtonPressed(
        provider=Provider.SLACK,
        external_id="slack-globex",
        decision_id="d1",
        revision=revision,
        answer=answer,
        user_id="U0ADA",
        pressed_in=Subject(channel="C0ENG", root_ts="1.1"),
    )

    assert app.deliver(pressed) is None

    request = ActionRequest.model_validate(
        {
            "tenant_id": GLOBEX,
            "decision_id": "d1",
            "revision": revision,
            "answer": answer,
            "answered_by": "U0ADA",
            "answered_at": NOW,
            "pressed_in": {"channel": "C0ENG", "root_ts": "1.1"},
        }
    )
    assert [(request, GLOBEX, 0)] == app.queues.actions.puts


def test_the_end_of_a_loss_stands_in_the_audit_trail() -> None:
    """What was restored, and when we heard of it."""
    app = ReceiveApp()
    app.deliver(slack(AccessLost(reason="suspend")))

    app.deliver(slack(AccessRestored()))

    assert {("connection.broken", "slack", NOW), ("connection.restored", "slack", NOW)} == {
        (entry.action, entry.target, entry.at) for entry in app.stores.audit.latest(ACME, limit=9)
    }


class RecordingMessages(FakeMessages):
    """Messages, and for how long the last one is kept."""

    keep_days = 0

    def record(self, tenant_id: TenantId, message: Message, *, keep_days: int) -> None:
        """Keep a message."""
        self.keep_days = keep_days
        super().record(tenant_id, message, keep_days=keep_days)


def test_a_message_is_kept_for_as_long_as_its_tenant_says() -> None:
    """Not a day longer, whatever another tenant says."""
    app = ReceiveApp()
    app.stores.messages = messages = RecordingMessages()
    app.stores.connections.put(a_connection(retention_days=7))

    app.deliver(slack(MessagePosted(message=a_message())))

    assert 7 == messages.keep_days


def test_what_we_say_on_tickets_ourselves_is_not_heard() -> None:
    """What people say there is, whoever they are."""
    app, own = ReceiveApp(), a_ticket_comment(author_id="U0APP")
    for comment, dropped in ((own, Dropped(reason="own echo")), (a_ticket_comment(author_id=None), None)):
        change = PlanningChanged(parts=(comment,))
        event = WebhookEvent(provider=Provider.SLACK, external_id=f"slack-{ACME}", happening=change)
        assert dropped == app.deliver(event)
    (put,) = app.unit(ACME).queues.events.puts
    assert EventEnvelope(tenant_id=ACME, event=change) == put.message


def test_what_somebody_does_at_a_surface_waits_on_the_actions_of_their_team() -> None:
    """It is answered from there: Slack waits three seconds for us, and no vendor is called meanwhile."""
    app = ReceiveApp()
    opened = HomeOpened(shown="version-1")

    outcome = app.deliver(SurfaceUsed(provider=Provider.SLACK, external_id="slack-acme", user_id="U0ADA", asked=opened))

    [put] = app.queues.actions.puts
    assert (None, ACME) == (outcome, put.group)
    assert SurfaceRequest(tenant_id=ACME, user_id="U0ADA", asked_at=NOW, asked=opened) == put.message


def test_a_message_that_names_us_is_answered_without_waiting_for_its_conversation() -> None:
    """Whether it asks something is looked at there; what does not name us is not looked at."""
    app = ReceiveApp()
    message = a_message(text="<@U0APP> what is the state of ENG-1?")
    for said in (message, a_message(9, "what is the state of ENG-1?")):
        app.deliver(slack(MessagePosted(message=said)))

    [put] = app.queues.actions.puts
    mentioned = Mentioned(channel=message.channel, root_ts=message.root_ts, ts=message.ts)
    assert SurfaceRequest(tenant_id=ACME, user_id=message.author, asked_at=NOW, asked=mentioned) == put.message
