"""What one person alone is told: valid for Slack, whatever it says, and sent nowhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.sandbox.slack.blocks import flaws
from pm_assistant.domain.errors import NotFound, RateLimited, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.languages import Language
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Line, Section
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.slack.replies import is_slacks, reply_blocks, reply_text
from tests.contracts.vendor_contracts import block_flaws, needs_contracts
from tests.integrations.slack.test_client import slack

texts = st.text(max_size=400)
lines = st.builds(Line, text=texts, url=texts | st.just("https://acme.slack.com/archives/C0ENG/p1"))
sections = st.builds(Section, title=texts, lines=st.lists(lines, max_size=40).map(tuple))
replies = st.builds(
    Reply,
    title=texts,
    text=st.text(max_size=8_000),
    sections=st.lists(sections, max_size=60).map(tuple),
    language=st.sampled_from(Language),
)
REPLY = Reply(title="Standup", sections=(Section(title="Done", lines=(Line(text="ENG-1", url="https://x.test/1"),)),))


@needs_contracts
@given(replies)
def test_every_reply_is_one_that_slack_takes(reply: Reply) -> None:
    """By its own schema and by the limits of its manual; there is always something to read aloud."""
    blocks = reply_blocks(reply)
    assert [] == block_flaws(blocks)
    assert [] == flaws(blocks)
    assert len(reply_text(reply)) <= 4_000


def test_every_line_leads_to_its_receipt_and_people_write_no_markup() -> None:
    """Neither mentions nor links of their own."""
    said = Reply(title="t", text="<!channel> one\ntwo", sections=REPLY.sections)
    rendered = json.dumps(reply_blocks(said))
    assert "<https://x.test/1|ENG-1>" in rendered
    assert "&lt;!channel&gt; one\\ntwo" in rendered


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFound), (410, NotFound), (429, RateLimited), (503, UpstreamUnavailable), (400, UpstreamRejected)],
)
def test_what_is_not_taken_is_told_apart(status: int, error: type[Exception]) -> None:
    """Over for good, later, or never."""
    with slack(lambda *_: (status, {"retry-after": "7"}, b"no")) as (chat, calls), pytest.raises(error) as raised:
        chat.respond(hook(chat), REPLY)
    assert 1 == len(calls)
    if isinstance(raised.value, RateLimited):
        assert 7 == raised.value.retry_after


def test_it_is_seen_by_nobody_else() -> None:
    """Slack is told so, and that what was there before stays."""
    with slack(lambda *_: (200, {}, b"ok")) as (chat, calls):
        chat.respond(hook(chat), REPLY)
    [(_, sent)] = calls
    assert ("ephemeral", False, "Standup\nENG-1") == (sent["response_type"], sent["replace_original"], sent["text"])


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("https://hooks.slack.com/commands/T1/2/x", True),
        ("http://127.0.0.1:9/slack/responses/x", True),
        ("http://hooks.slack.com/commands/T1/2/x", False),
        ("https://hooks.slack.com.evil.test/x", False),
        ("https://hooks.slack.com@evil.test/x", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_answers_go_to_slack_alone(address: str, ours: bool) -> None:
    """Though the address came signed: nothing of ours is posted to anybody else."""
    assert ours is is_slacks(address, "http://127.0.0.1:9/slack/api/")
    if not ours:
        with pytest.raises(UpstreamRejected, match="none of Slack's"):
            SlackChat("xoxb-1", "http://127.0.0.1:9/slack/api/").respond(address, REPLY)


def hook(chat: SlackChat) -> str:
    """An address of the same Slack."""
    return f"{chat._client.base_url.removesuffix('api/')}commands/T1/2/x"
