"""A new user comes in and is of use to a colleague; last, as the demo's team reads later what was said meanwhile."""

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.flow.teams import PASSWORD, Team
from tests.flow.visits import Visit, come_in, visiting

pytestmark = pytest.mark.stack

TALK = "receipts for EU studios still show no separate VAT, two more studios complained"
"""About a ticket that there is."""
ABOUT = "ENG-22"


@pytest.mark.parametrize(
    ("person", "width", "by_keyboard"),
    [("chris", 1280, False), ("arjun", 360, False), ("priya", 1280, True)],
    ids=["desk", "phone", "keyboard"],
)
def test_a_new_user_comes_in_and_is_of_use_to_a_colleague(
    person: str, width: int, by_keyboard: bool, visit: Visit, chromium: Browser
) -> None:
    """Connects, approves what it asks, sees that in Linear, takes it back, has a report come, and invites."""
    teams, email = visit.teams, f"{person}@velunda.example"
    with visiting(teams, chromium, visit.shots, width=width) as mine:
        mine.by_keyboard = by_keyboard
        team = come_in(mine, email, "Velunda")
        team.api.patch("/v1/settings", settle_seconds=2)
        team.settled()
        said = teams.outside.say(TALK)
        teams.outside.until(lambda: decided(team, "proposed"), "a question")

        mine.press("Today")
        mine.titled("Today")
        mine.press("Approve", about_it(mine, "Waiting for your answer"))
        expect(mine.page.get_by_role("alert")).to_contain_text("Thank you.")
        teams.outside.until(lambda: teams.outside.comments_about(ABOUT, said["ts"]), "the comment")
        teams.outside.until(lambda: decided(team, "done"), "what was done")
        mine.press("Today")
        done = about_it(mine, "Done since yesterday")
        mine.press(done.get_by_role("link", name=re.compile(f"^{ABOUT} ")).inner_text(), done)
        expect(mine.page.get_by_text(TALK.partition(",")[0]).first).to_be_visible()
        mine.page.go_back()
        mine.titled("Today")
        mine.press("Undo", done)
        expect(mine.page.get_by_role("alert")).to_contain_text("Thank you.")
        teams.outside.until(lambda: not teams.outside.comments_about(ABOUT, said["ts"]), "the undoing")

        mine.press("Reports")
        mine.titled("Reports")
        subscribe(mine)
        expect(mine.page.get_by_role("alert")).to_have_text("Saved.")
        mine.press("What it would say now")
        mine.titled(re.compile("^Standup for "))

        guest = f"guest-{person}@browsers.example"
        mine.unfold("More")
        mine.press("Who may log in")
        mine.titled("Who may log in")
        mine.fill({"E-mail": guest})
        mine.press("Invite")
        expect(mine.page.get_by_role("region", name="Invite somebody")).to_contain_text(guest)
    with visiting(teams, chromium, visit.shots, width=width) as theirs:
        theirs.by_keyboard = by_keyboard
        join(theirs, guest)
    assert guest in {account["email"] for account in team.api.get("/v1/accounts")["items"]}


def decided(team: Team, state: str) -> bool:
    """Whether what was said has come so far; what is built may be asked about as well."""
    return any(each["action"]["kind"] == "comment" for each in team.api.get("/v1/decisions", state=state)["items"])


def about_it(visit: Visit, heading: str) -> Locator:
    """The decision about what was said, below a heading of the day."""
    return visit.page.get_by_role("region", name=heading).get_by_role("article").filter(has_text=ABOUT)


def subscribe(visit: Visit) -> None:
    """Have the first of one's reports come, as it is offered."""
    if visit.by_keyboard:
        visit.press("Save")
    else:
        visit.page.get_by_role("article").first.get_by_role("button", name="Save").click()


def join(visit: Visit, email: str) -> None:
    """Open the link of the mail that invites, in which there is nothing to copy, and be in."""
    [mail] = visit.teams.anonymous(email).mails("invitation code")
    [url] = re.findall(r"https?://\S+/join\?code=\S+", mail["BodyText"])
    visit.page.goto(url)
    visit.titled("Join your team")
    expect(visit.page.get_by_label("Invitation code")).not_to_have_value("")
    visit.fill({"E-mail": email, "Password": PASSWORD})
    visit.press("Join")
    visit.titled("Today")
