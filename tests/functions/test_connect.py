"""The function that people connect vendors through, as a browser meets it."""

import base64
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3
import pytest

from functions.connect.app import handler
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import Account, Caller, Role, Scope
from pm_assistant.domain.errors import Misconfigured, ProductError, UpstreamUnavailable
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.runtime import wiring
from pm_assistant.runtime.unit import AwsUnit
from pm_assistant.web.connect import settings
from pm_assistant.workflows.connections.connect import make_link
from tests.aws.emulated import dynamo
from tests.builders import ACME, GLOBEX, NOW, a_tenant
from tests.fakes.stores import FakeVault
from tests.fakes.vendors import FakeOAuthApp

URL = "https://api.pm.test/v"


@dataclass(frozen=True)
class Answer:
    """What a browser got."""

    status: int
    headers: Mapping[str, str]
    body: str
    cookies: tuple[str, ...]


@dataclass
class Browser:
    """Somebody in front of a screen; keeps cookies as browsers do."""

    handler: Any
    jar: dict[str, str] = field(default_factory=dict)
    language: str = "en"

    def open(self, url: str) -> Answer:
        """Open an address of ours."""
        return self._send("GET", url)

    def post(self, url: str, form: str) -> Answer:
        """Send a form of ours."""
        return self._send("POST", url, base64.b64encode(form.encode()).decode())

    def _send(self, method: str, url: str, body: str = "") -> Answer:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        event = {
            "version": "2.0",
            "rawPath": parts.path.removeprefix("/v"),
            "rawQueryString": parts.query,
            "queryStringParameters": query,
            "headers": {"host": "evil.test", "x-forwarded-host": "evil.test", "accept-language": self.language},
            "cookies": [f"{name}={value}" for name, value in self.jar.items()],
            "requestContext": {
                "domainName": "abc.execute-api.test",
                "stage": "$default",
                "requestId": uuid.uuid4().hex,
                "http": {"method": method, "path": parts.path},
            },
            "body": body,
            "isBase64Encoded": True,
        }
        given = self.handler(event, None)
        for cookie in given.get("cookies", []):
            for name, morsel in SimpleCookie(cookie).items():
                self.jar.pop(name, None)
                if morsel["max-age"] != "0":
                    self.jar[name] = morsel.value
        headers = {name.lower(): value for name, value in given["headers"].items()}
        return Answer(given["statusCode"], headers, given["body"], tuple(given.get("cookies", [])))


@dataclass(frozen=True)
class Site:
    """The function behind our address, its stores, and our app at every vendor."""

    handler: Any
    stores: DynamoStores
    app: FakeOAuthApp

    def browser(self) -> Browser:
        """A browser without cookies."""
        return Browser(self.handler)

    def link(self, browser: Browser, provider: Provider = Provider.SLACK, tenant_id: TenantId = ACME) -> str:
        """A link that is made in this browser."""
        caller = Caller(tenant_id=tenant_id, kind="account", id="ada", name="ada", scope=Scope.ADMIN)
        unit = AwsUnit(settings(), tenant_id)
        link, secret = make_link(provider, caller, unit.stores.tenants.get(tenant_id), unit)
        browser.jar[f"__Host-pm-link-{provider}"] = secret
        return link.url

    def out(self, browser: Browser, provider: Provider = Provider.SLACK) -> Answer:
        """Open a fresh link in the browser that it was made in."""
        return browser.open(self.link(browser, provider))

    def consented(self, url: str, provider: Provider = Provider.SLACK, **more: str) -> str:
        """The address a vendor sends the browser back to."""
        callback = self.app.consent(url)
        query = {"state": callback.state or "", "code": callback.code or "", **more}
        return f"{URL}/oauth/{provider}/callback?{urlencode(query)}"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """All of it on an emulated AWS; the vendor is in memory."""
    app, vault = FakeOAuthApp(), FakeVault()
    with dynamo() as stores:
        for tenant_id in (ACME, GLOBEX):
            stores.tenants.put(a_tenant(tenant_id))
            account = Account(id="ada", tenant_id=tenant_id, email="ada@x.test", role=Role.OWNER, created_at=NOW)
            stores.accounts.put(account)
        environment = {
            "TABLE_NAME": Row.Meta.table_name,
            "KMS_KEY_ID": "key",
            "SECRETS_PREFIX": "/pm",
            "PUBLIC_URL": URL,
            "REPORTS_QUEUE_URL": "reports",
            "SCHEDULE_GROUP": "reports",
            "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/schedule",
            "REPORTS_DEAD_LETTERS_ARN": "arn:aws:sqs:us-east-1:123456789012:reports-dead",
            "JOBS_DEAD_LETTERS_ARN": "arn:aws:sqs:us-east-1:123456789012:runs-dead",
            "JOBS_QUEUE_URL": boto3.client("sqs").create_queue(QueueName="runs")["QueueUrl"],
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        wiring.client.cache_clear()
        wiring.queue.cache_clear()
        monkeypatch.setattr(wiring, "oauth_app", lambda provider, vendors: app)
        monkeypatch.setattr(wiring, "vault", lambda kms_key_id: vault)
        settings.cache_clear()
        yield Site(handler, stores, app)
        settings.cache_clear()
        wiring.client.cache_clear()
        wiring.queue.cache_clear()


def test_a_browser_goes_out_and_comes_back_connected(site: Site) -> None:
    """A redirect to the vendor, and a page that says what was granted; its cookie is gone then."""
    browser = site.browser()
    out = site.out(browser)
    assert 302 == out.status
    assert out.headers["location"].startswith("https://slack.test/authorize?")
    back = browser.open(site.consented(out.headers["location"]))

    assert 200 == back.status
    assert "Slack is connected" in back.body
    assert 'href="/v/connections"' in back.body
    assert "__Host-pm-connect-slack" not in browser.jar
    assert "T0ACME" == site.stores.connections.get(ACME, Provider.SLACK).external_id


def test_the_cookie_is_kept_from_scripts_other_sites_and_other_hosts(site: Site) -> None:
    """`__Host-` cookies cannot be planted by a sister domain, nor sent without https."""
    cookie = site.out(site.browser()).cookies[0]
    name, _, attributes = cookie.partition("; ")
    assert name.startswith("__Host-pm-connect-slack=")
    assert {"Path=/", "Max-Age=600", "HttpOnly", "Secure", "SameSite=Lax"} == set(attributes.split("; "))


def test_where_a_link_was_not_made_its_person_is_asked_and_goes_on(site: Site) -> None:
    """A page that says which team, who and which vendor; its button leads on to the vendor."""
    url, elsewhere = site.link(site.browser()), site.browser()
    page = elsewhere.open(url)
    assert (200, True) == (page.status, "location" not in page.headers)
    assert "ada@x.test asks you to connect Slack to the team Acme." in page.body
    assert "Your Slack workspace will belong to that team" in page.body

    out = elsewhere.post(url, form_of(page))
    assert 302 == out.status
    assert out.headers["location"].startswith("https://slack.test/authorize?")
    assert 200 == elsewhere.open(site.consented(out.headers["location"])).status


def form_of(page: Answer) -> str:
    """What pressing the button sends."""
    return urlencode(re.findall('<input type="hidden" name="(.*?)" value="(.*?)">', page.body))


@pytest.mark.parametrize("forged", ["", "answer=", "answer=x", "answer=%ff", "answer=\u00e4", "&&&", "own"])
def test_an_answer_that_another_site_posts_does_not_count(site: Site, forged: str) -> None:
    """It comes without the cookie, whatever it says; the person is asked, and the link is still there."""
    own = site.browser()
    url, victim = site.link(own), site.browser()
    known = form_of(site.browser().open(url))
    answer = victim.post(url, known if forged == "own" else forged)
    assert (200, True) == (answer.status, "location" not in answer.headers)
    assert 302 == own.open(url).status


def test_an_answer_counts_in_the_browser_that_was_asked(site: Site) -> None:
    """The one of an older page no longer does, and asks anew."""
    url, elsewhere = site.link(site.browser()), site.browser()
    first, _ = elsewhere.open(url), elsewhere.open(url)
    again = elsewhere.post(url, form_of(first))
    assert (200, True) == (again.status, form_of(first) != form_of(again))
    assert 302 == elsewhere.post(url, form_of(again)).status


def test_the_question_may_lead_on_to_the_vendor_and_is_sealed_off_otherwise(site: Site) -> None:
    """Chrome would stop the redirect that follows a form, wherever `form-action` does not name its goal."""
    page = site.browser().open(site.link(site.browser()))
    policy = page.headers["content-security-policy"]
    assert ("default-src 'none'" in policy, "frame-ancestors 'none'" in policy, "form-action" in policy) == (
        True,
        True,
        False,
    )
    name, _, attributes = page.cookies[0].partition("; ")
    assert name.startswith("__Host-pm-question-slack=")
    assert {"Path=/", "Max-Age=600", "HttpOnly", "Secure", "SameSite=Lax"} == set(attributes.split("; "))


def test_three_tabs_do_not_get_in_each_others_way(site: Site) -> None:
    """Each vendor has a cookie of its own."""
    browser = site.browser()
    outs = {provider: site.out(browser, provider) for provider in Provider}
    assert 3 == len([name for name in browser.jar if "connect" in name])
    site.app.external_id = "T1"
    statuses = []
    for provider, out in outs.items():
        statuses.append(browser.open(site.consented(out.headers["location"], provider)).status)
    assert [200, 200, 200] == statuses


def test_another_browser_is_refused_with_a_page_and_an_entry(site: Site) -> None:
    """The code is not exchanged."""
    out = site.out(site.browser())
    answer = site.browser().open(site.consented(out.headers["location"]))
    assert 403 == answer.status
    assert "This is another browser" in answer.body
    entry = site.stores.audit.latest(ACME, limit=1)[0]
    assert ("oauth.refused", "other_browser") == (entry.action, entry.detail["reason"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/oauth/slack/start", 410),
        ("/oauth/slack/start?link=acme.made-up", 410),
        ("/oauth/jira/start?link=x", 404),
        ("/oauth/slack/callback", 400),
        ("/oauth/slack/callback?state=acme.x&code=c", 403),
        ("/oauth/slack/callback?error=access_denied", 403),
        ("/oauth/slack/callback?error=server_error", 502),
        ("/oauth/jira/callback?state=x", 404),
        ("/nowhere", 404),
    ],
)
def test_what_leads_nowhere_is_a_page_with_its_status(site: Site, path: str, status: int) -> None:
    """And nothing is stored."""
    answer = site.browser().open(URL + path)
    assert status == answer.status
    assert answer.headers["content-type"].startswith("text/html")
    assert "location" not in answer.headers
    assert [] == list(site.stores.connections.all(ACME))


@pytest.mark.parametrize(
    "name", ["redirect_uri", "next", "return_to", "url", "continue", "redirect", "state", "error_uri", "link"]
)
@pytest.mark.parametrize("path", ["start", "callback"])
def test_no_address_out_of_a_request_is_ever_gone_to(site: Site, path: str, name: str) -> None:
    """Neither by a redirect nor by a link on a page; a forged host has no say either."""
    browser, evil = site.browser(), "https://evil.test/?a=b"
    good = site.link(browser) if path == "start" else f"{URL}/oauth/slack/callback?error=access_denied"
    answer = browser.open(f"{good}&{urlencode({name: evil})}")
    assert "evil" not in answer.headers.get("location", "") + answer.body


def test_what_programs_add_to_a_link_that_people_follow_is_ignored(site: Site) -> None:
    """Mail and chat do, to see who follows it."""
    browser = site.browser()
    assert 302 == browser.open(f"{site.link(browser)}&utm_source=mail&fbclid=x").status


def test_what_a_vendor_adds_on_the_way_back_is_ignored(site: Site) -> None:
    """As it has to be (RFC 6749, 4.1.2)."""
    browser = site.browser()
    out = site.out(browser)

    assert 200 == browser.open(site.consented(out.headers["location"], iss="https://slack.com", session="x")).status


def test_what_a_vendor_or_an_attacker_writes_is_shown_as_text_or_not_at_all(site: Site) -> None:
    """Nor does it get into the trail in a form that could do harm there."""
    out = site.out(site.browser())
    script = "<script>alert(1)</script>"
    url = site.consented(out.headers["location"], error=script, error_description=script)
    answer = site.browser().open(url)
    assert (502, False) == (answer.status, script in answer.body)
    assert script not in "".join(entry.model_dump_json() for entry in site.stores.audit.latest(ACME, limit=9))


def test_an_owner_who_has_yet_to_agree_gets_a_page_of_its_own(site: Site) -> None:
    """GitHub says so in a parameter."""
    browser = site.browser()
    out = site.out(browser, Provider.GITHUB)
    answer = browser.open(site.consented(out.headers["location"], Provider.GITHUB, setup_action="request"))
    assert (403, True) == (answer.status, "An owner has to agree first" in answer.body)


def test_pages_are_in_the_language_of_the_browser(site: Site) -> None:
    """Those that say why nothing came of it, too."""
    german = site.browser()
    german.language = "de-AT, en;q=0.5"
    page = german.open(f"{URL}/oauth/slack/callback?error=access_denied")
    assert (403, True) == (page.status, "Slack wurde nicht verbunden" in page.body)


def test_every_page_is_sealed_off(site: Site) -> None:
    """Nothing from elsewhere, in no frame, kept by no cache."""
    for path in ("/oauth/slack/start", "/nowhere"):
        headers = site.browser().open(URL + path).headers
        assert ("no-referrer", "nosniff", "no-store") == tuple(
            headers[name] for name in ("referrer-policy", "x-content-type-options", "cache-control")
        )
        assert headers["strict-transport-security"].startswith("max-age=31536000")
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("error", [UpstreamUnavailable("no table"), Misconfigured("environment variable KMS_KEY_ID")])
def test_where_our_own_side_fails_it_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: ProductError
) -> None:
    """With a page, a status that a monitor sees, and a line of the level that raises an alarm."""

    def broken(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr(type(site.stores.oauth_states), "take_link", broken)
    answer = site.out(site.browser())
    assert (503, True, False) == (answer.status, "our fault" in answer.body, str(error) in answer.body)
    assert [("ERROR", str(error))] == [(line.levelname, vars(line)["cause"]) for line in caplog.records]


def test_an_app_that_the_vendor_does_not_take_for_ours_is_no_refused_code(site: Site) -> None:
    """The person gave their consent, and would give it again in vain."""
    browser = site.browser()
    back = site.consented(site.out(browser).headers["location"])
    site.app.fail_next(Misconfigured("Slack does not accept slack/client-secret: bad_client_secret"))
    answer = browser.open(back)
    assert (503, True) == (answer.status, "our fault" in answer.body)
