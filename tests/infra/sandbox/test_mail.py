"""The mailbox: mail is shown as its readers see it, and does nothing but that."""

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.infra.sandbox.running import Json, Sandbox

EVIL = "<script>alert(1)</script>"
DARK = "<style>@media (prefers-color-scheme: dark) {}</style>"
MAILS: list[Json] = [
    {
        "MessageId": f"{number}@email.amazonses.com",
        "Source": "pm@acme.test",
        "To": ["ana@acme.test"],
        "Subject": f"Mail {number} {EVIL}",
        "BodyText": f"As text {number}",
        "BodyHtml": f"<html><head>{DARK}</head><body>{EVIL}<p>As HTML {number}</p></body></html>",
        "Timestamp": 1_700_000_000.5 + number,
        **({"Headers": [{"Name": "List-Unsubscribe", "Value": "<https://pm.test/u>"}]} if number else {}),
    }
    for number in range(2)
]


class Sent(BaseHTTPRequestHandler):
    """Whoever sends the app's mail."""

    def do_GET(self) -> None:
        """Tell what was sent."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"messages": {"000000000000": MAILS}}).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def mailbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox whose app has sent two mails."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Sent) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        sandbox.control("config", mail_url=f"http://127.0.0.1:{server.server_port}/messages")
        yield sandbox
        sandbox.control("config", mail_url="")
        server.shutdown()


def test_the_mailbox_lists_what_was_sent_newest_first_and_every_page_leads_there(mailbox: Sandbox) -> None:
    """With whom it went to."""
    assert "href='/mail'" in mailbox.http.get("/").text
    page = mailbox.http.get("/mail").text
    assert ["/mail/1", "/mail/0"] == re.findall(r"href='(/mail/\d)'", page)
    assert "ana@acme.test" in page


@pytest.mark.parametrize(
    ("look", "theme", "width"), [("light", "light", "640px"), ("dark", "dark", "640px"), ("phone", "light", "360px")]
)
def test_a_mail_is_shown_in_each_look_with_its_headers(mailbox: Sandbox, look: str, theme: str, width: str) -> None:
    """In a frame of its own, which has the theme and is as wide as the screen would be."""
    page = mailbox.http.get(f"/mail/1?look={look}").text
    [frame] = re.findall(r"<iframe[^>]*>", page)
    assert f"src='/mail/1/html?theme={theme}'" in frame
    shown = mailbox.http.get(f"/mail/1/html?theme={theme}").text
    assert f"@media {'all' if theme == 'dark' else 'not all'} {{" in shown
    assert f"width: {width}" in frame
    assert "&lt;https://pm.test/u&gt;" in page
    assert EVIL not in page


def test_what_a_mail_says_runs_nowhere(mailbox: Sandbox) -> None:
    """Neither in its frame nor outside: its policy lets it show itself and open links elsewhere, and nothing else."""
    answer = mailbox.http.get("/mail/1/html")
    policy = answer.headers["content-security-policy"]
    assert "As HTML 1" in answer.text
    assert "<base target='_blank'>" in answer.text
    assert {"default-src 'none'", "sandbox allow-popups allow-popups-to-escape-sandbox"} <= set(policy.split("; "))
    assert "allow-scripts" not in policy + mailbox.http.get("/mail/1").text


def test_the_text_part_is_shown_alone(mailbox: Sandbox) -> None:
    """As programs show it that know no HTML."""
    assert "<pre>As text 1</pre>" in mailbox.http.get("/mail/1/text").text


@pytest.mark.parametrize("path", ["/mail/9", "/mail/9/html", "/mail/9/text", "/mail/1?look=huge"])
def test_there_is_no_other_mail(mailbox: Sandbox, path: str) -> None:
    """It says so."""
    assert 404 == mailbox.http.get(path).status_code


def test_without_a_sender_there_is_no_mail(sandbox: Sandbox) -> None:
    """The sandbox may run alone; one that does not answer is another matter."""
    assert "There is none yet" in sandbox.http.get("/mail").text
    sandbox.control("config", mail_url="http://127.0.0.1:1/")
    assert 502 == sandbox.http.get("/mail").status_code
    sandbox.control("config", mail_url="")
