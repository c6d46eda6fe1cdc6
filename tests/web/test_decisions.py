"""The log, and one decision in full."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import Action, CreateTicket, MoveTicket
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome, RunnerUp
from pm_assistant.domain.languages import Language
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.work import Channel
from pm_assistant.presentation.cards import percent_in
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.web.pages.decisions import PAGE
from pm_assistant.workflows.pipeline.queries import BATCH
from tests.builders import ACME, DONE, ENG, NOW, a_comment, a_decision, a_member, a_message, a_ticket
from tests.web.browser import WebWorld


def logged(web: WebWorld, *decisions: Decision) -> None:
    """Put decisions into the log, each a second after the other, about tickets that everybody may read."""
    stores = web.api.stores
    stores.directory.put_teams(ACME, [ENG])
    for number in (1, 2):
        stores.tickets.put(ACME, a_ticket(number))
    for number, decision in enumerate(decisions):
        stores.decisions.save(decision.model_copy(update={"updated_at": NOW + timedelta(seconds=number)}))


def done(offset: float = 0) -> Decision:
    """A comment that was made."""
    return a_decision(message=a_message(offset), state=DecisionState.DONE, performed="digest-1")


def asked(offset: float = 60) -> Decision:
    """A move that people are asked about."""
    return a_decision(
        action=MoveTicket(ticket_id="ticket-2", to=DONE), message=a_message(offset), state=DecisionState.PROPOSED
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Shall I?", "Commented on"]),
        ("?state=done", ["Commented on"]),
        ("?kind=move", ["Shall I?"]),
        ("?ticket=eng-2", ["Shall I?"]),
        ("?ticket=ENG-99", ["Nothing fits."]),
        ("?state=nonsense&kind=nonsense", ["Shall I?", "Commented on"]),
    ],
)
def test_the_log_shows_what_fits_the_filter(query: str, expected: list[str], web: WebWorld) -> None:
    """Changed last first; what is no filter filters nothing."""
    logged(web, done(), asked())
    text = web.browser().get(f"/decisions{query}").text
    shown = re.findall(r"Shall I\?|Commented on|Nothing fits\.", text)
    assert expected == shown


def test_an_empty_log_says_what_to_do_next(web: WebWorld) -> None:
    """Instead of nothing."""
    assert "/invite @PM Assistant" in web.browser().get("/decisions").text


def test_the_log_goes_on_page_by_page(web: WebWorld) -> None:
    """With the same filter, until all have been shown once."""
    logged(web, *(done(60 * number) for number in range(60)))
    browser, path, seen = web.browser(), "/decisions?state=done", []
    for _ in range(4):
        html = browser.get(path).html
        seen += re.findall(r'id="d-([^"]+)"', html)
        further = re.search(r'href="(/decisions\?state=done[^"]*before[^"]*)"', html)
        if further is None:
            break
        path = further[1].replace("&amp;", "&")
    assert 60 == len(seen) == len(set(seen))


def test_a_decision_in_full_shows_what_was_said_and_what_it_rests_on(web: WebWorld) -> None:
    """By whom, how sure it was, by what it was judged, and which tickets came next."""
    said = a_message(0, "The coupon vanishes")
    decision = a_decision(
        message=said,
        state=DecisionState.PROPOSED,
        raw_confidence=0.8,
        prompt="p9",
        cost_microdollars=1_200,
        runners_up=(RunnerUp(ticket_id="ticket-2", score=0.4),),
    )
    logged(web, decision)
    web.api.stores.messages.record(ACME, said, keep_days=9_999)
    web.api.stores.messages.record(ACME, a_message(5, "I see it, too", root_ts=said.ts), keep_days=9_999)
    page = web.browser().get(f"/decisions/{decision.id}")

    for words in (
        "The coupon vanishes",
        "I see it, too",
        "90%",
        "(80% before",
        "scripted/p9",
        "0.12 US cents",
        "ENG-2",
        "40%",
    ):
        assert words in page.text, words
    assert 1 == page.html.count('class="message cited"')


def asked_together(web: WebWorld, **of_the_second: Any) -> tuple[Decision, Decision]:
    """Two questions about the same words, of which one can be right."""
    said = a_message(0, "The coupon vanishes")
    first = a_decision(message=said, state=DecisionState.PROPOSED, confidence=0.7)
    second = a_decision(
        message=said,
        action=CreateTicket(title="Coupon vanishes", description="At checkout"),
        state=DecisionState.PROPOSED,
    )
    first = first.model_copy(update={"alternatives": (second.id,)})
    second = second.model_copy(update={"alternatives": (first.id,), **of_the_second})
    logged(web, second, first)
    return first, second


def test_what_cannot_be_right_beside_a_question_stands_on_its_page_and_is_answered_there(web: WebWorld) -> None:
    """And that one answer is enough; the answer leads back to where it was given."""
    first, second = asked_together(web)
    page = web.browser().get(f"/decisions/{first.id}")

    assert "Or is it this?\nOnly one of these can be right." in page.text
    assert page.text.index("Shall I? Comment") < page.text.index("Or shall I? Create a ticket")
    form = page.html.split(f'action="/decisions/{second.id}/approve"')[1].split("</form>")[0]
    assert f'name="back" value="/decisions/{first.id}"' in form


@pytest.mark.parametrize("change", [{"state": DecisionState.DISMISSED, "decided_by": "U0ADA"}, {"id": "d-other"}])
def test_what_is_not_asked_any_more_does_not_stand_beside(change: Mapping[str, Any], web: WebWorld) -> None:
    """Somebody has said no to it, or it is not kept."""
    first, _ = asked_together(web, **change)
    assert "Or is it this?" not in web.browser().get(f"/decisions/{first.id}").text


def test_an_answered_question_shows_none_beside_it(web: WebWorld) -> None:
    """Only one of them could be right."""
    first, second = asked_together(web)
    web.api.stores.decisions.replace(first.approved("U0ADA", at=NOW), before=first)
    assert "Or is it this?" not in web.browser().get(f"/decisions/{first.id}").text
    assert 200 == web.browser().get(f"/decisions/{second.id}").status


def test_in_lists_of_questions_the_lower_of_two_that_cannot_both_be_right_says_or(web: WebWorld) -> None:
    """As on the card, on the overview of the day and in the log."""
    asked_together(web)
    browser = web.browser()
    for path in ("/today", "/decisions"):
        text = browser.get(path).text
        assert (1, 1) == (text.count("\nShall I?"), text.count("\nOr shall I?")), path


def test_what_was_said_reads_as_in_the_chat(web: WebWorld) -> None:
    """People, channels and links by their names, as text; who and what nobody knows in the reader's language."""
    said = a_message(0, "<@U0ADA> &amp; <@U0NEW>: <#C0HELP> <#C0SECRET> <https://x.test/?a|the &lt;b&gt; page> *now*")
    decision = a_decision(message=said, state=DecisionState.PROPOSED)
    logged(web, decision)
    stores = web.api.stores
    stores.directory.put_members(ACME, [a_member()])
    for channel in (Channel(id="C0HELP", name="help"), Channel(id="C0SECRET", name="plans", private=True)):
        place = Position(source=Provider.SLACK, workspace="T0ACME", place=channel.id, channel=channel, read_to=NOW)
        stores.readings.put_position(ACME, place)
    stores.messages.record(ACME, said, keep_days=9_999)

    page = web.browser().get(f"/decisions/{decision.id}", accept_language="de")

    assert "@Ada & @jemand: #help ein privater Kanal the <b> page *now*" in page.text
    assert "<b>" not in page.html


def test_of_what_was_said_in_private_a_decision_shows_no_words(web: WebWorld) -> None:
    """Nor does the log; that there is one, both say."""
    said = a_message(0, "Dana is leaving", private=True)
    private = a_decision(
        action=a_comment(summary="Dana is leaving"),
        message=said,
        private=True,
        state=DecisionState.PROPOSED,
        reason="because Dana is leaving",
    )
    logged(web, private)
    web.api.stores.messages.record(ACME, said, keep_days=9_999)
    browser = web.browser()
    pages = [browser.get("/decisions").text, browser.get(f"/decisions/{private.id}").text]
    assert not any("Dana" in page for page in pages)
    assert all("Shall I? Comment on" in page for page in pages)


@pytest.mark.parametrize(
    "action", [a_comment(ticket_id="ticket-9"), CreateTicket(title="Layoffs", description="Who goes")]
)
def test_about_a_ticket_of_a_private_team_nothing_is_shown_but_that_there_is_something(
    action: Action, web: WebWorld
) -> None:
    """Whether it was there before or was made; neither words nor what else was thought of."""
    said = a_message(0, "The layoffs again")
    decision = a_decision(
        action=action,
        message=said,
        state=DecisionState.DONE,
        performed="digest-1",
        reason="because of the layoffs",
        outcome=Outcome(external_id="ticket-9", url="https://linear.app/acme/issue/SEC-9", inverse="{}"),
        runners_up=(RunnerUp(ticket_id="ticket-2", score=0.4),),
    )
    logged(web, decision)
    stores = web.api.stores
    secret = ENG.model_copy(update={"id": "team-secret", "name": "Secret", "key": "SEC", "private": True})
    stores.directory.put_teams(ACME, [ENG, secret])
    stores.tickets.put(ACME, a_ticket(9, team_id=secret.id, key="SEC-9", title="Layoffs"))
    stores.messages.record(ACME, said, keep_days=9_999)
    page = web.browser().get(f"/decisions/{decision.id}")

    assert 200 == page.status
    assert [] == [words for words in ("ayoffs", "SEC-9", "ENG-2", "Who goes") if words in page.html]


def test_how_sure_something_is_is_written_as_the_reader_writes_it(web: WebWorld) -> None:
    """Of the decision and of what came next alike."""
    runners_up = (RunnerUp(ticket_id="ticket-1", score=0.4),)
    web.api.stores.tickets.put(ACME, a_ticket(1))
    decision = web.api.stores.decisions.save(a_decision(confidence=0.9, runners_up=runners_up))
    lines = web.browser().get(f"/decisions/{decision.id}", accept_language="de").text.split("\n")

    assert percent_in(0.9, texts_in(Language.GERMAN)) in lines
    assert not any("0%" in line for line in lines)


def test_a_page_of_the_whole_log_reads_no_more_than_it_shows(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the one that tells that there is another; what few fit is looked for among many."""
    latest, limits = web.api.stores.decisions.latest, list[int]()

    def noted(tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        limits.append(limit)
        return latest(tenant_id, before=before, limit=limit)

    monkeypatch.setattr(web.api.stores.decisions, "latest", noted)
    for path in ("/decisions", "/decisions?state=proposed"):
        assert 200 == web.browser().get(path).status

    assert [PAGE + 1, BATCH] == limits
