"""Rules of reading which tickets a pull request names."""

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pm_assistant.domain.links import (
    LONGEST_BODY,
    LONGEST_EVIDENCE,
    LinkKind,
    LinkMaker,
    LinkRules,
    LinkSource,
    PullRequestLinks,
    PullRequestText,
)
from pm_assistant.language.links import read_links
from tests.language.pull_request_texts import ISSUE, TEAMS, TEXTS, TICKETS, Labelled
from tests.language.texts_beside_a_branch import KEPT_FROM_IT, LEFT_TO_IT

BODIES = st.sampled_from([row.text.body for row in TEXTS if row.text.body])
SAYINGS = st.sampled_from(
    [
        'Revert "Keep the coupon"',
        "Reverts acme/web#12",
        "This reverts commit 1a2b3c4.",
        "Reapplies acme/web#12",
        "Backport of #12",
        "# Backport",
        "(cherry picked from commit 1a2b3c4)",
        "Cherry-pick of 1a2b3c4",
        "Part 1 of 3",
        "First of two pull requests",
        "This does not close it.",
        "Please leave the ticket open.",
        "## Not in this change",
        "Closes:",
        "Part of",
    ]
)
"""What is said of the work and of tickets without naming one."""


def _in_one_line(text: str) -> str:
    return " ".join(text.replace("`", "").split())


BRACKETS = str.maketrans("", "", "[]<>")
SHOWN: dict[str, Callable[[str], str]] = {
    "quote": lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
    "fence": lambda text: f"~~~~~~~~~~\n{text.replace('~~~~~~~~~~', '')}\n~~~~~~~~~~",
    "comment": lambda text: f"<!-- {text.replace('-->', '').replace('<!--', '')} -->",
    "code": lambda text: f"``{_in_one_line(text)}``",
    "pre": lambda text: f"<pre>\n{_in_one_line(text).replace('<', '')}\n</pre>",
    "blockquote": lambda text: f"<blockquote>{_in_one_line(text).replace('<', '')}</blockquote>",
    "picture": lambda text: f"![{_in_one_line(text).translate(BRACKETS)}](https://x.test/a.png)",
}
"""What makes a text one that the author does not say."""
KEYS = st.lists(st.sampled_from(sorted(TICKETS)), min_size=1, max_size=8, unique=True)


def read(*, rules: LinkRules | None = None, workspace: str | None = None, **text: object) -> PullRequestLinks:
    """What a pull request names; it says nothing but what is given."""
    said = PullRequestText.model_validate({"title": "Keep the coupon", "base": "main", **text})
    return read_links(said, team_keys=TEAMS, tickets=TICKETS, rules=rules, workspace=workspace)


def read_with_names(body: str) -> PullRequestLinks:
    """What a pull request names whose title and branch name two more tickets."""
    return read(body=body, title="ENG-29", branch="eng-30-x")


def named(links: PullRequestLinks) -> dict[str, str]:
    """The tickets, and what is done for each."""
    return {link.ticket: link.kind.value for link in links.links}


def expected(row: Labelled) -> dict[str, str]:
    """The same, as it is labelled."""
    kinds = {"closes": row.closes, "contributes": row.contributes, "mentions": row.mentions}
    return {ticket: kind for kind, tickets in kinds.items() for ticket in tickets.split()}


def test_every_text_is_read_as_people_labelled_it() -> None:
    """The table of texts has a rule a row; those that are broken are listed."""
    broken = {}
    for row in TEXTS:
        links = read_links(row.text, team_keys=TEAMS, tickets=TICKETS)
        if (expected(row), row.contradicts.split()) != (named(links), list(links.contradicts)):
            broken[row.rule] = named(links), links.contradicts
    assert {} == broken


@pytest.mark.parametrize("body", LEFT_TO_IT)
def test_a_branch_closes_its_ticket_where_words_leave_that_to_it(body: str) -> None:
    """They say which ticket this is, where it is told of, or that this is its work."""
    assert {"ENG-1": "closes"} == named(read(branch="eng-1-x", body=body))


@pytest.mark.parametrize("body", KEPT_FROM_IT)
def test_a_branch_closes_nothing_against_words_or_what_may_be_such(body: str) -> None:
    """Whatever the language: what is not understood is not taken for consent."""
    assert "closes" not in named(read(branch="eng-1-x", body=body)).values()


@pytest.mark.parametrize("title", ["WIP ENG-1", "Spike: ENG-1", "ENG-1: groundwork", "ENG-1 prep"])
def test_a_title_that_names_what_comes_before_the_work_keeps_its_branch_from_closing(title: str) -> None:
    """A longer one tells what the work is, whatever words it has."""
    assert {"ENG-1": "contributes"} == named(read(branch="eng-1-x", title=title))
    assert {"ENG-1": "closes"} == named(read(branch="eng-1-x", title="ENG-1 keep the draft of a prototype"))


def test_the_rules_of_the_texts_have_names_of_their_own() -> None:
    """A rule that breaks is found by its name."""
    assert len(TEXTS) == len({row.rule for row in TEXTS})


def test_a_tenant_may_take_titles_and_branches_otherwise() -> None:
    """Words in the body are not touched by that, and go on beating both."""
    closing_titles = LinkRules(title=LinkKind.CLOSES, branch=LinkKind.MENTIONS)
    silent = LinkRules(title=None, branch=None)
    own_trunk = LinkRules(final_branches=frozenset({"live"}), silencing_labels=frozenset({"chore"}))

    assert {"ENG-1": "closes", "ENG-2": "mentions"} == named(read(rules=closing_titles, title="ENG-1", branch="eng-2"))
    assert {"ENG-1": "contributes"} == named(read(rules=closing_titles, title="ENG-1", body="Part of ENG-1"))
    assert {"ENG-3": "closes"} == named(read(rules=silent, title="ENG-1", branch="eng-2", body="Fixes ENG-3"))
    assert {"ENG-1": "closes"} == named(read(rules=own_trunk, base="live", branch="eng-1"))
    assert {"ENG-1": "contributes"} == named(read(rules=own_trunk, base="main", branch="eng-1"))
    assert {} == named(read(rules=own_trunk, base="live", branch="eng-1", labels=["Chore"]))


def test_an_address_in_another_workspace_is_no_ticket_of_ours() -> None:
    """Where the tenant's workspace is known, another's ticket of the same key is nothing."""
    assert {"ENG-1": "closes"} == named(read(workspace="acme", body=f"Fixes {ISSUE}/ENG-1/x"))
    assert {} == named(read(workspace="globex", body=f"Fixes {ISSUE}/ENG-1/x"))


def test_a_link_says_what_it_rests_on() -> None:
    """Where it stands and the exact words, the surer the plainer; what lies between heading and item is left out."""
    links = read(
        title="[ENG-2] Coupon",
        branch="ada/eng-3-x",
        body=f"Resolves: **ENG-1**. See {ISSUE}/ENG-4/y\n\n## Closes\n- ENG-5",
        commits=["wip ENG-6"],
    )
    assert {
        "ENG-1": (LinkSource.BODY, "Resolves: **ENG-1"),
        "ENG-5": (LinkSource.BODY, "Closes … ENG-5"),
        "ENG-3": (LinkSource.BRANCH, "ada/eng-3-x"),
        "ENG-2": (LinkSource.TITLE, "ENG-2"),
        "ENG-4": (LinkSource.URL, f"See {ISSUE}/ENG-4/y"),
        "ENG-6": (LinkSource.COMMIT, "ENG-6"),
    } == {link.ticket: (link.evidence.source, link.evidence.words) for link in links.links}
    sure = {link.ticket: link.confidence for link in links.links}
    assert 1 > sure["ENG-1"] > sure["ENG-5"] > sure["ENG-3"] > 0.5
    assert {LinkMaker.RULES} == {link.maker for link in links.links}


def test_what_a_link_keeps_of_the_words_is_bounded() -> None:
    """However much stands between what is said and its ticket."""
    (link,) = read(body=f"Fixes [{'a ' * 2_000}]({ISSUE}/ENG-1/{'x' * 2_000})").links
    assert "closes" == link.kind
    assert LONGEST_EVIDENCE >= len(link.evidence.words)


def test_links_come_strongest_first() -> None:
    """Then by team and number."""
    links = read(body="ENG-10, WEB-1. Closes WEB-2, ENG-9, ENG-11. Part of ENG-3")
    assert ["ENG-9", "ENG-11", "WEB-2", "ENG-3", "ENG-10", "WEB-1"] == [link.ticket for link in links.links]


@given(BODIES, BODIES | SAYINGS, st.sampled_from([*SHOWN]), st.booleans())
@example("close ENG-1", "Hi <!--\n\nFixes ENG-1\n\n--> Fixes ENG-2", "quote", False)
@example("close ENG-1", "Closes ENG-1\n\n(cherry picked from commit 1a2b3c4)", "quote", False)
@settings(max_examples=150)
def test_what_is_shown_or_quoted_says_nothing(body: str, other: str, how: str, before: bool) -> None:
    """Whatever stands in it, before or behind whatever text."""
    shown = SHOWN[how](other)
    with_it = f"{shown}\n\n{body}" if before else f"{body}\n\n{shown}"
    assert read_with_names(body) == read_with_names(with_it)


@given(BODIES, SAYINGS, st.sampled_from(["~~{}~~", "<del>{}</del>", "<s>{}</s>"]), st.booleans())
@settings(max_examples=50)
def test_what_is_struck_out_says_nothing(body: str, saying: str, struck: str, before: bool) -> None:
    """Of the tickets that the pull request is about."""
    shown = struck.format(saying)
    with_it = f"{shown}\n\n{body}" if before else f"{body}\n\n{shown}"
    assert read_with_names(body) == read_with_names(with_it)


@given(KEYS, st.randoms(use_true_random=False), st.sampled_from(["- ", "* ", "1. ", "- [x] "]))
@settings(max_examples=50)
def test_the_order_of_a_list_is_irrelevant(keys: list[str], random: object, mark: str) -> None:
    """Every item is closed, in any order, as a list, in a line or a line each."""
    shuffled = sorted(keys, key=lambda _: random.random())  # type: ignore[attr-defined]
    expected = dict.fromkeys(keys, "closes")
    assert expected == named(read(body="Closes:\n" + "\n".join(mark + key for key in shuffled)))
    assert expected == named(read(body=f"Closes {', '.join(shuffled)}"))
    assert expected == named(read(body="\n".join(f"Closes {key}" for key in shuffled)))


@given(st.text(alphabet=st.sampled_from("ENGWB-12 fixescloses:,\n>`#[]()<!->*~"), max_size=80))
@settings(max_examples=100)
def test_a_text_without_a_ticket_of_ours_names_none(text: str) -> None:
    """And nothing that people write fails to be read."""
    said = PullRequestText(title=text, body=text, branch=text, commits=(text,), labels=(text,))
    assert PullRequestLinks() == read_links(said, team_keys=TEAMS, tickets=frozenset())
    assert {link.ticket for link in read_links(said, team_keys=TEAMS, tickets=TICKETS).links} <= TICKETS


@pytest.mark.thorough
@pytest.mark.parametrize(
    "pattern",
    [
        "fixes ENG-1 (",
        "closes:\n- ENG-1\n",
        "[a](b",
        "` `` ``` ",
        "<!-- ` ",
        "<a href='x'>",
        "a.b/c#",
        "- ",
        "a ENG-1 ",
    ],
)
def test_a_body_that_wants_to_be_slow_is_not(pattern: str) -> None:
    """Half a second is usual; a reading whose time grew with the square of the text would take minutes."""
    body = ("Fixes ENG-1 " + pattern * LONGEST_BODY)[:LONGEST_BODY]
    begun = time.process_time()
    read(title=body, body=body, branch=body)
    assert 20 > time.process_time() - begun


def test_what_is_longer_than_a_body_can_be_is_not_read() -> None:
    """The bound is GitHub's."""
    assert {} == named(read(body="x" * LONGEST_BODY + " Fixes ENG-1"))
