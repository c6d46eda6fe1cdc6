"""Two companies live at the same vendors, and neither comes near what is the other's."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest

from infra.sandbox.seed import DEMO, load_world
from infra.sandbox.server import utc_now
from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.github import flow as github
from tests.infra.sandbox.linear import flow as linear
from tests.infra.sandbox.running import SECRETS, Json, Receiver, Sandbox, receiving, serving
from tests.infra.sandbox.slack import flow as slack

HOMES = (DEMO, DEMO / "larkspur")
VELUNDA, LARKSPUR = (load_world(home, utc_now()) for home in HOMES)
OURS, THEIRS = VELUNDA.workspace.bot.token, LARKSPUR.workspace.bot.token
COUNTER = next(each for each in LARKSPUR.channels.values() if each.name == "counter").id
TICKET = "query($id: String!) { issue(id: $id) { title } issues { nodes { identifier } } organization { urlKey } }"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, registered: dict[str, str]) -> Iterator[tuple[Sandbox, Receiver]]:
    """The demo's companies, which all tests here share."""
    directory = tmp_path_factory.mktemp("companies")
    with receiving() as receiver, serving(directory, DEMO, receiver.url, SECRETS | registered) as sandbox:
        yield sandbox, receiver


@pytest.fixture
def town(both: tuple[Sandbox, Receiver]) -> Sandbox:
    """The sandbox as it is seeded; nobody is signed in."""
    sandbox, receiver = both
    sandbox.control("reset")
    sandbox.control("config", slack_token_rotation=False, slack_history_limit=False)
    sandbox.http.cookies.clear()
    receiver.received.clear()
    return sandbox


@pytest.fixture
def app(both: tuple[Sandbox, Receiver]) -> Receiver:
    """Stands where the app stands."""
    return both[1]


def chosen(town: Sandbox, page: str, company: str) -> str:
    """The address of a consent page after another company was chosen there."""
    shown = town.http.get(page).text
    [address] = re.findall(rf"<a href='([^']+)'>{company}</a>", shown)
    return urljoin(page, unescape(address))


def bearer(token: str) -> dict[str, str]:
    """How a token is shown."""
    return {"authorization": f"Bearer {token}"}


def test_the_workspace_is_chosen_on_slacks_page(town: Sandbox, app: Receiver) -> None:
    """As its picker does; without a choice it is the first one, and people of the other are not there to agree."""
    page = chosen(town, slack.consent(app), "Larkspur Bikes")

    code = sent_back(press(town.http, page), slack.callback(app))["code"]
    granted = slack.access(town, code=code, redirect_uri=slack.callback(app))

    assert "the Larkspur Bikes workspace" in town.http.get(page).text
    assert LARKSPUR.workspace.team_id == granted["team"]["id"]
    assert LARKSPUR.workspace.team_id == town.slack("auth.test", granted["access_token"])["team_id"]
    assert VELUNDA.workspace.team_id == slack.install(town, app)["team"]["id"]
    stranger = press(town.http, slack.consent(app), more=[("person", LARKSPUR.people[0].handle)])
    assert "access_denied" == sent_back(stranger, slack.callback(app)).get("error")


def test_the_organisation_is_chosen_on_linears_page(town: Sandbox, app: Receiver) -> None:
    """And a refresh goes on in that organisation."""
    page = chosen(town, linear.consent(app), "Larkspur Bikes")
    code = sent_back(press(town.http, page), linear.callback(app))["code"]
    right = {"code": code, "redirect_uri": linear.callback(app), "code_verifier": linear.VERIFIER}

    granted = linear.token(town, **right).json()
    renewed = linear.token(town, grant_type="refresh_token", refresh_token=granted["refresh_token"]).json()

    for token in (granted["access_token"], renewed["access_token"]):
        answer = town.graphql("query { organization { urlKey } }", token).json()
        assert "larkspur" == answer["data"]["organization"]["urlKey"]


def test_the_account_is_chosen_on_githubs_page(town: Sandbox, app: Receiver) -> None:
    """Whoever installed the app there sees that installation and no other company's; ids are of one only."""
    ours = github.installed(town, app)
    town.http.cookies.clear()
    page = chosen(town, github.INSTALL, "Larkspur Bikes")

    theirs = sent_back(press(town.http, page), github.callback(app))

    assert ours["installation_id"] != theirs["installation_id"]
    for said, login in ((ours, "velunda"), (theirs, "larkspur-bikes")):
        redeemed = github.token(town, code=said["code"]).json()["access_token"]
        seen = town.http.get("/github/api/user/installations", headers=bearer(redeemed)).json()["installations"]
        assert [(int(said["installation_id"]), login)] == [(each["id"], each["account"]["login"]) for each in seen]
    # Who is signed in by now is of the other company, and may sign in as somebody of the first one again.
    assert "Ines Carvalho" in town.http.get(github.consent(app)).text
    assert "Lena Brandt" in town.http.get(chosen(town, github.consent(app), "Velunda")).text


@pytest.mark.parametrize("company", ["", "?company=larkspur"])
def test_a_token_opens_its_own_company_only(town: Sandbox, company: str) -> None:
    """Whatever else a request names: what is another company's is not there."""
    stranger, ticket = LARKSPUR.people[0].slack_id, "SHOP-4"

    def ask(method: str, **arguments: object) -> Json:
        answer: Json = town.http.post(f"/slack/api/{method}{company}", json=arguments, headers=bearer(OURS)).json()
        return answer

    for method in ("conversations.history", "chat.postMessage", "chat.getPermalink"):
        refused = ask(method, channel=COUNTER, text="hello", team=LARKSPUR.workspace.team_id)
        assert "channel_not_found" == refused["error"]
    assert "user_not_found" == ask("users.info", user=stranger)["error"]
    assert "user_not_found" == ask("conversations.open", users=stranger)["error"]
    assert not {COUNTER} & {each["id"] for each in ask("conversations.list")["channels"]}
    query = {"query": TICKET, "variables": {"id": ticket}, "workspace": "larkspur"}
    headers = bearer(VELUNDA.organization.app.token)
    answer = town.http.post(f"/linear/graphql{company}", json=query, headers=headers).json()
    assert "Entity not found: Issue" in answer["errors"][0]["message"]


def test_an_event_is_of_the_company_in_which_it_happened(town: Sandbox, app: Receiver) -> None:
    """Each vendor says whose it is, and nobody else's tells of it."""
    said = town.control("slack/messages", channel="counter", user="ravi", text="Good morning")
    town.control("linear/issues/SHOP-3", state="Done", user="oskar")
    sent_back(press(town.http, chosen(town, github.INSTALL, "Larkspur Bikes")), github.callback(app))

    [message], [change], [installation] = (app.wait(1, vendor) for vendor in ("slack", "linear", "github"))

    team = LARKSPUR.workspace
    assert (team.team_id, COUNTER, said["ts"]) == (
        message.body["team_id"],
        message.body["event"]["channel"],
        message.body["event"]["ts"],
    )
    assert team.bot.user_id == message.body["authorizations"][0]["user_id"]
    assert LARKSPUR.organization.id == change.body["organizationId"]
    assert LARKSPUR.github.organization.id == installation.body["installation"]["account"]["id"]
    assert not town.state()["deliveries"]


def test_ending_the_apps_stay_in_one_company_leaves_the_other(town: Sandbox, app: Receiver) -> None:
    """Its tokens count on."""
    secrets = {"client_id": "slack-id", "client_secret": "slack-secret"}

    assert town.slack("apps.uninstall", THEIRS, **secrets)["ok"]

    assert "token_revoked" == town.slack("auth.test", THEIRS)["error"]
    assert town.slack("auth.test", OURS)["ok"]
    assert {LARKSPUR.workspace.team_id} == {each.body["team_id"] for each in app.wait(2, "slack")}


def test_what_is_ordered_of_a_vendor_strikes_whoever_comes_next(town: Sandbox) -> None:
    """A vendor fails for all; how the app is reached and a fresh start are everybody's, too."""
    town.control("faults", vendor="slack", kind="rate_limit")
    assert "ratelimited" == town.slack("auth.test", THEIRS)["error"]
    assert town.slack("auth.test", OURS)["ok"]

    town.control("slack/messages", channel="counter", user="ravi", text="Good morning")
    town.control("reset")

    assert [] == town.slack("conversations.history", THEIRS, channel=COUNTER)["messages"]


def test_each_company_has_pages_of_its_own(town: Sandbox) -> None:
    """A link says whose it is: an address of one workspace does not begin like the other's."""
    said = town.control("slack/messages", channel="counter", user="ravi", text="Good morning")
    link = town.slack("chat.getPermalink", THEIRS, channel=COUNTER, message_ts=said["ts"])["permalink"]

    ours, theirs = (town.slack("auth.test", token)["url"] for token in (OURS, THEIRS))

    assert link.startswith(theirs)
    assert not theirs.startswith(ours)
    assert not ours.startswith(theirs)
    assert "Good morning" in town.http.get(link).text
    assert theirs.removeprefix(town.url) in town.http.get("/").text
    assert "#counter" in town.http.get(theirs).text
    assert "Deposit is charged twice" in town.http.get("/linear/larkspur/issue/SHOP-4").text
    assert "shop-site" in town.http.get("/github/larkspur-bikes").text
    assert "larkspur" == town.http.get("/_sandbox/state?company=larkspur").json()["slack"]["team"]["domain"]


def test_only_the_first_companys_cards_say_how_to_answer_them_in_a_terminal(town: Sandbox) -> None:
    """There the commands mean that company's team."""
    button = {"type": "button", "action_id": "decision.approve", "value": "d1", "text": _plain("Approve")}
    card = [{"type": "actions", "elements": [button]}]
    first = next(iter(VELUNDA.channels))
    pages = []
    for token, channel in ((OURS, first), (THEIRS, COUNTER)):
        posted = town.slack("chat.postMessage", token, channel=channel, text="?", blocks=card)
        link = town.slack("chat.getPermalink", token, channel=channel, message_ts=posted["ts"])["permalink"]
        pages.append(town.http.get(link).text)
    assert [True, True] == ["Approve</button>" in page for page in pages]
    assert [True, False] == ["pm approve" in page for page in pages]


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


@pytest.mark.parametrize(
    "names",
    [
        lambda world: {each.handle for each in world.people} | {each.github_login for each in world.people},
        lambda world: {each.name for each in world.channels.values()} | {*world.channels},
        lambda world: {each.key for each in world.teams} | {world.workspace.address, world.organization.url_key},
        lambda world: {each.slack_id for each in world.people} | {each.linear_id for each in world.people},
    ],
)
def test_no_name_is_of_two_companies(names: Callable[..., set[str]]) -> None:
    """So that whoever names somebody or something is understood; the app alone is the same in both."""
    assert not names(VELUNDA) & names(LARKSPUR)
    assert VELUNDA.workspace.bot.app_id == LARKSPUR.workspace.bot.app_id
    assert VELUNDA.github.app == LARKSPUR.github.app


def test_a_state_of_before_there_was_another_company_is_gone_on_from(tmp_path: Path, demo: Path) -> None:
    """The first one keeps what it has; the other begins."""
    with serving(tmp_path, demo) as alone:
        alone.control("slack/messages", channel="general", user="ana", text="Good morning")
    other = demo / "larkspur"
    other.mkdir()
    for file in (DEMO / "larkspur").iterdir():
        (other / file.name).write_bytes(file.read_bytes())

    with serving(tmp_path, demo) as town:
        assert "Good morning" in str(town.state()["slack"]["messages"])
        assert town.slack("auth.test", THEIRS)["ok"]
