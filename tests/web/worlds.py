"""Teams to look at pages of: one in the middle of its day, one that has just come, and a large one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.actions import Action, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.billing import Billing, synced, terms_at
from pm_assistant.domain.catch_up import Gap, Position
from pm_assistant.domain.code import TicketLinks
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.flow import DayOfFlow, Passage, Spread, Step, flow_of
from pm_assistant.domain.forecast import Forecast, Score, Week, forecast
from pm_assistant.domain.jobs import JobKind, JobState, Order
from pm_assistant.domain.people import known_by
from pm_assistant.domain.plans import Plan
from pm_assistant.domain.questions import ReportQuestion
from pm_assistant.domain.reports import (
    FactKind,
    Line,
    Report,
    ReportChannel,
    ReportKind,
    Section,
    SentReport,
    Skip,
    Subscription,
)
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.spending import month_of
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.talk import Talk, Topic
from pm_assistant.domain.tenants import ActionKind, CalendarProvider, Member, Provider
from pm_assistant.domain.work import Channel, StateType
from pm_assistant.integrations.vendors import VENDORS
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    GLOBEX,
    REVIEW,
    TODO,
    a_browser_session,
    a_calendar,
    a_comment,
    a_decision,
    a_grade,
    a_health,
    a_job,
    a_key,
    a_link_to,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_ticket,
    a_track_record,
    an_entry,
    an_invitation,
)
from tests.fakes.connections import a_working_connection
from tests.fakes.vendors import FakeOAuthApp
from tests.web.browser import WebWorld

WEEK = timedelta(weeks=1)
TITLES = (
    "Checkout drops the coupon",
    "Refunds of partly shipped orders are booked twice when the warehouse answers late",
    "Rechnungsadressenprüfungsschnittstelle liefert keine Umsatzsteueridentifikationsnummern",
    "Search is slow",
    "Export the ledger for the auditors, by month and by legal entity",
)
SAID = (
    "The coupon vanishes in checkout again, with Safari on iOS at least",
    "done with the refunds, it is on staging now and Grace has looked at it",
    "we should really cache the search, it takes eight seconds on the large catalogue",
)


class Writing:
    """What people and vendors write: as it is, or with something in it.

    Attributes:
        texts: all that was written.
    """

    def __init__(self, spell: Callable[[str, int], str] = lambda text, _: text) -> None:
        self._spell = spell
        self.texts: list[str] = []

    def __call__(self, text: str) -> str:
        """A text of theirs."""
        self.texts.append(self._spell(text, len(self.texts)))
        return self.texts[-1]


def a_day(web: WebWorld, write: Writing | None = None, *, tickets: int = 12, decisions: int = 10) -> Mapping[str, str]:
    """A team with some of everything, all of it lately; returns what stands for the ids in addresses of its pages."""
    write = write or Writing()
    _people(web, write)
    _sources(web, write)
    _plans(web, write, tickets)
    _settled(web, write)
    _operated(web, write)
    _flow(web)
    return {
        "tenant_id": ACME,
        "session_id": _session(web),
        "key_id": "key-0",
        "group_id": "S0ENG",
        "decision_id": _decisions(web, write, decisions),
        "talk_id": _talk(web, write),
        "job_id": _jobs(web, write),
        "upload_id": "0123456789abcdef" * 2,
        "rule_id": "rule-0",
        "member_id": a_member().id,
        "account_id": web.account(Role.OWNER).id,
        "invitation_id": an_invitation().id,
        "channel_id": "C0ENG",
        "kind": "standup",
        "provider": "slack",
        "verb": "approve",
        "code": "a-code",
    }


def _session(web: WebWorld) -> str:
    """The owner's other browser."""
    now = _ago()
    session = a_browser_session(
        account_id=web.account(Role.OWNER).id, scope=Scope.OWNER, issued_at=now, seen_at=now, ends_at=_ago(days=-7)
    )
    web.api.stores.browser_sessions.put(session)
    return session.digest


def _people(web: WebWorld, write: Writing) -> None:
    stores, owner = web.api.stores, web.account(Role.OWNER)
    people = [a_member(name).model_copy(update={"name": write(name.title())}) for name in ("ada", "grace", "bob")]
    people[0] = people[0].model_copy(update={"email": owner.email})
    people[1] = people[1].model_copy(update={"away_until": _ago(days=-3).date()})
    lone = {"id": "lin-ada-2", "name": people[0].name, "email": owner.email, "accounts": {Provider.GITHUB: "ada-codes"}}
    stores.directory.put_members(ACME, [*people, Member.model_validate(lone)])
    me = known_by(owner.email, stores.directory.members(ACME))
    days = tuple(_ago(days=-day).date() for day in (26, 27))
    read: dict[str, Any] = {"connected_at": _ago(days=9), "read_at": _ago(hours=2), "absent_days": days}
    stores.calendars.put(a_calendar(member_id=me.id if me else "", account_id=owner.id, **read))
    web.api.app.oauth_apps[CalendarProvider.GOOGLE] = FakeOAuthApp()
    stores.invitations.put(an_invitation(expires_at=_ago(days=-5)))
    for number, name in enumerate(("nightly export", "dashboard on the wall")):
        stores.api_keys.put(a_key(id=f"key-{number}", name=write(name), created_by=f"account:{owner.id}"))
    for number, action in enumerate(("key.created", "connection.made", "settings.changed")):
        at = _ago(hours=number)
        detail = {"name": write("nightly export"), "reason": write("it was noisy"), "fields": "time_zone"}
        entry = an_entry(
            id=f"{at:%Y%m%dT%H%M%S.%f}-r{number}",
            at=at,
            action=action,
            actor_name=write("ada@acme.test"),
            detail=detail,
        )
        stores.audit.add(ACME, entry)


def _sources(web: WebWorld, write: Writing) -> None:
    stores, now = web.api.stores, _ago()
    owner = f"account:{web.account(Role.OWNER).id}"
    broken = {"broken_since": _ago(hours=3), "broken_reason": write("the token was revoked")}
    for provider, name in ((Provider.SLACK, "Acme"), (Provider.GITHUB, "acme"), (Provider.LINEAR, "Acme Inc.")):
        changes = {"connected_by": owner, "connected_at": _ago(days=20), "scopes": tuple(VENDORS[provider].scopes)}
        changes |= broken if provider is Provider.LINEAR else {}
        stores.connections.put(
            a_working_connection(provider=provider).model_copy(update=changes | {"name": write(name)})
        )
    workspace = "slack-acme"
    stores.readings.put_position(ACME, Position(source=Provider.SLACK, workspace=workspace, read_to=now))
    for id, name in (("C0ENG", "engineering"), ("C0SUP", "support-escalations-and-everything-urgent")):
        channel = Channel(id=id, name=write(name))
        place = Position(
            source=Provider.SLACK, workspace=workspace, place=id, channel=channel, since=_ago(days=20), read_to=now
        )
        stores.readings.put_position(ACME, place)
    gap = Gap(source=Provider.SLACK, place="C0ENG", found_at=now, began_at=_ago(hours=9), ended_at=_ago(hours=6))
    stores.readings.put_gap(ACME, gap)


def _plans(web: WebWorld, write: Writing, tickets: int) -> None:
    stores, states = web.api.stores, cycle((TODO, DOING, REVIEW, DONE))
    stores.directory.put_teams(ACME, [ENG.model_copy(update={"name": write(ENG.name)})])
    titles = [write(title) for title in TITLES]
    stores.tickets.put_all(
        ACME,
        [
            a_ticket(n, title=titles[n % len(titles)], state=next(states), updated_at=_ago(days=1, minutes=n))
            for n in range(1, tickets + 1)
        ],
    )
    stores.code.record(ACME, a_repository(at=_ago(), private=False), keep_days=30)
    merged_at = _ago(days=2)
    for number in (1, 2, 5):
        facts = a_pull_request(
            number, title=write("Keep the coupon"), at=merged_at, closed_at=merged_at, merged_at=merged_at
        )
        link = a_link_to(f"ENG-{number}", ticket_id=f"ticket-{number}")
        for part in (facts, TicketLinks(pull_request_id=facts.pull_request_id, at=merged_at, links=(link,))):
            stores.code.record(ACME, part, keep_days=30)


def _decisions(web: WebWorld, write: Writing, count: int) -> str:
    """What waits, what was done, what was only noted and what failed, in turns; the id of one of them."""
    stores = web.api.stores
    looks: Sequence[tuple[DecisionState, dict[str, Any]]] = (
        (DecisionState.PROPOSED, {}),
        (DecisionState.DONE, {"performed": "digest-1"}),
        (DecisionState.LOGGED, {}),
        (DecisionState.FAILED, {"error": write("Linear does not answer")}),
    )
    summaries = [write(said) for said in SAID]
    title, reason = (
        write("Cache the search"),
        write("both speak of the coupon, the browser and the day on which it began"),
    )
    made = list[Decision]()
    for number in range(count):
        # The first and the third are asked of the same words.
        at = made[0].as_of if number == 2 else _ago(minutes=7 * number + 3)
        ts = f"{at.timestamp():.6f}"
        message = a_message(text=summaries[(number // 3 + 1) % len(summaries)], ts=ts, root_ts=ts, received_at=at)
        stores.messages.record(ACME, message, keep_days=90)
        ticket_id = f"ticket-{number % 12 + 1}"
        actions: Sequence[Action] = (
            a_comment(ticket_id=ticket_id, summary=summaries[number // 3 % len(summaries)]),
            MoveTicket(ticket_id=ticket_id, to=DONE),
            CreateTicket(title=title, description=summaries[2]),
        )
        state, changes = looks[number // len(actions) % len(looks)]
        decision = a_decision(
            action=actions[number % len(actions)],
            message=message,
            state=state,
            reason=reason,
            created_at=at,
            as_of=at,
            updated_at=at,
            runners_up=({"ticket_id": "ticket-3", "score": 0.4},),
            **changes,
        )
        made.append(decision)
    if count > 2:
        one, _, other, *_ = made
        made[0] = one.model_copy(update={"alternatives": (other.id,)})
        made[2] = other.model_copy(update={"alternatives": (one.id,)})
    for decision in made:
        stores.decisions.save(decision)
    return made[0].id if made else ""


def _talk(web: WebWorld, write: Writing) -> str:
    """Work that nobody has made a ticket of."""
    stores = web.api.stores
    for number in range(3):
        at = _ago(hours=number + 1)
        ts = f"{at.timestamp():.6f}"
        message = a_message(text=write(f"the invoices of plan {number} are slow"), ts=ts, root_ts=ts, received_at=at)
        stores.messages.record(ACME, message, keep_days=90)
        decision = a_decision(
            action=Ignore(work=True), message=message, state=DecisionState.LOGGED, as_of=at, updated_at=at
        )
        evidence = [
            each.model_copy(update={"text_digest": message.text_digest, "root_ts": ts}) for each in decision.evidence
        ]
        saved = stores.decisions.save(decision.model_copy(update={"evidence": tuple(evidence)}))
    return saved.id


def _jobs(web: WebWorld, write: Writing) -> str:
    """One in each state."""
    results = (
        {"kind": "comment", "would": "ask", "title": write("Cache the search"), "confidence": 0.8},
        {"flaws": [{"id": "U0EVE", "problem": write("has no name"), "left_out": True}]},
        {"receipts": [{"text": write("acme/shop#1"), "url": "javascript:alert(1)"}], "file": write("export.zip")},
    )
    for number, state in enumerate(JobState):
        at, kind = _ago(hours=number), list(JobKind)[number]
        error = write("Linear does not answer") if state is JobState.FAILED else None
        job = a_job(
            id=f"{at:%Y%m%dT%H%M%S}-{number}", state=state, order=Order(kind=kind), results=results, error=error
        )
        web.api.stores.jobs.put(job.model_copy(update={"created_at": at, "updated_at": at}))
    return job.id


def _settled(web: WebWorld, write: Writing) -> None:
    """What people have decided once for all, what we have earned, and which reports come."""
    stores, tenant = web.api.stores, web.api.stores.tenants.get(ACME)
    owner = f"account:{web.account(Role.OWNER).id}"
    rules = (
        TeamRule(
            id="rule-0", kind="comment", label=write("chore"), owner=owner, made_at=_ago(days=3), note=write("noise")
        ),
        TeamRule(id="rule-1", effect="ask", channel="C0ENG", owner=owner, made_at=_ago(days=2), until=_ago(days=-9)),
    )
    asked = ReportQuestion(text=write("What would you like help with?"))
    wishes = {"guidance": write("Refunds are never urgent"), "report_questions": (asked,)}
    settings = tenant.settings.model_copy(update=wishes)
    stores.tenants.put(tenant.model_copy(update={"name": write("Acme"), "rules": rules, "settings": settings}))
    grades = tuple(a_grade(n, right=n % 5 > 0) for n in range(1, 13))
    stores.track_records.replace(ACME, a_track_record(kind=ActionKind.MOVE, grades=grades), before=None)
    for kind in (ReportKind.STANDUP, ReportKind.WEEKLY):
        stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", kind=kind))
    stores.subscriptions.put(ACME, Subscription(channel_id="C0ENG", kind=ReportKind.STANDUP, time_zone="Europe/Berlin"))
    line = Line(text=write("ENG-1 Checkout drops the coupon"), url="https://linear.app/acme/issue/ENG-1")
    section = Section(title="Done", kind=FactKind.DONE, lines=(line,), hidden=2)
    report = Report(
        id="r", kind=ReportKind.STANDUP, title=write("Standup for Ada"), day=_ago().date(), sections=(section,)
    )
    for day in range(3):
        at = _ago(days=day)
        came = {"skipped": Skip.AWAY} if day else {"delivery": ReportChannel.SLACK, "report": report}
        sent = SentReport(kind=ReportKind.STANDUP, subscription_id="standup.U0ADA", day=at.date(), at=at)
        stores.deliveries.keep(ACME, sent.model_copy(update=came), keep_days=9)


def _operated(web: WebWorld, write: Writing) -> None:
    """How the team and another one fare, for those who operate the service."""
    healths = web.api.stores.healths
    name = write("Acme")
    for day in range(3):
        healths.put(a_health(name=name, people=7, accounts=2, decisions=41, looked_at=_ago(days=2 - day)))
    healths.put(
        a_health(GLOBEX, name=write("Globex"), failed_actions=3, done_actions=37, failed_runs=1, looked_at=_ago())
    )


def _flow(web: WebWorld) -> None:
    """A quarter of work, what was forecast of it, and what was talked about."""
    stores, now = web.api.stores, _ago()
    passages = []
    for number in range(80):
        begun = now - timedelta(days=95 - 1.1 * number)
        steps = [Step(begun, StateType.STARTED), Step(begun + timedelta(days=1 + number * 7 % 9), StateType.COMPLETED)]
        if number % 11 == 0:
            steps += [Step(steps[-1].at + timedelta(hours=5), StateType.STARTED)]
            steps += [Step(steps[-1].at + timedelta(days=1), StateType.COMPLETED)]
        passages.append(_passage(f"done-{number}", [step for step in steps if step.at < now], number % 3 == 0))
    passages += [_passage(f"ticket-{n}", [Step(now - timedelta(days=n), StateType.STARTED)]) for n in (2, 3, 6, 7)]
    team = flow_of(ENG.id, passages, [], zone=UTC, now=now)
    outlook = forecast(14, [Week(week.finished, week.added) for week in team.weeks], seed="a")
    made = tuple(
        Forecast(
            made_on=(now - weeks * WEEK).date(),
            items=9,
            even=(now - weeks * WEEK / 2).date(),
            likely=now.date(),
            held=held,
        )
        for weeks, held in ((5, True), (4, False), (3, True), (1, None))
    )
    score = Score(made=3, held=2, even_held=1)
    question = a_message(
        text="Does the export keep the time zone?", ts="1700000000.000100", root_ts="1700000000.000100"
    )
    stores.messages.record(ACME, question, keep_days=9_000)
    talk = Talk(
        since=now - 4 * WEEK,
        conversations=61,
        messages=402,
        topics=tuple(Topic(ticket_id=f"ticket-{n}", conversations=9 - n, messages=90 - 9 * n) for n in range(1, 6)),
        untracked_conversations=3,
        untracked_messages=11,
        unanswered=(question.place,),
        unanswered_count=1,
        ticket_hours=Spread(count=9, half=3.5, most=26),
    )
    told = team.model_copy(update={"outlook": outlook, "forecasts": made, "score": score})
    day = DayOfFlow(day=now.date(), time_zone="Europe/Berlin", measured_at=now, teams=(told,), talk=talk)
    stores.flow.put_day(ACME, day)


def _passage(ticket_id: str, steps: Sequence[Step], unplanned: bool = False) -> Passage:
    return Passage(
        ticket_id=ticket_id,
        team_id=ENG.id,
        created_at=steps[0].at - timedelta(days=3),
        seen_at=steps[-1].at,
        steps=tuple(steps),
        unplanned=unplanned,
    )


def _ago(**since: float) -> datetime:
    return datetime.now(UTC) - timedelta(**since)


def an_empty_team(web: WebWorld) -> Mapping[str, str]:
    """A team that has just come, and is led to what it does next: nothing is there that has an id."""
    tenants = web.api.stores.tenants
    tenants.put(tenants.get(ACME).model_copy(update={"created_at": datetime.now(UTC)}))
    return {}


def a_large_team(web: WebWorld) -> Mapping[str, str]:
    """The same day with 5,000 tickets."""
    return a_day(web, tickets=5_000, decisions=400)


def _paid(status: str = "active", **changes: Any) -> Billing:
    """The team plan for three."""
    now = _ago()
    known: dict[str, Any] = {"plan": Plan.TEAM, "seats": 3, "created_at": now, "period_end": _ago(days=-20)} | changes
    subscription = PaidSubscription(id="sub_1", customer_id="cus_acme", status=status, **known)
    return synced(Billing(trial_ends_at=now, customer_id="cus_acme"), [subscription], at=now)


STANDINGS: Mapping[str, Callable[[], tuple[Billing, int]]] = {
    "trial": lambda: (Billing(trial_ends_at=_ago(days=-9)), 120),
    "ending": lambda: (Billing(trial_ends_at=_ago(days=-1)), 1_420),
    "over": lambda: (Billing(trial_ends_at=_ago(days=1)), 0),
    "team": lambda: (_paid(), 412),
    "grace": lambda: (_paid("past_due", past_due_since=_ago(days=2)), 412),
    "unpaid": lambda: (_paid("unpaid"), 412),
    "ends": lambda: (_paid(cancel_at=_ago(days=-20)), 412),
    "cancelled": lambda: (_paid("canceled", ended_at=_ago()), 3),
    "pending": lambda: (_paid("incomplete"), 3),
    "used-up": lambda: (_paid(), 1_002),
    "invoiced": lambda: (Billing(invoiced_until=_ago(days=-200)), 40),
}
"""What a team may have bought, and how many decisions of this month it has used."""


def a_standing(name: str, web: WebWorld) -> Mapping[str, str]:
    """A team that stands so over money."""
    stores, (billing, used) = web.api.stores, STANDINGS[name]()
    stores.tenants.put(stores.tenants.get(ACME).model_copy(update={"billing": billing}))
    for _ in range(used):
        if stores.quotas.reserve(ACME, month_of(_ago()), below=terms_at(billing, _ago()).hard_stop) is None:
            stores.quotas.went_beyond(ACME, month_of(_ago()))
    return {}


WORLDS: Mapping[str, Callable[[WebWorld], Mapping[str, str]]] = {
    "day": a_day,
    "empty": an_empty_team,
    "large": a_large_team,
    **{f"billing-{name}": partial(a_standing, name) for name in STANDINGS},
}
"""Teams to look at pages of; each says what stands for the ids in addresses."""
FULL = {"day", "large"}
"""Those that have what pages with an id are about."""
