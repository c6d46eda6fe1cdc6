"""What people ask by `/pm` is answered to them alone, and tells nobody more than they may know."""

from datetime import timedelta

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import ActionRequest, Subject
from pm_assistant.domain.decisions import DecisionState, Evidence
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.languages import Language
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Line, ReportKind, Subscription
from pm_assistant.domain.surfaces import CommandTyped
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.domain.work import MessageId
from pm_assistant.presentation.cards import UNDO_OFFERED_FOR
from pm_assistant.presentation.commands import help_reply, no_strangers, nothing_to_undo, untracked_reply
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.workflows.surfaces import commands
from tests.builders import ACME, DOING, NOW, a_decision, a_member, a_message, a_ticket, going_back
from tests.workflows.surfaces.test_shortcuts import HOOK, NOBODY, SurfaceUnit

GUEST = NOBODY["guest"]
ENGLISH = texts_in(Language.ENGLISH)


class CommandUnit(SurfaceUnit):
    """The same, whose people are known by the chat's word."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.directory.put_members(ACME, [a_member(), a_member("ben"), *NOBODY.values()])

    def types(self, text: str, *, by: str = "U0ADA", once: str = "trigger-1") -> Reply:
        """Somebody types a command, and is answered."""
        self.asks(CommandTyped(text=text, answer_to=HOOK, trigger_id=once), by=by)
        address, reply = self.chat.answers[-1]
        assert HOOK == address
        self.act()
        return reply


def lines(reply: Reply) -> list[str]:
    """What stands in an answer."""
    return [line.text for section in reply.sections for line in section.lines]


@pytest.mark.parametrize("text", ["", "help", "what can you do?", "hilfe"])
def test_whoever_says_nothing_that_is_known_is_helped(text: str) -> None:
    """With all that there is."""
    reply = CommandUnit().types(text)
    assert help_reply(ENGLISH) == reply
    assert all(f"/pm {word}" in reply.text for word in ("today", "week", "untracked", "waiting", "settings", "undo"))


@pytest.mark.parametrize("who", ["stranger", "leaver"])
@pytest.mark.parametrize("text", ["today", "week", "untracked", "waiting", "settings", "undo", "help"])
def test_whoever_is_not_of_the_team_is_told_nothing(who: str, text: str) -> None:
    """But that."""
    assert no_strangers(ENGLISH) == CommandUnit().types(text, by=NOBODY[who].id)


def test_somebody_new_is_known_by_the_chats_word() -> None:
    """Who came today asks today."""
    unit = CommandUnit()
    unit.chat.people.append(a_member("eve"))
    assert help_reply(ENGLISH) == unit.types("help", by="U0EVE")


@pytest.mark.parametrize(("text", "title"), [("today", "Standup for Ada"), ("woche", "Weekly report for Ada")])
def test_a_report_is_made_as_of_now_and_counts_as_none(text: str, title: str) -> None:
    """The next one comes as if nobody had asked."""
    unit = CommandUnit()
    unit.stores.tickets.put(ACME, a_ticket(2, state=DOING, assignee_id="lin-ada", completed_at=None))
    reply = unit.types(text)
    assert reply.title.startswith(title)
    assert ("ENG-2 " in str(reply)) == (text == "today")
    assert [] == unit.chat.reports
    assert unit.stores.deliveries.last(ACME, a_member().id, ReportKind.STANDUP) is None


def test_settings_say_when_somebody_is_told() -> None:
    """Or that nobody tells them anything; the form that changes it opens, if it may still."""
    unit = CommandUnit()
    assert "You are sent no reports." == unit.types("settings").text
    for person in ("ada", "ben"):
        wish = Subscription(member_id=a_member(person).id, hour=8, minute=5, weekdays=("MON", "FRI"))
        unit.stores.subscriptions.put(ACME, wish)
    assert "Standup: at 08:05, Mon, Fri, by Slack (Europe/Berlin)" == unit.types("settings", once="old").text
    assert ["reports"] == [form.kind for form in unit.chat.forms.values()]


def test_what_waits_is_listed_ones_own_tickets_first() -> None:
    """With where it is asked; what was said in private is none of it, and guests are asked nothing."""
    unit = CommandUnit()
    unit.stores.tickets.put(ACME, a_ticket(2, assignee_id="lin-ada"))
    unit.stores.tickets.put(ACME, a_ticket(3, assignee_id="lin-ben"))
    for number, private in ((2, False), (3, False), (1, True)):
        said = a_message(-number)
        action = a_decision().action.model_copy(update={"ticket_id": f"ticket-{number}"})
        proposed = a_decision(action=action, message=said, state=DecisionState.PROPOSED, private=private)
        latest = {"updated_at": NOW + timedelta(minutes=number)}
        unit.stores.decisions.save(proposed.model_copy(update=latest))
    reply = unit.types("waiting")
    assert ["Shall I? Comment on ENG-2", "Shall I? Comment on ENG-3"] == [line[:25] for line in lines(reply)]
    [section] = reply.sections
    assert all("/archives/C0ENG/p" in line.url for line in section.lines)
    assert [] == lines(unit.types("waiting", by=GUEST.id))


def test_where_more_may_wait_than_was_looked_through_the_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many questions there are, a command looks through so many decisions."""
    monkeypatch.setattr(commands, "MOST_READ", 2)
    unit = CommandUnit()
    for number, text in (
        (1, ""),
        (2, "I looked through the latest decisions only; older questions stand on their cards."),
    ):
        unit.stores.decisions.save(a_decision(message=a_message(-number), state=DecisionState.PROPOSED))
        assert text == unit.types("waiting").text


def test_a_private_teams_ticket_has_no_name_here() -> None:
    """Not everybody may read it, and nobody looks up who may."""
    unit = CommandUnit()
    [secret] = [ticket for ticket in unit.tracker.tickets.values() if ticket.key == "SEC-9"]
    action = a_decision().action.model_copy(update={"ticket_id": secret.id})
    unit.stores.decisions.save(a_decision(action=action, state=DecisionState.PROPOSED))
    assert ["Shall I? Comment on a ticket of a private team"] == lines(unit.types("waiting"))


def test_the_address_of_a_private_teams_ticket_is_not_shown_either() -> None:
    """It bears the ticket's words, and a question that is asked in no thread has no other."""
    unit = CommandUnit()
    [secret] = [ticket for ticket in unit.tracker.tickets.values() if ticket.key == "SEC-9"]
    for ticket in (secret, a_ticket(2)):
        action = a_decision().action.model_copy(update={"ticket_id": ticket.id})
        receipt = Evidence(message_id=MessageId(f"tree:{ticket.id}"), url=ticket.url)
        about = {"subject": Subject.below(ticket.id), "evidence": (receipt,), "action": action}
        unit.stores.decisions.save(a_decision(id=ticket.id, state=DecisionState.PROPOSED).model_copy(update=about))
    [section] = unit.types("waiting").sections
    assert [a_ticket(2).url] == [line.url for line in section.lines]


def test_talk_without_a_ticket_is_listed_as_pm_untracked_lists_it() -> None:
    """Each with where it was said; nothing of private places, and guests see a part of the channels only."""
    unit = CommandUnit()
    for number, private in enumerate((False, True)):
        said = unit.said(f"The lift number {number} is stuck between floors", private=private)
        action = CreateTicket(title=f"Lift {number} is stuck", description="")
        logged = a_decision(action=action, message=said, state=DecisionState.LOGGED, private=private)
        unit.stores.decisions.save(logged.model_copy(update={"updated_at": unit.at, "as_of": unit.at}))
    assert ["Lift 0 is stuck"] == lines(unit.types("untracked"))
    assert [] == lines(unit.types("untracked", by=GUEST.id))


def test_what_is_cut_off_is_counted() -> None:
    """Nobody reads the rest in a chat."""
    reply = untracked_reply([Line(text=str(number), url="https://x.test") for number in range(20)], ENGLISH)
    assert ("Conversations without a ticket (12 of 20)", 12) == (reply.sections[0].title, len(lines(reply)))


def test_the_last_thing_that_somebody_had_done_is_taken_back() -> None:
    """That person's own order or approval, one for each command; a repeated message takes back nothing more."""
    unit = CommandUnit()
    first, second = unit.said("The invoice export times out"), unit.said("The lift is stuck")
    third = unit.said("The roof leaks")
    unit.tracks(first, form="V1")
    unit.at += timedelta(minutes=1)
    unit.tracks(second, form="V2")
    unit.at += timedelta(minutes=1)
    unit.chat.people.append(a_member("ben"))
    unit.tracks(third, form="V3", by="U0BEN")
    assert 3 == len(unit.made)

    for _ in range(2):
        assert ["Created"] == [line.split()[0] for line in lines(unit.types("undo"))]
    assert {"The invoice export times out", "The roof leaks"} == {ticket.title for ticket in unit.made}
    unit.types("undo", once="trigger-2")
    assert {"The roof leaks"} == {ticket.title for ticket in unit.made}
    assert nothing_to_undo(ENGLISH) == unit.types("undo", once="trigger-3")
    assert {"U0ADA"} == {d.decided_by for d in unit.log if d.state is DecisionState.UNDONE}


def test_what_was_approved_is_taken_back_too() -> None:
    """An answer on a card is that person's word as well."""
    unit = CommandUnit()
    unit.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
    approve = ActionRequest(tenant_id=ACME, decision_id=a_decision().id, answer="approve", answered_by="U0ADA")
    unit.queues.actions.put(approve, group=ACME)
    unit.act()
    assert 1 == len(unit.tracker.comments["ticket-1"])
    unit.types("rückgängig")
    assert {} == unit.tracker.comments["ticket-1"]


def test_what_one_word_has_done_is_taken_back_with_one_word() -> None:
    """Two tickets told by one message are one order."""
    unit = CommandUnit()
    unit.says("<@U0APP> close ENG-1 and ENG-2")
    assert ["Done", "Done"] == [unit.states["ENG-1"], unit.states["ENG-2"]]
    assert 2 == len(lines(unit.types("undo")))
    assert "Done" not in {unit.states["ENG-1"], unit.states["ENG-2"]}


def test_what_is_long_ago_stays() -> None:
    """As long as a card offers it."""
    unit = CommandUnit()
    unit.tracks(unit.said("The invoice export times out"))
    unit.at += UNDO_OFFERED_FOR + timedelta(hours=1)
    assert nothing_to_undo(ENGLISH) == unit.types("undo")
    assert 1 == len(unit.made)


def test_a_guest_takes_nothing_back() -> None:
    """Nor whoever became one since."""
    unit = CommandUnit()
    unit.tracks(unit.said("The invoice export times out"))
    unit.chat.people = [a_member(standings={Provider.SLACK: Standing.GUEST})]
    assert "Guests of the workspace cannot answer for the team." == unit.types("undo").text
    assert 1 == len(unit.made)


def test_an_answer_that_is_taken_no_more_is_given_up() -> None:
    """What was asked for is done all the same."""
    unit = CommandUnit()
    unit.tracks(unit.said("The invoice export times out"))
    unit.chat.answerable.clear()
    unit.asks(CommandTyped(text="undo", answer_to=HOOK, trigger_id="t"))
    unit.act()
    assert ([], []) == (unit.chat.answers, [*unit.made])


def test_an_answer_that_was_lost_is_given_again() -> None:
    """Twice is better than not at all, and takes back one thing."""
    unit = CommandUnit()
    unit.tracks(unit.said("The invoice export times out"))
    unit.tracks(unit.said("The lift is stuck"), form="V2")
    unit.chat.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        unit.asks(CommandTyped(text="undo", answer_to=HOOK, trigger_id="t"))
    unit.types("undo", once="t")
    assert 1 == len(unit.made)
    assert unit.at > NOW


def test_whoever_asks_is_answered_in_their_language() -> None:
    """What else there is to ask, what waits, and why nothing is done; names and titles stay as they are."""
    unit = CommandUnit()
    unit.stores.directory.put_members(ACME, [a_member(language=Language.GERMAN), a_member("ben")])
    unit.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))

    assert "was auf eine Antwort wartet" in unit.types("hilfe").text
    assert "Wartet auf eine Antwort" == unit.types("waiting").title
    assert "Nichts zurückzunehmen" == unit.types("undo").title
    assert help_reply(ENGLISH) == unit.types("help", by="U0BEN")


def test_talk_that_the_teams_plan_leaves_out_is_said_to_be() -> None:
    """Taking back is bounded by nothing but its own week."""
    unit = CommandUnit()
    said = unit.said("The lift is stuck between floors")
    action = CreateTicket(title="The lift is stuck", description="")
    logged = a_decision(action=action, message=said, state=DecisionState.LOGGED)
    days_ago = unit.at - timedelta(days=3)
    unit.stores.decisions.save(logged.model_copy(update={"updated_at": days_ago, "as_of": days_ago}))
    assert (["The lift is stuck"], "") == (lines(unit.types("untracked")), unit.chat.answers[-1][1].text)

    tenant = unit.stores.tenants.get(ACME)
    unit.stores.tenants.put(tenant.model_copy(update={"billing": going_back(2)}))
    reply = unit.types("untracked", once="trigger-2")

    assert [] == lines(reply)
    assert "your team's plan does not go further back" in reply.text
