"""Work without tickets, and what does not agree, as lists with one press to settle each."""

from datetime import UTC, datetime, timedelta

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.actions import Ignore, MoveTicket
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.code import TicketLinks
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.disagreements import DisagreementKind
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from pm_assistant.web.pages.disagreements import KINDS
from tests.builders import ACME, DOING, DONE, ENG, GLOBEX, a_decision, a_link_to, a_message, a_pull_request, a_ticket
from tests.web.browser import WebWorld

EVIL = "<img src=x onerror=alert(1)> is slow"


def talk(
    web: WebWorld, text: str = EVIL, *, minutes_ago: int = 5, channel: str = "C0ENG", **changes: object
) -> Decision:
    """Somebody spoke of work that no ticket is about."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    ts = f"{at.timestamp():.6f}"
    message = a_message(text=text, ts=ts, root_ts=ts, received_at=at, channel=channel)
    stores = web.api.stores
    stores.directory.put_teams(ACME, [ENG])
    stores.messages.record(ACME, message, keep_days=90)
    decision = a_decision(
        action=Ignore(work=True), message=message, state=DecisionState.LOGGED, as_of=at, updated_at=at, created_at=at
    )
    receipts = tuple(
        each.model_copy(update={"text_digest": message.text_digest, "root_ts": ts}) for each in decision.evidence
    )
    return stores.decisions.save(decision.model_copy(update={"evidence": receipts, **changes}))


def test_talk_without_a_ticket_is_listed_with_the_ticket_it_would_become(web: WebWorld) -> None:
    """As text, whatever people write; nothing of what was said in private."""
    talk(web)
    talk(web, "a secret export", minutes_ago=20, private=True)
    page = web.browser().get("/untracked")
    assert "is slow" in page.text
    assert "<img" not in page.html
    assert "secret" not in page.text


def test_one_press_asks_for_a_ticket_and_leads_to_where_it_is_answered(web: WebWorld) -> None:
    """In the thread, as by the run that looks for such talk; pressing again finds nothing to ask."""
    decision, browser = talk(web, "The export is slow"), web.browser(Role.MEMBER)
    answer = browser.post(f"/untracked/{decision.id}")
    [asked] = web.api.queued("actions")
    assert (303, f"/decisions/{asked['decision_id']}") == (answer.status, answer.headers["location"])
    assert "Shall I? Create a ticket" in browser.get(answer.headers["location"]).text
    assert "Ask for a ticket" not in browser.get("/untracked").text
    assert 404 == browser.post(f"/untracked/{decision.id}").status


def test_what_was_said_in_one_channel_is_looked_at_alone(web: WebWorld) -> None:
    """Of the channels in which such talk was, each by its name where everybody may know it."""
    talk(web, "The export is slow")
    talk(web, "The import is slow", minutes_ago=9, channel="C0SUP")
    place = Position(source=Provider.SLACK, workspace="T0ACME", place="C0SUP", channel=Channel(id="C0SUP", name="help"))
    web.api.stores.readings.put_position(ACME, place)
    browser = web.browser()

    shown = browser.get("/untracked?channel=C0SUP")
    assert '<option value="C0ENG">' in shown.html
    assert '<option value="C0SUP" selected>#help</option>' in shown.html
    assert ("import" in shown.text, "export" in shown.text) == (True, False)
    assert "Nothing fits." in browser.get("/untracked?channel=C0OTHER").text


def test_talk_of_another_tenant_is_not_there(web: WebWorld) -> None:
    """Neither listed nor asked about."""
    foreign = a_decision(GLOBEX, action=Ignore(work=True), state=DecisionState.LOGGED)
    web.api.stores.decisions.save(foreign)
    assert 404 == web.browser().post(f"/untracked/{foreign.id}").status
    assert [] == web.api.queued("actions")


def test_what_does_not_agree_is_shown_with_the_question_that_would_settle_it(web: WebWorld) -> None:
    """With what it rests on, and by kind."""
    now, stores = datetime.now(UTC), web.api.stores
    stores.directory.put_teams(ACME, [ENG])
    stores.tickets.put(ACME, a_ticket(1, state=DOING).model_copy(update={"updated_at": now}))
    merged_at = now - timedelta(days=2)
    facts = a_pull_request(1, at=merged_at, closed_at=merged_at, merged_at=merged_at)
    link = a_link_to("ENG-1", ticket_id="ticket-1")
    for part in (facts, TicketLinks(pull_request_id=facts.pull_request_id, at=merged_at, links=(link,))):
        stores.code.record(ACME, part, keep_days=30)
    question = a_decision(action=MoveTicket(ticket_id="ticket-1", to=DONE), state=DecisionState.PROPOSED)
    stores.decisions.save(question.model_copy(update={"updated_at": now}))
    browser = web.browser()

    page = browser.get("/disagreements")
    assert "Merged, and the ticket is open" in page.text
    assert f"/decisions/{question.id}/approve" in page.html
    other = browser.get("/disagreements?kind=stalled").text
    assert "Nothing fits." in other


def test_every_kind_of_disagreement_has_its_words() -> None:
    """Also one that is added."""
    assert set(DisagreementKind) == set(KINDS)
