"""What is written into tickets: people's words are data there, and only our own receipts are links."""

import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision, Evidence
from pm_assistant.domain.drafts import Quote, Suggestion
from pm_assistant.domain.work import MessageId
from pm_assistant.presentation.comments import comment_body, ticket_body
from pm_assistant.presentation.escaping import APART, escape_markdown, inert
from tests.builders import a_decision

HOME = "https://acme.slack.com/"
OWN = f"{HOME}archives/C0ENG/p1"
STRANGE = [
    "https://evil.test/x.png",
    "https://acme.slack.com.evil.test/p1",
    "https://acme.slack.com",
    "javascript:alert(1)",
    "",
]


def citing(*urls: str) -> Decision:
    """A decision that rests on messages at these addresses."""
    return a_decision(
        evidence=tuple(Evidence(message_id=MessageId(f"C0ENG:{n}"), url=url) for n, url in enumerate(urls))
    )


@pytest.mark.parametrize(
    "words",
    [
        "evil.com",
        "look at evil.co.uk/pay now",
        "//evil.test/pixel.png",
        "https://evil.test",
        "http:evil.test",
        "www.evil.test",
        "mailto:eve@evil.test",
        "eve@evil.test",
        "ftp://evil.test",
        "javascript:alert(1)",
        "münchen.de",
        "evil\u3002com",
        "1.evil.com",
        "💩.la",
    ],
)
def test_no_address_in_peoples_words_becomes_a_link(words: str) -> None:
    """With or without a scheme, in a comment as in a title, which has no markup; it still reads the same."""
    for text in (inert(words), escape_markdown(words)):
        assert not re.search(r"://|//|[a-z]:[^\s\u200b]|\S[.\u3002][^\W\d_]", text)
    assert words == inert(words).replace(APART, "")


@pytest.mark.parametrize("words", ["Version 3.14 at 10:30 is done. So it goes", "ENG-12: either/or, 50% (see below)"])
def test_plain_words_stay_as_they_are(words: str) -> None:
    """Only what could be an address is touched."""
    assert words == inert(words)


def test_a_title_is_one_line() -> None:
    """Without what cannot be seen."""
    assert "Pay now" == inert("  Pay\n\x00 now\u202e ")


@pytest.mark.parametrize("url", STRANGE)
def test_evidence_from_anywhere_else_is_no_link(url: str) -> None:
    """It may have come with an archive; what is our own keeps its link."""
    ticket = CreateTicket(title="", description="words")
    for write in (partial(comment_body, "words"), partial(ticket_body, ticket)):
        assert "words\n\nSaid in Slack" == write(citing(url), base_url=HOME)
        assert f"words\n\n[Said in Slack]({OWN})" == write(citing(url, OWN), base_url=HOME)
        assert "words\n\nSaid in Slack" == write(citing(OWN), base_url=None)


@given(st.text(max_size=30))
def test_evidence_cannot_break_out_of_its_link(rest: str) -> None:
    """Whatever follows our own workspace's address."""
    receipts = comment_body("words", citing(f"{OWN}{rest}"), base_url=HOME).partition("\n\n")[2]

    assert re.fullmatch(rf"\[Said in Slack\]\({re.escape(OWN)}[\w/:?=&%#.~-]*\)", receipts, re.ASCII)


def test_five_receipts_are_linked_at_most() -> None:
    """More would be read by nobody."""
    body = comment_body("words", citing(*(f"{OWN}{n}" for n in range(9))), base_url=HOME)

    assert 5 == body.count(HOME)


def test_a_ticket_quotes_what_was_said_and_says_why_it_is_as_it_is() -> None:
    """Each quotation in a block of its own under its author's name, line by line; nothing in it is markup."""
    action = CreateTicket(
        title="",
        description="The map is blank.",
        priority=1,
        priority_because="*All* customers see it",
        quotes=(Quote(author="Ada", text="blank\n# since _Monday_"), Quote(author="B*b", text="yes")),
        regression_of=Suggestion(id="t-1", name="ENG-1", because="it is *back*"),
        suggested_assignee=Suggestion(id="lin-bob", name="Bob", because="who said: on it"),
    )

    body = ticket_body(action, citing(OWN), base_url=HOME)

    assert [
        "The map is blank.",
        "> **Ada:** blank  \n> \\# since \\_Monday\\_",
        "> **B\\*b:** yes",
        "Regression of ENG-1: it is \\*back\\*",
        "Priority urgent, because of: \u201c\\*All\\* customers see it\u201d",
        "Suggested assignee: Bob (who said: on it)",
        f"[Said in Slack]({OWN})",
    ] == body.split("\n\n")
