"""The doors that a team comes in by, walked without a browser: register, connect, use, invite, leave."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from infra.local.client import CODES, Browser, Form
from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import Conflict, Unauthenticated
from pm_assistant.domain.jobs import JobDue, JobKind
from pm_assistant.domain.tenants import Credentials, Provider, TenantId
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.workflows.tenants.closing import GRACE
from tests.flow.conftest import Outside
from tests.flow.teams import GITHUB, LINEAR, PASSWORD, SLACK, Json, Logs, Team, Teams, an_hour_passes

pytestmark = pytest.mark.stack

OWNER = "marta@velunda.example"
"""Also known to the workspace's Slack, so that the product can write to her there."""
CONNECTED = dict.fromkeys(Provider, "connected")
SLOW = {"settle_seconds": 900}
"""So quiet that only a person who asks for it has anything judged."""
HEALTHY: Json = {"state": "connected", "broken_reason": None, "broken_since": None, "scopes_missing": []}
TALK = "receipts for EU studios still show no separate VAT, two more studios complained"


@pytest.fixture
def team(teams: Teams) -> Iterator[Team]:
    """A team that is connected to all three vendors, which behave."""
    teams.outside.mend_vendors()
    yield teams.connected_team(OWNER, "Velunda")
    teams.outside.mend_vendors()


def assert_healthy(connection: Json) -> None:
    """Insist on a connection without a flaw."""
    assert HEALTHY == {name: connection[name] for name in HEALTHY}


def held(team: Team, provider: Provider) -> Credentials:
    """What the product holds of a vendor's for a team, as only an operator can see it."""
    client, tenant_id = team.outside.client, TenantId(team.tenant_id)
    sealed = client.stores.connections.get(tenant_id, provider).sealed_credentials
    return client.vault().open(tenant_id, provider, sealed)


def still_opens(team: Team, provider: Provider, credentials: Credentials) -> bool:
    """Whether a vendor lets in who has these credentials."""
    url, token = team.outside.described["sandbox_url"], credentials.access_token.get_secret_value()
    headers = {"authorization": f"Bearer {token}"}
    match provider:
        case Provider.SLACK:
            return bool(httpx.post(f"{url}/slack/api/auth.test", headers=headers).json()["ok"])
        case Provider.LINEAR:
            query = {"query": "query { viewer { id } }"}
            return httpx.post(f"{url}/linear/graphql", json=query, headers=headers).is_success
        case Provider.GITHUB:
            return httpx.get(f"{url}/github/api/installation/repositories", headers=headers).is_success


def first_decision(team: Team, **query: str) -> Json:
    """The decision that there is, once there is one."""
    team.outside.until(lambda: team.api.get("/v1/decisions", **query)["items"], f"a decision that is {query}")
    [decision] = team.api.get("/v1/decisions", **query)["items"]
    return dict(decision)


def test_a_team_comes_in_connects_works_and_leaves(teams: Teams) -> None:
    """From nothing to three connections, a dry run, one approved comment, its undoing, a run's, and back to nothing."""
    outside, email = teams.outside, f"first-{uuid.uuid4().hex[:8]}@comers.example"
    teams.disconnect_all()
    an_hour_passes()
    team = teams.by_email[email] = teams.anonymous(email)
    api = team.api
    begun = api.at_the_door("/auth/register", email=email, password=PASSWORD, team_name="First")
    with pytest.raises(Unauthenticated):
        api.log_in(email, PASSWORD)
    assert 1 == len(team.mails(CODES["register"]))
    api.at_the_door("/auth/verify", email=email, code=CODES["register"], registration=begun["registration"])
    api.log_in(email, PASSWORD)

    me = api.get("/v1/me")
    assert ("First", "owner") == (me["tenant_name"], me["scope"])
    assert dict.fromkeys(Provider, "none") == team.states()
    api.patch("/v1/settings", **SLOW)

    for provider, page in zip(Provider, team.connect(*Provider), strict=True):
        assert f"{VENDORS[provider].label} is connected" in page
        assert "What happens next" in page
    team.settled()
    for connection in team.connections().values():
        assert_healthy(connection)

    said = outside.say(TALK)
    outside.until(lambda: TALK in json.dumps(api.get("/v1/conversations")), "the message")
    before = outside.state()["linear"]
    dry = team.run("process", dry_run=True)
    [finding] = [result for result in dry["results"] if result["kind"] == "comment"]
    assert ("ENG-22", "ask") == (finding["ticket"], finding["would"])
    assert [f"p{said['ts'].replace('.', '')}" in url for url in finding["evidence"]] == [True]
    assert before == outside.state()["linear"]
    assert [] == api.get("/v1/decisions")["items"]

    team.run("process", dry_run=False)
    proposed = first_decision(team, state="proposed")
    assert [] == outside.comments_about("ENG-22", said["ts"])
    api.post(f"/v1/decisions/{proposed['id']}/approve", revision=proposed["revision"])
    outside.until(lambda: outside.comments_about("ENG-22", said["ts"]), "the comment")
    first_decision(team, state="done")
    api.post(f"/v1/decisions/{proposed['id']}/undo")
    outside.until(lambda: not outside.comments_about("ENG-22", said["ts"]), "the undoing")
    undone = first_decision(team, state="undone")
    assert (proposed["id"], f"account:{me['id']}") == (undone["id"], undone["decided_by"])

    again = outside.say(TALK, channel="ops")
    outside.until(lambda: again["ts"] in json.dumps(api.get("/v1/conversations")), "the message")
    run = team.run("process", dry_run=False)
    proposed = first_decision(team, state="proposed")
    assert run["id"] == proposed["run"]
    api.post(f"/v1/decisions/{proposed['id']}/approve", revision=proposed["revision"])
    outside.until(lambda: outside.comments_about("ENG-22", again["ts"]), "the comment")
    first_decision(team, state="done")
    undoing = team.over(api.post(f"/v1/runs/{run['id']}/undo")["id"])
    assert [{"undone": 1, "not_undone": 0}] == undoing["results"]
    assert [] == outside.comments_about("ENG-22", again["ts"])

    second = teams.registered("second@comers.example", "Second")
    refused = connect_somehow(second, SLACK)
    assert (409, True) == (refused.status_code, "belongs to another team" in refused.text)
    assert "connected" == team.states()[SLACK]

    tokens = {provider: held(team, provider) for provider in Provider}
    assert all(still_opens(team, provider, token) for provider, token in tokens.items())
    for provider in Provider:
        api.delete(f"/v1/connections/{provider}")
    assert not any(still_opens(team, provider, token) for provider, token in tokens.items())
    assert dict.fromkeys(Provider, "none") == team.states()
    with pytest.raises(Conflict):
        api.delete("/v1/connections/slack")

    second.connect(*Provider)
    assert CONNECTED == second.states()
    second.settled()
    assert [] == second.api.get("/v1/decisions")["items"]


def connect_somehow(team: Team, provider: Provider) -> httpx.Response:
    """Try to connect, agreeing to all that is asked, and return the page it ends with."""
    with closing(Browser()) as browser:
        page = browser.open(team.link(provider))
        while Form(page.text).buttons:
            page = browser.press(page)
        return page


def test_reconnecting_keeps_what_the_team_has(team: Team) -> None:
    """Tickets, settings and decisions stay, both after a disconnection and without one."""
    team.api.patch("/v1/settings", retention_days=77)
    kept = [ticket["id"] for ticket in team.api.get("/v1/tickets", limit="200")["items"]]
    assert kept

    team.connect(LINEAR)
    team.settled()
    team.api.delete("/v1/connections/linear")
    team.connect(LINEAR)
    team.settled()

    assert kept == [ticket["id"] for ticket in team.api.get("/v1/tickets", limit="200")["items"]]
    assert 77 == team.api.get("/v1/settings")["retention_days"]
    assert "connected" == team.states()[LINEAR]


def suspended(team: Team) -> None:
    """An owner of the GitHub account suspends the app."""
    team.outside.control("github/suspend")


def unsuspended(team: Team) -> None:
    """The owner lets the app go on."""
    team.outside.control("github/unsuspend")


def deleted(team: Team) -> None:
    """An owner of the GitHub account removes the app."""
    team.outside.control("github/delete")


def uninstalled(team: Team) -> None:
    """An admin of the Slack workspace removes the app."""
    team.outside.control("oauth/revoke", vendor="slack")


def revoked(team: Team) -> None:
    """An admin of the Linear workspace revokes the app's access."""
    team.outside.control("oauth/revoke", vendor="linear")


def refused(team: Team) -> None:
    """Linear no longer takes the token, and says nothing before it is used."""
    team.outside.break_vendor("linear", "*", "revoked", times=1)
    assert "failed" == team.run("sync", dry_run=False)["state"]


def reconnected(team: Team) -> None:
    """An admin of the team follows the link in the message."""
    team.outside.mend_vendors()
    team.connect(*(Provider(name) for name, state in team.states().items() if state == "broken"))


@pytest.mark.parametrize(
    ("provider", "ends", "mends"),
    [
        (SLACK, uninstalled, reconnected),
        (LINEAR, revoked, reconnected),
        (LINEAR, refused, reconnected),
        (GITHUB, deleted, reconnected),
        (GITHUB, suspended, unsuspended),
    ],
)
def test_a_lost_connection_is_told_once_and_can_be_mended(
    team: Team, provider: Provider, ends: Callable[[Team], None], mends: Callable[[Team], None]
) -> None:
    """By e-mail and, where that works, in Slack, however often the vendor says it; and health shows it."""
    subject, begun = f"{VENDORS[provider].label} is no longer connected", datetime.now(UTC)
    mails, messages = len(team.mails(subject)), len(notices(team, subject))
    team.outside.control("config", duplicates=2)

    ends(team)

    team.outside.until(lambda: team.states()[provider] == "broken", f"noticing that {provider} is lost")
    team.outside.until(lambda: len(team.mails(subject)) > mails, "the mail")
    team.outside.control("config", duplicates=0)
    team.outside.quiet()
    health = team.connections()[provider]
    assert datetime.fromisoformat(health["broken_since"]) >= begun - timedelta(seconds=1)
    assert CONNECTED | {provider: "broken"} == team.states()
    *_, mail = team.mails(subject)
    assert f"{team.outside.described['public_url']}/connect" in mail["BodyText"]
    assert mails + 1 == len(team.mails(subject))
    assert messages + (provider is not SLACK) == len(notices(team, subject))

    mends(team)

    team.outside.until(lambda: CONNECTED == team.states(), f"the mending of {provider}")
    assert_healthy(team.connections()[provider])


def notices(team: Team, words: str) -> list[Json]:
    """What the product wrote to the team's owner in Slack that has these words in it."""
    slack = team.outside.state()["slack"]
    owner = next(user["id"] for user in slack["users"] if user["email"] == OWNER)
    private = [channel["id"] for channel in slack["channels"] if channel["type"] == "im" and channel["user"] == owner]
    return [said for channel in private for said in slack["messages"].get(channel, []) if words in json.dumps(said)]


def test_an_ended_token_is_refreshed_once_whoever_needs_it(team: Team) -> None:
    """Functions that find it ended at the same moment wait for the one that gets the next."""
    outside, stores = team.outside, team.outside.client.stores
    known = stores.connections.get(TenantId(team.tenant_id), LINEAR)
    ended = known.model_copy(update={"expires_at": datetime.now(UTC) - timedelta(minutes=1)})
    assert stores.connection_states.renew(ended, before=known.sealed_credentials)
    outside.control("oauth/expire", vendor="linear")
    before = outside.state()["oauth"]["linear"]["refreshes"]

    with ThreadPoolExecutor(12) as many:
        begun = [many.submit(team.api.post, "/v1/workflows/sync", dry_run=False) for _ in range(12)]
    runs = [team.over(each.result()["id"]) for each in begun]

    assert ["done"] * 12 == [run["state"] for run in runs]
    assert before + 1 == outside.state()["oauth"]["linear"]["refreshes"]
    assert_healthy(team.connections()[LINEAR])


ADMINS_ONLY = [
    ("PATCH", "/v1/settings", {"settle_seconds": 1}),
    ("PATCH", "/v1/tenant", {"name": "Ours"}),
    ("POST", "/v1/invitations", {"email": "friend@comers.example"}),
    ("POST", "/v1/keys", {"name": "ci"}),
    ("GET", "/v1/audit", None),
    ("POST", "/v1/connections/slack/link", None),
    ("DELETE", "/v1/connections/slack", None),
    ("POST", "/v1/exports", None),
    ("DELETE", "/v1/tenant", {"confirm": "Velunda"}),
]


def test_an_invited_person_joins_may_use_it_and_is_out_at_once(teams: Teams, team: Team) -> None:
    """The mail holds the code; a member runs things and administers nothing; removing ends a session that is open."""
    an_hour_passes()
    email = "guest@comers.example"
    guest = teams.anonymous(email)
    api = guest.api
    team.api.post("/v1/invitations", email=email)
    [mail] = guest.mails("invitation code")
    code = re.findall(r"invitation code is\s+(\S+)", mail["BodyText"])[0]
    api.at_the_door("/auth/register", email=email, password=PASSWORD, invitation=code)
    assert [mail] == guest.mails("")  # no code of Cognito's, which nothing would ask for
    api.log_in(email, PASSWORD)

    me = api.get("/v1/me")
    assert (team.tenant_id, "run") == (me["tenant_id"], me["scope"])
    assert "done" == guest.run("process")["state"]
    assert [403] * len(ADMINS_ONLY) == [guest.send(*asked).status_code for asked in ADMINS_ONLY]

    team.api.delete(f"/v1/accounts/{me['id']}")
    assert 401 == guest.send("GET", "/v1/me").status_code
    with pytest.raises(Unauthenticated):
        api.get("/v1/me")
    with pytest.raises(Unauthenticated):
        api.log_in(email, PASSWORD)


def test_a_key_opens_what_its_scope_says_until_it_is_revoked(team: Team) -> None:
    """At once, whatever the gateway remembers of it."""
    made = team.api.post("/v1/keys", name="ci", scope="run")

    assert 202 == team.send("POST", "/v1/workflows/process", {}, bearer=made["key"]).status_code
    assert [403] * len(ADMINS_ONLY) == [team.send(*asked, bearer=made["key"]).status_code for asked in ADMINS_ONLY]
    [listed] = team.api.get("/v1/keys")["items"]
    assert ("ci", made["id"]) == (listed["name"], listed["id"])
    assert listed["last_used_at"]
    assert "key" not in listed

    team.api.delete(f"/v1/keys/{made['id']}")
    assert 401 == team.send("GET", "/v1/me", bearer=made["key"]).status_code


def test_an_export_is_a_zip_by_link(team: Team) -> None:
    """All that the team has as JSON lines, and nothing that opens a door."""
    run = team.over(team.api.post("/v1/exports")["id"])
    url = team.api.get(f"/v1/exports/{run['id']}")["url"]

    content = httpx.get(url).raise_for_status().content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        counts = json.loads(archive.read("manifest.json"))["counts"]
        lines = {name: archive.read(f"{name}.jsonl").decode().splitlines() for name in counts}

    assert counts == {name: len(records) for name, records in lines.items()}
    keys = {json.loads(line)["key"] for line in lines["ticket"]}
    assert {ticket["key"] for ticket in team.api.get("/v1/tickets", limit="200")["items"]} <= keys
    tokens = [held(team, provider).access_token.get_secret_value() for provider in Provider]
    assert [] == [token for token in [*tokens, team.bearer] if token in "\n".join(map(str, lines.values()))]
    assert [403, 403] == [httpx.get(link).status_code for link in (url.partition("?")[0], url.replace(".zip", ".zap"))]


def test_an_upload_is_exactly_as_large_as_was_said(team: Team) -> None:
    """The link signs its length, so nobody fills the bucket with it; what is no archive fails the run that reads it."""
    place = team.api.post("/v1/uploads", size=5)

    assert [403, 403, 200] == [httpx.put(place["url"], content=text).status_code for text in (b"larger", b"", b"exact")]
    asked = team.send("POST", "/v1/imports", {"upload_id": place["upload_id"]})
    assert "zip" in team.over(asked.json()["id"])["error"]


def test_a_leaving_team_can_come_back(team: Team) -> None:
    """Until its time is over it can be read and restored, and nothing else."""
    name = team.api.get("/v1/tenant")["name"]
    assert 400 == team.send("DELETE", "/v1/tenant", {"confirm": "Somebody else's"}).status_code

    assert "closing" == team.send("DELETE", "/v1/tenant", {"confirm": name}).json()["state"]
    assert 409 == team.send("PATCH", "/v1/settings", {"settle_seconds": 5}).status_code
    assert CONNECTED == team.states()

    assert "active" == team.api.post("/v1/tenant/restore")["state"]
    team.api.patch("/v1/settings", settle_seconds=5)


def test_a_team_whose_time_is_over_is_gone_with_all_it_had(teams: Teams) -> None:
    """Rows, logins, files, schedules, and what the vendors know; the log says so."""
    outside, email, logs = teams.outside, "leaver@comers.example", Logs(teams.outside)
    team = teams.connected_team(email, "Leavers")
    tenant_id, stores = TenantId(team.tenant_id), outside.client.stores
    team.over(team.api.post("/v1/exports")["id"])
    member = team.api.get("/v1/members")["items"][0]["id"]
    team.api.put(f"/v1/subscriptions/{member}/standup", hour=9)
    tokens = {provider: held(team, provider) for provider in Provider}
    team.send("DELETE", "/v1/tenant", {"confirm": "Leavers"})

    seven_days_pass(outside, tenant_id)

    outside.until(lambda: logs.lines("run", "tenant erased"), "the proof")
    assert [] == list(Row.each(tenant_id))
    assert not any(still_opens(team, provider, token) for provider, token in tokens.items())
    assert 401 == team.send("GET", "/v1/me").status_code
    with pytest.raises(Unauthenticated):
        teams.logged_in_as(email)
    proof = logs.lines("run", "tenant erased")[0]
    assert tenant_id == proof["tenant"]
    gone = {"connections": 3, "revoked": 3, "logins": 1, "files": 1, "left": 0}
    assert gone == {part: proof[part] for part in gone}
    assert proof["schedules"] >= 1
    assert proof["rows"] > 0
    assert stores.connections.resolve(SLACK, outside.state()["slack"]["team"]["id"]) is None
    del teams.by_email[email]
    outside.purge("runs")  # a look at late rows that comes in a quarter of an hour


def seven_days_pass(outside: Outside, tenant_id: TenantId) -> None:
    """Have a tenant's end announced a week earlier than it was, and come now."""
    stores, earlier = outside.client.stores, GRACE + timedelta(minutes=1)
    [run] = [run for run in stores.jobs.latest(tenant_id, limit=20) if run.order.kind is JobKind.DELETE]
    stores.jobs.put(run.model_copy(update={"created_at": run.created_at - earlier}))
    tenant = stores.tenants.get(tenant_id)
    assert tenant.closes_at is not None
    stores.tenants.put(tenant.model_copy(update={"closes_at": tenant.closes_at - earlier}))
    outside.client.unit.queues.jobs.put(JobDue(tenant_id=tenant_id, job_id=run.id), group=tenant_id)
