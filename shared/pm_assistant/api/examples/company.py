"""A company that does not exist: its ids, and what several of the examples show."""

from datetime import UTC, datetime, timedelta

from pm_assistant.domain.tenants import (
    Member,
    Provider,
    Standing,
    TenantId,
)
from pm_assistant.domain.work import Cycle, Project, StateType, Ticket, TicketState

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(minutes=20), NOW + timedelta(days=7)
CHAT, TRACKER = "https://velunda.slack.example", "https://linear.example/velunda"
TENANT, ACCOUNT = TenantId("5f0c1d7a9e2b4c6d8f1a3b5c7d9e0f12"), "93e4a8f2-7061-70c3-9d2b-1f6e5a4c3b21"
LENA, DANA = "U07B2K9QF1A", "U07D8R0VY2D"
CHANNEL, ROOT = "C07A1SUP5T7", "1795166400.000100"
RUN, UPLOAD, KEY = "20261120T093000000000-5d1e7f90", "7c9e6679742540de944be07fc1f90ae7", "a1b2c3d4e5f60718"
EXPERIMENT = "20261030T093000000000-7f3a9c1e"
DECISION, INVITATION = "1b4e28ba-2fa1-51d2-883f-0016d3cca427", "6b86b273ff34fce19d6b804eff5a3f57"
TICKET_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
TOKEN, PASSWORD = "eyJ…", "four words in a row"
SUMMARY = "Two members were confirmed for the same last spot."

ticket = Ticket(
    id=TICKET_ID,
    key="ENG-34",
    title="Last spot can be booked twice",
    description="Two phones, one second, one spot: both are confirmed.",
    url=f"{TRACKER}/issue/ENG-34",
    state=TicketState(id="c56a4180-65aa-42ec-a945-5fd21dec0538", name="In Progress", type=StateType.STARTED),
    team_id="9a0c6f1e-2b7d-4e3a-8c51-0d4f7b2e6a93",
    assignee_id="60fa93a1-0081-4441-a635-d8ca86fd6360",
    assignee_name="Lena Brandt",
    creator_id="2c9f4b0e-7d1a-4f6b-9a35-c81e0f7d2b44",
    former_keys=("OPS-7",),
    project=Project(id="4b1f3c52-9c1e-4f7a-a2f4-3d8f0c6b7e15", name="Autumn booking"),
    cycle=Cycle(
        id="0d2f6a8e-5b3c-4d1e-9f70-8a6b4c2d0e1f",
        name="Cycle 12",
        begins_at=NOW - timedelta(days=4),
        ends_at=NOW + timedelta(days=10),
    ),
    labels=("bug",),
    label_ids=("6e4da2ed-ee8b-4b19-9cf8-40e5603e04c1",),
    estimate=3,
    due_date=(NOW + timedelta(days=6)).date(),
    priority=2,
    created_at=NOW - timedelta(days=3),
    updated_at=EARLIER,
)
lena = Member(
    id=LENA,
    name="Lena Brandt",
    email="lena@velunda.example",
    time_zone="Europe/Berlin",
    accounts={Provider.SLACK: LENA, Provider.LINEAR: "60fa93a1-0081-4441-a635-d8ca86fd6360"},
    standings={Provider.SLACK: Standing.MEMBER, Provider.LINEAR: Standing.MEMBER},
)
