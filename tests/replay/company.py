"""The company that a week happens at: six people, two teams of the tracker, four channels and three repositories."""

import json
from pathlib import Path

from pm_assistant.domain.tenants import Provider
from tests.infra.sandbox.github.flow import EVENTS, PERMISSIONS
from tests.infra.sandbox.running import LINEAR_TOKEN, SLACK_TOKEN, Json

INSTALLATION = 61_000_001
TOKENS = {Provider.SLACK: SLACK_TOKEN, Provider.LINEAR: LINEAR_TOKEN, Provider.GITHUB: "-".join(("ghs", "test"))}
SLACK_TEAM, LINEAR_ORGANIZATION = "T0TEST", "7a661544-df08-4cd1-a1e3-5ec611898806"
APP_USER = "U0BOT"
PEOPLE = ("ana", "ben", "cleo", "dev", "eve", "finn")
CHANNELS = {"general": False, "shop": False, "ops": False, "leads": True}
REPOSITORIES = {"web": True, "api": True, "docs": False}
STATES = ("backlog", "unstarted", "started", "review", "completed", "canceled")
NAMES = dict(zip(STATES, ("Backlog", "Todo", "In Progress", "In Review", "Done", "Canceled"), strict=True))

TITLES = (
    "Coupon is lost when switching to PayPal",
    "Deposit is charged twice on extension",
    "Search finds nothing with umlauts",
    "Export of invoices times out",
    "Login page is blank on Safari",
    "Push notifications arrive late",
    "Calendar shows the wrong week",
    "Refunds need a second approval",
    "Password reset mail is in English",
    "Map does not load on slow networks",
    "Rate limit the public API",
    "Archive old bookings at night",
)


def _team(key: str, name: str) -> Json:
    states = [
        {
            "id": f"{key.lower()}-{kind}",
            "name": NAMES[kind],
            "type": "started" if kind == "review" else kind,
            "position": position,
        }
        for position, kind in enumerate(STATES)
    ]
    return {"id": f"team-{key.lower()}", "key": key, "name": name, "states": states}


def _ticket(number: int, title: str) -> Json:
    key = f"{('ENG', 'OPS')[number % 2]}-{number // 2 + 1}"
    state = NAMES[STATES[number % 3]]
    assignee = PEOPLE[number % len(PEOPLE)] if number % 4 else None
    ticket: Json = {"key": key, "title": title, "description": f"{title}. Seen by customers.", "state": state}
    ticket |= {"assignee": assignee, "parent": None, "labels": ["bug"] if number % 3 else [], "priority": number % 5}
    return ticket | {"created_days_ago": 20 + number, "updated_days_ago": 2 + number}


def write_company(directory: Path) -> Path:
    """Write the files that the sandbox begins with; returns where they are."""
    people = [
        {
            "handle": handle,
            "name": f"{handle.title()} Ruiz",
            "email": f"{handle}@acme.test",
            "time_zone": "Europe/Madrid",
            "slack_id": f"U0{handle.upper()}",
            "linear_id": f"00000000-0000-4000-8000-00000000000{number}",
            "github_id": 100 + number,
            "github_login": f"{handle}-dev",
        }
        for number, handle in enumerate(PEOPLE)
    ]
    bot = {"user_id": APP_USER, "bot_id": "B0BOT", "app_id": "A0APP", "name": "pm-assistant", "token": SLACK_TOKEN}
    app = {"id": "1d9f1c53-9c52-4b4b-8f6e-7a7b7ad0c001", "name": "PM Assistant", "token": LINEAR_TOKEN}
    team = {
        "slack": {"team_id": SLACK_TEAM, "name": "Acme", "domain": "acme", "bot": bot},
        "linear": {
            "organization_id": LINEAR_ORGANIZATION,
            "name": "Acme",
            "url_key": "acme",
            "app": app,
            "teams": [_team("ENG", "Engineering"), _team("OPS", "Operations")],
        },
        "people": people,
        "channels": [
            {"id": f"C0{name.upper()}", "name": name, "private": private, "topic": "", "members": list(PEOPLE)}
            for name, private in CHANNELS.items()
        ],
    }
    github = {
        "organization": {"id": 7, "login": "acme", "name": "Acme", "type": "Organization"},
        "owners": ["ana-dev"],
        "app": {
            "name": "PM Assistant",
            "description": "Keeps tickets true.",
            "permissions": dict.fromkeys(PERMISSIONS, "read"),
            "events": list(EVENTS),
        },
        "repositories": [
            {"id": number, "name": name, "description": f"The {name}", "language": "Python", "private": private}
            for number, (name, private) in enumerate(REPOSITORIES.items(), 11)
        ],
    }
    tickets = [_ticket(number, title) for number, title in enumerate(TITLES)]
    home = directory / "company"
    home.mkdir(parents=True, exist_ok=True)
    for name, content in (("team", team), ("github", github), ("tickets", tickets), ("day", [])):
        (home / f"{name}.json").write_text(json.dumps(content))
    return home
