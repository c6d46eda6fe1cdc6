"""The product's own adapters at the sandbox, with nothing but what the vendors' pages granted them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.vendors import PLAYED_VENDORS, played_urls, secret_name
from pm_assistant.domain.connections import Callback, Grant
from pm_assistant.domain.errors import AccessRevoked, Forbidden
from pm_assistant.domain.events import GrantChanged, PlanningChanged, TicketChanged, TicketRemoved, WebhookEvent
from pm_assistant.domain.planning import Attachment, PlanName
from pm_assistant.domain.reports import Notice
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.ports.vendors import OAuthApp
from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.linear.flow import CHALLENGE, VERIFIER
from tests.infra.sandbox.running import SECRETS, Receiver, Sandbox
from tests.reading import channels_of, pages_of

PLAYED = [vendor.provider for vendor in PLAYED_VENDORS]

type Connect = Callable[..., tuple[OAuthApp, Grant]]
"""Takes the vendor, and whatever a person leaves out on its page."""


LATER = (
    *("app_mentions:read", "assistant:write", "channels:join", "commands"),
    *("links:read", "links:write", "reactions:read"),
)
"""Scopes at Slack that were not asked for at first."""


def said_lately(chat: SlackChat) -> list[str]:
    """What people said within an hour."""
    since = datetime.now(UTC) - timedelta(hours=1)
    pages = (page for channel in channels_of(chat) for page in pages_of(chat, channel, since))
    return [message.text for page in pages for message in page.messages]


@pytest.fixture
def connect(sandbox: Sandbox, receiver: Receiver, registered: dict[str, str]) -> Connect:
    """Let our app in at a vendor, over all of its pages."""
    sandbox.control("config", slack_token_rotation=True)

    def go(provider: Provider, *without: str) -> tuple[OAuthApp, Grant]:
        app, back = _app(provider, sandbox.url, registered), f"{receiver.url}/oauth/{provider}/callback"
        install, verifier = False, VERIFIER
        while True:
            url = app.authorize_url(state="s1", redirect_uri=back, challenge=CHALLENGE, install=install)
            query = sent_back(press(sandbox.http, url, more=[("without", scope) for scope in without]), back)
            callback = Callback(state="s1", code=query["code"], installation_id=query.get("installation_id"))
            outcome = app.exchange(callback, redirect_uri=back, verifier=verifier)
            if isinstance(outcome, Grant):
                return app, outcome
            install, verifier = True, ""

    return go


def _app(provider: Provider, url: str, registered: dict[str, str]) -> OAuthApp:
    vendor = VENDORS[provider]
    secrets = {name: registered[secret_name(vendor, name)] for name in vendor.app_secrets}
    return vendor.make_oauth_app(secrets, played_urls(vendor, url))


@pytest.mark.parametrize("provider", PLAYED)
def test_what_is_asked_for_is_granted(connect: Connect, provider: Provider) -> None:
    """Every scope, and credentials with an end."""
    _, grant = connect(provider)

    assert set(VENDORS[provider].scopes) <= set(grant.scopes)
    assert grant.credentials.expires_at is not None
    assert grant.credentials.expires_at > datetime.now(UTC) + timedelta(minutes=50)


@pytest.mark.parametrize(
    ("provider", "refused", "lacking"),
    [
        (Provider.SLACK, ("reactions:read", "groups:read"), {"reactions:read", "groups:read"}),
        (Provider.LINEAR, ("write", "read"), {"write"}),
        (Provider.GITHUB, ("issues", "checks"), {"issues:read", "checks:read"}),
    ],
)
def test_what_is_left_out_is_not_granted(
    connect: Connect, provider: Provider, refused: tuple[str, ...], lacking: set[str]
) -> None:
    """Neither at first nor with fresh credentials; the rest is, and Linear lets nobody in who reads nothing."""
    app, grant = connect(provider, *refused)
    fresh = app.refresh(grant.external_id, grant.credentials)

    asked = set(VENDORS[provider].scopes)
    assert [asked - lacking] * 2 == [asked & set(grant.scopes), asked & set(fresh.scopes or ())]


def test_an_owner_who_agrees_later_is_told_of_and_not_asked_again(
    connect: Connect, sandbox: Sandbox, receiver: Receiver
) -> None:
    """By a webhook that our reader takes for what is granted now; the next token can do it."""
    app, grant = connect(Provider.GITHUB, "issues")
    sandbox.control("github/permissions")

    [told] = receiver.wait(1, "github", "new_permissions_accepted")
    source = VENDORS[Provider.GITHUB].make_webhook_source(SECRETS["github_webhook_secret"])
    event = source.accept(WebhookRequest(headers=told.headers, body=told.raw), datetime.now(UTC))
    assert isinstance(event, WebhookEvent)
    assert isinstance(event.happening, GrantChanged)
    assert grant.external_id == event.external_id
    assert "issues:read" not in grant.scopes
    assert {*grant.scopes, "issues:read"} == set(event.happening.scopes)
    assert event.happening.scopes == app.refresh(grant.external_id, grant.credentials).scopes


def test_plans_and_attachments_are_told_of_as_we_read_them(sandbox: Sandbox, receiver: Receiver) -> None:
    """Each by an event of its own, which changes no ticket."""
    pull = "https://github.com/acme/shop/pull/1"
    sandbox.control("linear/issues/ENG-1", project="Launch", cycle="Advent", labels=["bug"], attachment=pull)
    for kind, name in (("projects", "Launch"), ("cycles", "Advent"), ("labels", "bug")):
        sandbox.control(f"linear/{kind}/{name}", name=f"{name} 2")
    sandbox.control("linear/issues/ENG-1", detached=pull)
    source = VENDORS[Provider.LINEAR].make_webhook_source(SECRETS["linear_webhook_secret"])
    kinds = {"Attachment": 2, "Project": 1, "Cycle": 1, "IssueLabel": 1}
    deliveries = [told for kind, count in kinds.items() for told in receiver.wait(count, "linear", kind)]
    events = [source.accept(WebhookRequest(headers=t.headers, body=t.raw), datetime.now(UTC)) for t in deliveries]
    changes = [e.happening for e in events if isinstance(e, WebhookEvent) and isinstance(e.happening, PlanningChanged)]
    parts = [part for change in changes for part in change.parts]
    assert {"Launch 2", "Advent 2", "bug 2"} == {part.name for part in parts if isinstance(part, PlanName)}
    assert {(pull, False), (pull, True)} == {(p.url, p.removed) for p in parts if isinstance(p, Attachment)}


def test_a_ticket_goes_to_the_trash_and_comes_back(sandbox: Sandbox, receiver: Receiver) -> None:
    """As we read it, it is there again later than it was not, though nothing has changed of it."""
    for trashed in (True, True, False, False):
        sandbox.control("linear/issues/ENG-1", trashed=trashed)
    source = VENDORS[Provider.LINEAR].make_webhook_source(SECRETS["linear_webhook_secret"])
    told = receiver.wait(2, "linear", "Issue")
    gone, back = (source.accept(WebhookRequest(headers=t.headers, body=t.raw), datetime.now(UTC)) for t in told)
    assert isinstance(gone, WebhookEvent)
    assert isinstance(gone.happening, TicketRemoved)
    assert isinstance(back, WebhookEvent)
    assert isinstance(back.happening, TicketChanged)
    assert back.happening.returned
    assert back.happening.ticket.updated_at > gone.happening.at


def test_an_organisation_on_github_is_its_owners_to_connect(
    connect: Connect, sandbox: Sandbox, receiver: Receiver
) -> None:
    """A member sees its installation, and cannot have it."""
    app, _ = connect(Provider.GITHUB)
    back = f"{receiver.url}/oauth/github/callback"
    url = app.authorize_url(state="s1", redirect_uri=back, challenge=CHALLENGE)
    query = sent_back(press(sandbox.http, url, more=[("person", "ben")]), back)

    with pytest.raises(Forbidden):
        app.exchange(Callback(state="s1", code=query["code"]), redirect_uri=back, verifier=VERIFIER)


@pytest.mark.parametrize("provider", PLAYED)
def test_credentials_can_be_refreshed(connect: Connect, sandbox: Sandbox, provider: Provider) -> None:
    """After they have ended; GitHub's as often as we like, the others' once."""
    app, grant = connect(provider)
    sandbox.control("oauth/expire", vendor=provider)

    fresh = app.refresh(grant.external_id, grant.credentials)

    assert fresh.access_token != grant.credentials.access_token
    if provider is not Provider.GITHUB:
        with pytest.raises(AccessRevoked):
            app.refresh(grant.external_id, grant.credentials)


@pytest.mark.parametrize("provider", PLAYED)
def test_access_can_be_given_back(connect: Connect, provider: Provider) -> None:
    """A second time is fine, and nothing can be refreshed any more."""
    app, grant = connect(provider)

    for _ in range(2):
        app.revoke(grant.external_id, grant.credentials)

    with pytest.raises(AccessRevoked):
        app.refresh(grant.external_id, grant.credentials)


@pytest.mark.parametrize("provider", PLAYED)
def test_being_thrown_out_is_noticed(connect: Connect, sandbox: Sandbox, provider: Provider) -> None:
    """A refresh says that access was revoked."""
    app, grant = connect(provider)
    sandbox.control("oauth/revoke", vendor=provider)

    with pytest.raises(AccessRevoked):
        app.refresh(grant.external_id, grant.credentials)


def test_an_organisation_that_let_us_in_as_a_whole_is_read_workspace_by_workspace(
    connect: Connect, sandbox: Sandbox
) -> None:
    """Slack wants to be told which; our own calls are about one place or person anyway."""
    sandbox.control("config", slack_enterprise="organization")
    chat = SlackChat(
        connect(Provider.SLACK)[1].credentials.access_token.get_secret_value(), f"{sandbox.url}/slack/api/"
    )
    sandbox.control("slack/messages", channel="general", user="ana", text="Hi")

    assert ["U0ANA", "U0BEN"] == [member.id for member in chat.members()]
    assert ["Hi"] == said_lately(chat)
    assert "missing_argument" == sandbox.slack("users.list")["error"]


@pytest.mark.parametrize("without", [(), LATER])
def test_the_scopes_we_ask_for_are_enough_to_work_with(
    connect: Connect, sandbox: Sandbox, without: tuple[str, ...]
) -> None:
    """Reading and writing in Slack as well as in Linear, also as far as was granted before we asked for more."""
    slack, linear = (connect(each, *without)[1].credentials.access_token for each in (Provider.SLACK, Provider.LINEAR))
    chat = SlackChat(slack.get_secret_value(), f"{sandbox.url}/slack/api/")
    tracker = LinearTracker(linear.get_secret_value(), f"{sandbox.url}/linear/graphql")
    sandbox.control("slack/messages", channel="general", user="ana", text="Hi")
    notice = Notice(id="n1", title="Hello", text="A notice", link_text="there", url="https://pm.test")

    assert ["Hi"] == said_lately(chat)
    assert {"ana@acme.test", "ben@acme.test"} == {each.email for each in chat.members()}
    began_at = datetime.now(UTC)
    assert chat.direct_message("U0ANA", notice) == chat.find_direct_message("U0ANA", notice, since=began_at)
    assert 3 == len(tracker.read_tickets(since=None).tickets)
    ticket = tracker.read_tickets(since=None).tickets[0]
    assert tracker.comment(ticket.id, id="0d2f6a52-6a8e-4c93-9b7f-0f5f7c1d2e3a", body="Hi").external_id
