"""Who is who: logins, keys, members, and what they connect."""

from datetime import timedelta

from pm_assistant.api.examples.company import ACCOUNT, DANA, EARLIER, INVITATION, KEY, LATER, NOW, TENANT, TOKEN, lena
from pm_assistant.api.routes.accounts import AccountSummary, KeySummary, Me, NewKey
from pm_assistant.api.routes.auth import Accepted, Begun, Done, SessionTokens
from pm_assistant.api.routes.calendar import CalendarEnded, OwnCalendar
from pm_assistant.api.routes.connections import Disconnected
from pm_assistant.api.routes.members import MemberSeen
from pm_assistant.domain.accounts import AuditEntry, Invitation, Role, Scope
from pm_assistant.domain.connections import Link
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Likeness
from pm_assistant.domain.tenants import (
    CalendarProvider,
    Provider,
)
from pm_assistant.workflows.connections.queries import ChannelReading, ConnectionHealth, ConnectionStatus, GapView

_key = KeySummary(
    id=KEY,
    name="nightly report",
    scope=Scope.READ,
    created_by=f"account:{ACCOUNT}",
    created_at=EARLIER,
    last_used_at=NOW,
)

ANSWERS: tuple[Model, ...] = (
    Accepted(),
    Begun(registration="b7e23ec29af22b0b4e41da31e868d572"),
    Done(),
    SessionTokens(id_token=TOKEN, refresh_token=TOKEN, expires_in=3600),
    Me(
        kind="account",
        id=ACCOUNT,
        name="lena@velunda.example",
        scope=Scope.OWNER,
        tenant_id=TENANT,
        tenant_name="Velunda",
    ),
    AccountSummary(
        id=ACCOUNT,
        tenant_id=TENANT,
        email="lena@velunda.example",
        role=Role.OWNER,
        created_at=EARLIER,
    ),
    Invitation(
        id=INVITATION,
        tenant_id=TENANT,
        email="dana@velunda.example",
        role=Role.MEMBER,
        invited_by=f"account:{ACCOUNT}",
        created_at=NOW,
        expires_at=LATER,
    ),
    _key,
    NewKey(**_key.model_dump(exclude={"last_used_at"}), last_used_at=None, key="pma_5f0c1d7a…"),
    AuditEntry(
        id="20261120T093000.000000-5f3a9c1e-key.created",
        at=NOW,
        actor=f"account:{ACCOUNT}",
        actor_name="lena@velunda.example",
        action="key.created",
        target=f"key:{KEY}",
        detail={"name": "nightly report", "scope": "read"},
        request_id="5f3a9c1e",
    ),
    MemberSeen(**lena.model_dump()),
    Likeness(
        member_id=DANA,
        name="Dana Okafor",
        provider=Provider.GITHUB,
        account="danaokafor",
        other_id="danaokafor",
        other_name="Dana Okafor",
        score=0.9,
        reason="Both are called Dana Okafor.",
    ),
    ConnectionHealth(
        provider=Provider.SLACK,
        state=ConnectionStatus.CONNECTED,
        name="Velunda",
        external_id="T07A1VELUND",
        scopes=("channels:history", "chat:write", "users:read"),
        last_event_at=NOW,
        last_sync_at=EARLIER,
        connected_by="lena@velunda.example",
        connected_at=EARLIER,
        channels=(ChannelReading(name="#studio", known_since=EARLIER, read_at=NOW, read_back_to=None),),
        gaps=(GapView(place="#studio", began_at=EARLIER, ended_at=EARLIER, repaired_at=NOW),),
    ),
    OwnCalendar(
        state="connected",
        provider=CalendarProvider.GOOGLE,
        connected_at=NOW - timedelta(days=30),
        read_at=EARLIER,
        absent_days=((NOW + timedelta(days=5)).date(),),
    ),
    CalendarEnded(revoked=True),
    Link(url="https://api.example/oauth/slack/start?link=…", expires_at=NOW + timedelta(minutes=10)),
    Disconnected(revoked=True),
)
