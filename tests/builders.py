"""Values for tests: believable defaults, every one of them replaceable."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from pm_assistant.domain.accounts import Account, ApiKey, AuditEntry, BrowserSession, Invitation, Role, Scope
from pm_assistant.domain.actions import Action, CloseTree, Closing, Comment, Proposable
from pm_assistant.domain.autonomy import Grade, TrackRecord
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.bots import Actor
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.calibration import Fitted
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.code import (
    Check,
    CheckResult,
    CodeComment,
    CodePart,
    Description,
    Issue,
    PullRequestFacts,
    Repository,
    Review,
    ReviewState,
    ThreadMention,
    TicketLink,
)
from pm_assistant.domain.connections import Authorization, ConnectLink
from pm_assistant.domain.decisions import Decision, DecisionState, Evidence, Judgement, Proposal, Subject, decision_id
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.flow import DayOfFlow, Passage, Step
from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.history import ConfirmedMatch, PastConversation
from pm_assistant.domain.jobs import Job, JobKind, Order
from pm_assistant.domain.links import Link, LinkEvidence, LinkKind, LinkSource
from pm_assistant.domain.people import Participant
from pm_assistant.domain.planning import Attachment, TicketComment
from pm_assistant.domain.plans import Plan, Terms, limits_of
from pm_assistant.domain.subscriptions import PaidSubscription
from pm_assistant.domain.tenants import (
    ActionKind,
    CalendarProvider,
    Connection,
    Member,
    Mode,
    Provider,
    Rule,
    Settings,
    Standing,
    Tenant,
    TenantId,
)
from pm_assistant.domain.trials import Experiment
from pm_assistant.domain.trust import Calibration
from pm_assistant.domain.work import Channel, Conversation, Message, MessageId, StateType, Team, Ticket, TicketState

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ACME = TenantId("acme")
GLOBEX = TenantId("globex")
BACKLOG = TicketState(id="s-backlog", name="Backlog", type=StateType.BACKLOG)
TODO = TicketState(id="s-todo", name="Todo", type=StateType.UNSTARTED)
DOING = TicketState(id="s-doing", name="In Progress", type=StateType.STARTED)
REVIEW = TicketState(id="s-review", name="In Review", type=StateType.STARTED)
DONE = TicketState(id="s-done", name="Done", type=StateType.COMPLETED)
CANCELED = TicketState(id="s-canceled", name="Canceled", type=StateType.CANCELED)
ENG = Team(id="team-eng", key="ENG", name="Engineering", states=(BACKLOG, TODO, DOING, REVIEW, DONE, CANCELED))
TRUSTING = Settings(
    rules={kind: Rule(mode=Mode.AUTO) for kind in (ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE)},
    settle_seconds=5,
)


def going_back(days: int) -> Billing:
    """A plan that is paid, and whose history goes so many days back."""
    limits = limits_of(Plan.TEAM).model_copy(update={"history_days": days})
    subscription = PaidSubscription(id="sub_1", customer_id="cus_1", status="active", plan=Plan.TEAM, created_at=NOW)
    return Billing(subscription=subscription, terms=Terms(plan=Plan.TEAM, limits=limits, seats=9))


def a_tenant(tenant_id: TenantId = ACME, **changes: Any) -> Tenant:
    """A tenant that lets us act from 0.8 upwards."""
    return Tenant(**{"id": tenant_id, "name": tenant_id.title(), "settings": TRUSTING, **changes})


def a_health(tenant_id: TenantId = ACME, **changes: Any) -> TenantHealth:
    """How a tenant fares that has just been opened."""
    found = TenantHealth.of(a_tenant(tenant_id, name="Acme"), month="2026-11", at=NOW)
    return found.model_copy(update=changes)


def a_place(id: str, name: str, **changes: Any) -> Position:
    """A channel of Slack that we are in and have read."""
    channel = Channel(id=id, name=name, **changes)
    return Position(source=Provider.SLACK, workspace="T0", place=id, channel=channel, since=NOW, read_to=NOW)


def a_connection(tenant_id: TenantId = ACME, provider: Provider = Provider.SLACK, **changes: Any) -> Connection:
    """A connection whose outside id is derived from tenant and provider."""
    defaults = {
        "tenant_id": tenant_id,
        "provider": provider,
        "external_id": f"{provider}-{tenant_id}",
        "app_user_id": "U0APP",
        "base_url": f"https://{tenant_id}.slack.com/",
        "sealed_credentials": b"sealed",
        "settle_seconds": 5,
        "connected_at": NOW - timedelta(days=30),
    }
    return Connection(**{**defaults, **changes})


def a_calendar(tenant_id: TenantId = ACME, member_id: str = "U0ADA", **changes: Any) -> CalendarConnection:
    """Somebody's calendar as it was read this morning, when it had her away for Christmas."""
    defaults = {
        "tenant_id": tenant_id,
        "member_id": member_id,
        "account_id": "account-ada",
        "provider": CalendarProvider.GOOGLE,
        "sealed_credentials": b"sealed",
        "connected_at": NOW - timedelta(days=2),
        "absent_days": (date(2026, 12, 24), date(2026, 12, 25)),
        "read_at": NOW - timedelta(hours=1),
    }
    return CalendarConnection(**{**defaults, **changes})


def an_account(tenant_id: TenantId = ACME, name: str = "ada", **changes: Any) -> Account:
    """An admin's login."""
    defaults = {
        "id": f"account-{name}",
        "tenant_id": tenant_id,
        "email": f"{name}@acme.test",
        "role": Role.ADMIN,
        "created_at": NOW - timedelta(days=30),
    }
    return Account(**{**defaults, **changes})


def a_browser_session(tenant_id: TenantId = ACME, **changes: Any) -> BrowserSession:
    """An admin's login in a browser, for a week."""
    defaults = {
        "digest": "0" * 64,
        "account_id": "account-ada",
        "tenant_id": tenant_id,
        "scope": Scope.ADMIN,
        "issued_at": NOW,
        "seen_at": NOW,
        "ends_at": NOW + timedelta(days=7),
    }
    return BrowserSession(**{**defaults, **changes})


def an_invitation(tenant_id: TenantId = ACME, **changes: Any) -> Invitation:
    """An offer to join as a member, open for a week."""
    defaults = {
        "id": "invitation-1",
        "tenant_id": tenant_id,
        "email": "grace@acme.test",
        "role": Role.MEMBER,
        "invited_by": "account-ada",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=7),
    }
    return Invitation(**{**defaults, **changes})


def a_key(tenant_id: TenantId = ACME, **changes: Any) -> ApiKey:
    """A key that may run workflows and was never used."""
    defaults = {
        "id": "key-1",
        "tenant_id": tenant_id,
        "name": "nightly",
        "scope": Scope.RUN,
        "digest": "0" * 64,
        "created_by": "account-ada",
        "created_at": NOW,
    }
    return ApiKey(**{**defaults, **changes})


def an_entry(number: int = 1, **changes: Any) -> AuditEntry:
    """An entry of the audit trail; a higher number is later."""
    at = NOW + timedelta(seconds=number)
    defaults = {
        "id": f"{at:%Y%m%dT%H%M%S.%f}-r{number}",
        "at": at,
        "actor": "account:account-ada",
        "action": "key.made",
    }
    return AuditEntry(**{**defaults, **changes})


def a_job(tenant_id: TenantId = ACME, number: int = 1, **changes: Any) -> Job:
    """A dry run of the whole process; a higher number was asked for later."""
    at = NOW + timedelta(seconds=number)
    defaults = {
        "id": f"{at:%Y%m%dT%H%M%S}-{number}",
        "tenant_id": tenant_id,
        "order": Order(kind=JobKind.PROCESS),
        "asked_by": "account:account-ada",
        "created_at": at,
        "updated_at": at,
    }
    return Job(**{**defaults, **changes})


def an_experiment(number: int = 1, **changes: Any) -> Experiment:
    """Moves, which half of the conversations have done unasked from 0.6 upwards; a higher number began later."""
    began_at = NOW + timedelta(seconds=number)
    defaults = {
        "id": f"{began_at:%Y%m%dT%H%M%S}-{number}",
        "kind": ActionKind.MOVE,
        "b": Variant(threshold=0.6),
        "began_at": began_at,
        "ends_at": began_at + timedelta(days=28),
        "started_by": "account:account-ada",
    }
    return Experiment(**{**defaults, **changes})


def a_link(tenant_id: TenantId = ACME, **changes: Any) -> ConnectLink:
    """A pass to connect Slack, good for five minutes."""
    defaults = {
        "tenant_id": tenant_id,
        "provider": Provider.SLACK,
        "actor": "account:account-ada",
        "browser": "0" * 64,
        "expires_at": NOW + timedelta(minutes=5),
    }
    return ConnectLink(**{**defaults, **changes})


def an_authorization(tenant_id: TenantId = ACME, **changes: Any) -> Authorization:
    """A way to Slack's consent page, good for five minutes."""
    defaults = {
        "tenant_id": tenant_id,
        "provider": Provider.SLACK,
        "actor": "account:account-ada",
        "browser": "0" * 64,
        "verifier": "verifier",
        "expires_at": NOW + timedelta(minutes=5),
    }
    return Authorization(**{**defaults, **changes})


def a_ticket(number: int = 1, **changes: Any) -> Ticket:
    """A ticket of the engineering team, in To do."""
    defaults = {
        "id": f"ticket-{number}",
        "key": f"ENG-{number}",
        "title": "Checkout drops the coupon",
        "url": f"https://linear.app/acme/issue/ENG-{number}",
        "state": TODO,
        "team_id": ENG.id,
        "assignee_id": "lin-ada",
        "created_at": NOW - timedelta(days=10),
        "updated_at": NOW - timedelta(days=1),
    }
    return Ticket(**{**defaults, **changes})


def an_attachment(id: str = "1", **changes: Any) -> Attachment:
    """The first pull request, attached to the first ticket."""
    defaults = {
        "id": id,
        "ticket_id": "ticket-1",
        "at": NOW,
        "url": "https://github.com/acme/shop/pull/1",
        "title": "Keep the coupon",
    }
    return Attachment(**{**defaults, **changes})


def a_ticket_comment(id: str = "1", **changes: Any) -> TicketComment:
    """Something that Ada said on the first ticket."""
    defaults = {
        "id": id,
        "ticket_id": "ticket-1",
        "at": NOW,
        "author_id": "lin-ada",
        "author_name": "Ada",
        "text": f"comment {id}",
        "created_at": NOW,
    }
    return TicketComment(**{**defaults, **changes})


def a_pull_request(number: int = 1, **changes: Any) -> PullRequestFacts:
    """A pull request of Grace's that is open."""
    defaults = {
        "repository_id": "900",
        "number": number,
        "at": NOW,
        "title": "Keep the coupon",
        "url": f"https://github.com/acme/shop/pull/{number}",
        "author": Actor(login="grace", id="7"),
        "created_at": NOW - timedelta(days=1),
        "branch": "keep-the-coupon",
        "head": f"{number:040x}",
        "base": "main",
    }
    return PullRequestFacts(**{**defaults, **changes})


def a_repository(id: str = "900", **changes: Any) -> Repository:
    """A repository that not everybody may see."""
    defaults = {"id": id, "at": NOW, "name": "acme/shop", "url": "https://github.com/acme/shop", "private": True}
    return Repository(**{**defaults, **changes})


def a_review(id: str, **changes: Any) -> Review:
    """Ada's approval of the pull request."""
    defaults = {
        "pull_request_id": a_pull_request().pull_request_id,
        "id": id,
        "at": NOW,
        "author": Actor(login="ada"),
        "state": ReviewState.APPROVED,
        "submitted_at": NOW,
        "url": f"https://github.com/acme/shop/pull/1#pullrequestreview-{id}",
    }
    return Review(**{**defaults, **changes})


def a_thread_mention(number: int = 1, **changes: Any) -> ThreadMention:
    """A thread in which the pull request and the first ticket are named."""
    defaults = {
        "pull_request_id": a_pull_request(number).pull_request_id,
        "at": NOW,
        "read": True,
        "channel": "C0ENG",
        "root_ts": "1.0",
        "tickets": ("ENG-1",),
        "url": "https://acme.slack.com/archives/C0ENG/p10",
    }
    return ThreadMention(**{**defaults, **changes})


def a_check(name: str, **changes: Any) -> Check:
    """A check that has passed, of the commit that the pull request ends with."""
    defaults = {
        "repository_id": "900",
        "commit": a_pull_request().head,
        "name": name,
        "at": NOW,
        "result": CheckResult.PASSED,
    }
    return Check(**{**defaults, **changes})


def a_link_to(ticket: str, *, ticket_id: str, kind: LinkKind = LinkKind.CLOSES) -> TicketLink:
    """What a pull request does for a ticket."""
    evidence = LinkEvidence(source=LinkSource.BODY, words=f"Fixes {ticket}")
    return TicketLink(ticket_id=ticket_id, link=Link(ticket=ticket, kind=kind, evidence=evidence, confidence=0.99))


def a_code_comment(id: str, **changes: Any) -> CodeComment:
    """Something that Ada said on the pull request."""
    defaults = {
        "repository_id": "900",
        "number": 1,
        "id": id,
        "at": NOW,
        "author": Actor(login="ada"),
        "text": f"comment {id}",
        "url": f"https://github.com/acme/shop/pull/1#issuecomment-{id}",
        "created_at": NOW,
    }
    return CodeComment(**{**defaults, **changes})


def a_message(offset: float = 0, text: str = "The coupon vanishes in checkout again", **changes: Any) -> Message:
    """A message said `offset` seconds after NOW in #eng; top level unless `root_ts` is given."""
    said = NOW + timedelta(seconds=offset)
    ts = f"{said.timestamp():.6f}"
    defaults = {"channel": "C0ENG", "ts": ts, "root_ts": ts, "author": "U0ADA", "text": text, "received_at": said}
    return Message(**{**defaults, **changes})


def a_conversation(*messages: Message) -> Conversation:
    """A conversation of these messages, or of one."""
    spoken = messages or (a_message(),)
    return Conversation(channel=spoken[0].channel, messages=spoken)


def a_heard_conversation(*said: Message, **changes: Any) -> PastConversation:
    """What is kept of messages, or of one of Ada's, for 90 days: each of their words, once."""
    said = said or (a_message(),)
    spoken = [message for message in said if not message.deleted]
    known = PastConversation(
        channel=said[0].channel,
        root_ts=said[0].root_ts,
        private=said[0].private,
        authors=tuple(dict.fromkeys(message.author for message in spoken)),
        at=said[-1].posted_at,
        ends_at=said[0].received_at + timedelta(days=90),
        terms={word: 1 for message in spoken for word in message.text.split()},
        threaded=a_conversation(*said).threaded,
    )
    return known._replace(**changes)


def a_confirmed_match(*said: Message, **changes: Any) -> ConfirmedMatch:
    """That messages, or one of Ada's, are about the first ticket, by somebody's word."""
    heard = a_heard_conversation(*said)
    known = ConfirmedMatch(
        ticket_id="ticket-1",
        channel=heard.channel,
        root_ts=heard.root_ts,
        private=heard.private,
        authors=heard.authors,
        cited=tuple(message.ts for message in said or (a_message(),)),
        at=max(message.received_at for message in said or (a_message(),)),
        counts_from=NOW,
        ends_at=heard.ends_at,
        terms=heard.terms,
    )
    return known._replace(**changes)


def a_member(name: str = "ada", /, **changes: Any) -> Member:
    """A person known in chat and tracker."""
    defaults = {
        "id": f"U0{name.upper()}",
        "name": name.title(),
        "email": f"{name}@acme.test",
        "time_zone": "Europe/Berlin",
    }
    accounts = {"slack_id": f"U0{name.upper()}", "linear_id": f"lin-{name}", "github_login": None}
    given = {field: changes.pop(field, account) for field, account in accounts.items()}
    named = named_accounts(**given)
    told = dict.fromkeys((provider for provider in named if provider is not Provider.GITHUB), Standing.MEMBER)
    return Member(**{**defaults, "accounts": named, "standings": told, **changes})


def named_accounts(
    slack_id: str | None = None, linear_id: str | None = None, github_login: str | None = None
) -> dict[Provider, str]:
    """Who somebody is at each vendor."""
    accounts = {Provider.SLACK: slack_id, Provider.LINEAR: linear_id, Provider.GITHUB: github_login}
    return {provider: account for provider, account in accounts.items() if account}


def a_participant(name: str = "ada") -> Participant:
    """The same as `a_member`, as an analyst is told of it."""
    return Participant(name=name.title(), chat_id=f"U0{name.upper()}", tracker_id=f"lin-{name}")


def a_comment(ticket_id: str = "ticket-1", summary: str = "Ada saw the coupon vanish in checkout.") -> Comment:
    """A comment on a ticket."""
    return Comment(ticket_id=ticket_id, summary=summary)


def a_tree(root: int = 1, *below: int, sure: bool = True) -> CloseTree:
    """The closing of a ticket, each of these being below the one before it and below the last one that is done."""
    chain = (root, *below, 9)
    closings = [
        Closing(ticket_id=f"ticket-{above}", to=DONE, because=(f"ticket-{shown}",)) for above, shown in pairwise(chain)
    ]
    return CloseTree(root_id=f"ticket-{root}", closings=tuple(reversed(closings)), sure=sure)


def a_proposal(
    action: Proposable | None = None,
    *evidence: MessageId,
    confidence: float = 0.9,
    **changes: Any,
) -> Proposal:
    """A proposal resting on these messages, or on the default one."""
    defaults = {"reason": "both speak of coupon and checkout", "evidence": evidence or (a_message().id,)}
    return Proposal(**{"action": action or a_comment(), "confidence": confidence, **defaults, **changes})


def a_judgement(*proposals: Proposal) -> Judgement:
    """An analyst's answer."""
    return Judgement(proposals=proposals, model="scripted", tokens_in=100, tokens_out=20, latency_ms=5)


def a_decision(
    tenant_id: TenantId = ACME,
    action: Action | None = None,
    message: Message | None = None,
    **changes: Any,
) -> Decision:
    """A queued decision on one message."""
    action, message = action or a_comment(), message or a_message()
    subject = Subject(channel=message.channel, root_ts=message.root_ts)
    defaults = {
        "id": decision_id(tenant_id, subject, action),
        "tenant_id": tenant_id,
        "subject": subject,
        "action": action,
        "confidence": 0.9,
        "reason": "both speak of coupon and checkout",
        "evidence": (Evidence(message_id=message.id, url="https://acme.slack.com/archives/C0ENG/p1"),),
        "model": "scripted",
        "state": DecisionState.QUEUED,
        "revision": "digest-1",
        "as_of": NOW,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Decision(**{**defaults, **changes})


def a_grade(n: int = 1, *, right: bool = True, by: str | None = None, **changes: Any) -> Grade:
    """An answer in a conversation of its own, by one of two people in turn."""
    fields: dict[str, Any] = {"decision_id": f"d{n}", "conversation": f"C:{n}", "revision": f"r{n}", "confidence": 0.9}
    fields |= {"right": right, "by": by or ("U0ADA", "U0BOB")[n % 2], "at": NOW + timedelta(hours=n)}
    return Grade(**(fields | changes))


def a_track_record(n: int = 0, **changes: Any) -> TrackRecord:
    """What people answered to moves that one model judged."""
    fields = {"kind": ActionKind.MOVE, "band": 0.85, "judged_by": f"model-{n}", "grades": (a_grade(1), a_grade(2))}
    return TrackRecord(**(fields | changes))


def a_fitted(n: int = 0, **changes: Any) -> Fitted:
    """What the confidences of a model are worth that is right as often as it says."""
    fields = {"kind": ActionKind.MOVE, "judged_by": f"model-{n}", "calibration": Calibration(slope=1, intercept=0)}
    fields |= {"at": NOW, "answers": 2, "pooled": 2, "bins": (), "error": 0.0, "interval": (0.0, 0.1), "raw_error": 0.0}
    return Fitted(**(fields | changes))


DENSE = {"four bytes": "\N{PARTY POPPER}", "escaped": "\x01", "quoted": '"', "three bytes": "\N{HIRAGANA LETTER A}"}
FAR_TOO_LONG = 300_000
"""Characters: more than anything that is kept may have."""


def filled(character: str) -> tuple[Ticket, Message, list[CodePart]]:
    """A ticket, a message and parts that somebody has filled as far as it goes."""
    text = character * FAR_TOO_LONG
    many = (text,) * 999
    actor = Actor(login=text, id="1")
    ticket = a_ticket(1, title=text, description=text, labels=many, assignee_name=text)
    message = a_message(text=text, files=many)
    named = {"title": text, "labels": many, "assignees": (actor,) * 999, "author": actor}
    facts = a_pull_request(1, **named, requested=many, branch=text, base=text)
    issue = Issue(repository_id="900", number=1, at=NOW, text=text, url="u", created_at=NOW, **named)
    comment = a_code_comment("1", text=text, author=actor)
    description = Description(pull_request_id=facts.pull_request_id, at=NOW, text=text)
    return ticket, message, [facts, issue, comment, description]


def a_passage(n: int = 1, **changes: Any) -> Passage:
    """The way of a ticket that was begun yesterday."""
    fields: dict[str, Any] = {"ticket_id": f"ticket-{n}", "team_id": ENG.id, "created_at": NOW - timedelta(days=9)}
    fields |= {"seen_at": NOW, "steps": (Step(NOW - timedelta(days=1), StateType.STARTED),)}
    return Passage(**(fields | changes))


def a_day_of_flow(**changes: Any) -> DayOfFlow:
    """What a look found at a team that has only begun."""
    fields = {"day": NOW.date(), "time_zone": "UTC", "measured_at": NOW}
    return DayOfFlow(**(fields | changes))
