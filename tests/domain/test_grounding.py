"""What is written names only what was said: pointers and statements that stand nowhere are told."""

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.grounding import MOST_READ, grounded, unfounded
from pm_assistant.domain.policy import initial_state
from tests.builders import a_comment, a_decision, a_proposal, a_tenant

SAID = (
    "Ada: the coupon SAVE10 vanishes, 12 of 40 orders, see https://shop.test/c?id=9 and ENG-12. "
    "\u201cNever again\u201d, says Bob"
)


@pytest.mark.parametrize(
    "text",
    [
        "Ada says that the coupon vanishes in 12 of 40 orders.",
        "It is ENG-12, see https://shop.test/c?id=9.",
        "A customer complains. Never again, they say.",
        'Bob says "never again".',
        "Twelve orders are concerned; Ada looks at it",
    ],
)
def test_what_was_said_may_be_retold(text: str) -> None:
    """In words of one's own, too; a sentence begins with a capital letter."""
    assert (set(), set()) == unfounded(text, [SAID])


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("See https://evil.test/x", "https://evil.test/x"),
        ("Write to mallory@evil.test", "mallory@evil.test"),
        ("Like ENG-13", "ENG-13"),
        ("The key is sk-attack-0123456789abcdef", "sk-attack-0123456789abcdef"),
        ("<!channel> it vanishes", "<!channel>"),
        ("Hello @here", "@here"),
        ("See ENG-\u200b13", "ENG-13"),
    ],
)
def test_what_leads_elsewhere_is_told(text: str, pointer: str) -> None:
    """Addresses, keys, long codes and calls, however they are broken up."""
    assert {pointer} == unfounded(text, [SAID]).pointers


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("It was 48,000 orders", {"48,000"}),
        ("Ada and Mallory say so", {"Mallory"}),
        ('Ada says "delete everything"', {"delete everything"}),
        ("It goes to evil.test by now", {"evil.test"}),
    ],
)
def test_what_is_stated_of_nothing_is_told(text: str, stated: set[str]) -> None:
    """Numbers, names and quotations."""
    assert (set(), stated) == unfounded(text, [SAID])


def test_where_nouns_begin_with_capitals_these_tell_no_names() -> None:
    """German would have everything asked."""
    assert {"Kasse"} == unfounded("Es hakt an der Kasse", [SAID]).statements
    assert set() == unfounded("Es hakt an der Kasse", [SAID], language="de").statements


def test_digits_are_read_in_every_script() -> None:
    """Twelve is twelve."""
    assert set() == unfounded("\u0967\u0968 orders", [SAID]).statements


def test_what_is_stated_of_nothing_is_asked_and_what_leads_elsewhere_is_dropped() -> None:
    """In title, words and reason alike; what was said, by whom and of which ticket may be named."""
    said = ["The coupon vanishes in checkout", "Ada", "ENG-1"]
    plain = a_proposal(a_comment(summary="Ada saw the coupon vanish, see ENG-1"))
    assert plain == grounded(plain, said)
    for lie, kept in (("It costs 48,000", True), ("See https://evil.test/x", False), ("See ENG-2", False)):
        for proposal in (
            a_proposal(a_comment(summary=lie)),
            a_proposal(CreateTicket(title=lie, description="")),
            a_proposal(CreateTicket(title="The coupon", description=lie)),
            a_proposal(a_comment(), reason=lie),
        ):
            after = grounded(proposal, said)
            assert (kept, kept) == (after is not None, after is not None and after.asks_first)


def test_what_nobody_would_read_is_no_proposal() -> None:
    """However it comes to be so long."""
    assert grounded(a_proposal(a_comment(summary="a" * (MOST_READ + 1))), ["Ada"]) is None
    assert grounded(a_proposal(a_comment(summary="a" * MOST_READ)), ["Ada"]) is not None


def test_what_asks_first_is_never_done_unasked() -> None:
    """However confident, and whatever the rules allow."""
    certain = a_decision(confidence=1.0)
    doubted = certain.model_copy(update={"asks_first": True})
    assert DecisionState.QUEUED is initial_state(certain, tenant=a_tenant(), private=False)
    assert DecisionState.PROPOSED is initial_state(doubted, tenant=a_tenant(), private=False)
