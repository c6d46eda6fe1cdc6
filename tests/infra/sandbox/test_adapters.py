"""The product's own adapters at the sandbox, with nothing but what the vendors' pages granted them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.vendors import PLAYED_VENDORS, played_urls, secret_name
from pm_assistant.domain.connections import Callback, Grant
from pm_assistant.domain.errors import AccessRevoked, Forbidden
from pm_assistant.domain.reports import Notice
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.linear.client import LinearTracker
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.ports.vendors import OAuthApp
from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.linear.flow import CHALLENGE, VERIFIER
from tests.infra.sandbox.running import Receiver, Sandbox

PLAYED = [vendor.provider for vendor in PLAYED_VENDORS]

type Connect = Callable[[Provider], tuple[OAuthApp, Grant]]


@pytest.fixture
def connect(sandbox: Sandbox, receiver: Receiver, registered: dict[str, str]) -> Connect:
    """Let our app in at a vendor, over all of its pages."""
    sandbox.control("config", slack_token_rotation=True)

    def go(provider: Provider) -> tuple[OAuthApp, Grant]:
        app, back = _app(provider, sandbox.url, registered), f"{receiver.url}/oauth/{provider}/callback"
        install, verifier = False, VERIFIER
        while True:
            url = app.authorize_url(state="s1", redirect_uri=back, challenge=CHALLENGE, install=install)
            query = sent_back(press(sandbox.http, url), back)
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


def test_the_scopes_we_ask_for_are_enough_to_work_with(connect: Connect, sandbox: Sandbox) -> None:
    """Reading and writing in Slack as well as in Linear."""
    slack, linear = (connect(each)[1].credentials.access_token for each in (Provider.SLACK, Provider.LINEAR))
    chat = SlackChat(slack.get_secret_value(), f"{sandbox.url}/slack/api/")
    tracker = LinearTracker(linear.get_secret_value(), f"{sandbox.url}/linear/graphql")
    sandbox.control("slack/messages", channel="general", user="ana", text="Hi")
    notice = Notice(id="n1", title="Hello", text="A notice", link_text="there", url="https://pm.test")

    page = chat.read_messages(datetime.now(UTC) - timedelta(hours=1), cursor=None, reads=lambda _: True)
    assert ["Hi"] == [each.text for each in page.messages]
    assert {"ana@acme.test", "ben@acme.test"} == {each.email for each in chat.members()}
    began_at = datetime.now(UTC)
    assert chat.direct_message("U0ANA", notice) == chat.find_direct_message("U0ANA", notice, since=began_at)
    assert 3 == len(tracker.tickets_since(None))
    ticket = tracker.tickets_since(None)[0]
    assert tracker.comment(ticket.id, id="0d2f6a52-6a8e-4c93-9b7f-0f5f7c1d2e3a", body="Hi").external_id
