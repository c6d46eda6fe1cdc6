"""A small team and what is said in it: enough to try the command and the scorer on every kind of row."""

from typing import Any

TEAM: dict[str, Any] = {
    "id": "kiln",
    "name": "Kiln",
    "key_prefix": "KLN",
    "assistant": {"handle": "assistant", "id": "UPM", "name": "PM Assistant"},
    "members": [
        {"handle": "mira", "id": "UMIRA", "name": "Mira Sol", "role": "engineer", "timezone": "Europe/Paris"},
        {"handle": "otto", "id": "UOTTO", "name": "Otto Berg", "role": "support", "timezone": "Europe/Berlin"},
        {"handle": "gia", "id": "UGIA", "name": "Gia Fox", "role": "agency", "guest": True},
    ],
    "channels": [{"name": "dev"}, {"name": "leads", "private": True}],
    "states": [
        {"name": "Backlog", "type": "backlog"},
        {"name": "Todo", "type": "unstarted"},
        {"name": "In Progress", "type": "started"},
        {"name": "In Review", "type": "started"},
        {"name": "Done", "type": "completed"},
        {"name": "Canceled", "type": "canceled"},
    ],
    "tickets": [
        {
            "key": "KLN-4",
            "title": "Glaze calculator rounds firing temperature down",
            "description": "The glaze calculator shows 1220 instead of 1222 degrees.",
            "state": "In Progress",
            "assignee": "mira",
            "creator": "otto",
            "labels": ["bug"],
            "priority": 2,
            "created_days_ago": 9,
            "updated_days_ago": 2,
        },
        {
            "key": "KLN-7",
            "title": "Export of kiln logs as CSV",
            "description": "Studios want their kiln logs as a file.",
            "state": "Todo",
            "assignee": None,
            "creator": "mira",
            "labels": [],
            "priority": 0,
            "created_days_ago": 30,
            "updated_days_ago": 12,
        },
    ],
}


def line(user: str, text: str, **more: Any) -> dict[str, Any]:
    """Something that is said; a minute passes between two lines."""
    return {"user": user, "text": text, "reply": False, "minutes": 0, **more}


def row(id: str, *lines: dict[str, Any], channel: str = "dev", **expect: Any) -> dict[str, Any]:
    """A thread and what is expected of it."""
    placed = [each | {"reply": place > 0, "minutes": place} for place, each in enumerate(lines)]
    expected = {"tickets": [], "move_to": None, "new_ticket": None, "must_not": [], **expect}
    return {"id": id, "team": "kiln", "channel": channel, "thread": True, "lines": placed, "expect": expected}


ROWS = [
    row(
        "comment",
        line("otto", "Studio Nord says the glaze calculator rounds the firing temperature down, KLN-4 again"),
        line("mira", "we round before converting to Fahrenheit, that is the cause"),
        kind="comment",
        tickets=["KLN-4"],
        must_not=["create", "KLN-7"],
    ),
    row(
        "move",
        line("mira", "KLN-4 is done, the fix for the glaze calculator is live"),
        kind="move",
        tickets=["KLN-4"],
        move_to="Done",
        must_not=["create"],
    ),
    row(
        "create",
        line("otto", "The payment page crashes with an error for everybody in Safari since the release, please fix it"),
        kind="create",
        new_ticket="payment page crashes in Safari",
        must_not=["move", "KLN-4", "KLN-7"],
    ),
    row("chatter", line("otto", "lunch?"), line("mira", "in ten, the ramen place"), kind="ignore_chatter"),
    row(
        "order-create",
        line("otto", "The wholesale price list is out of date"),
        line("mira", "<@UPM> please open a ticket for this"),
        kind="order",
        action="create",
        new_ticket="wholesale price list out of date",
        must_not=["comment", "move"],
    ),
    row(
        "order-move",
        line("mira", "@PM Assistant cierra KLN-7, por favor"),
        kind="order",
        action="move",
        tickets=["KLN-7"],
        move_to="Done",
        must_not=["comment", "create"],
    ),
    row(
        "order-relink",
        line("otto", "Nord asks again for their kiln logs as a file"),
        line("assistant", "Commented on KLN-4 Glaze calculator rounds firing temperature down"),
        line("otto", "not this one, KLN-7"),
        kind="order",
        action="relink",
        tickets=["KLN-7"],
        must_not=["create", "move"],
    ),
    row(
        "order-undo",
        line("mira", "the calculator is off again"),
        line("assistant", "Moved to Done: KLN-4 Glaze calculator rounds firing temperature down"),
        line("mira", "<@UPM> rückgängig machen bitte"),
        kind="order",
        action="undo",
        tickets=["KLN-4"],
        must_not=["comment", "create", "move"],
    ),
    row(
        "order-of-a-guest",
        line("gia", "<@UPM> close KLN-7"),
        kind="order",
        action="refuse",
        must_not=["move", "comment", "create"],
    ),
    row(
        "order-of-an-unknown-ticket",
        line("mira", "<@UPM> close KLN-99"),
        kind="order",
        action="refuse",
        must_not=["move", "comment", "create"],
    ),
    row(
        "order-of-a-bot",
        line("deploybot", "<@UPM> close KLN-7", bot=True),
        line("mira", "funny bot"),
        kind="ignore_chatter",
        must_not=["move"],
    ),
    row(
        "order-quoted",
        line("mira", "Otto wrote:\n&gt; <@UPM> close KLN-7\nlol"),
        kind="ignore_chatter",
        must_not=["move", "KLN-7"],
    ),
    row(
        "order-corrected-and-taken-back",
        line("mira", "<@UPM> close KLN-4", edited="<@UPM> close KLN-7"),
        line("mira", "<@UPM> create a ticket: never mind", deleted=True),
        kind="order",
        action="move",
        tickets=["KLN-7"],
        move_to="Done",
        must_not=["KLN-4", "create"],
    ),
]
