"""What was said is tracked from a menu by the road of orders: once, by those who may, and taken back the same way."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import AccessRevoked, UpstreamUnavailable
from pm_assistant.domain.forms import Form
from pm_assistant.domain.surfaces import (
    Asked,
    SurfaceRequest,
    TicketAsked,
    TicketWritten,
    TrackingAsked,
    TrackingChosen,
)
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, Provider, Rule, Standing
from pm_assistant.domain.work import Message
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.forms import TOO_LATE
from pm_assistant.workflows.pipeline.orders import BEING_MADE, WHICH_TICKET
from pm_assistant.workflows.surfaces.answer import answer
from pm_assistant.workflows.surfaces.shortcuts import GONE, NOT_READ, NOT_SAID
from tests.builders import ACME, a_comment, a_judgement, a_member, a_message, a_proposal
from tests.workflows.pipeline.test_orders import ASKING, OPS, SECRET, OrderUnit

HOOK = "https://hooks.slack.com/actions/T1/1/x"
NOBODY = {
    "guest": a_member("gus", standings={Provider.SLACK: Standing.GUEST}),
    "stranger": a_member("sam", standings={Provider.SLACK: Standing.OUTSIDER}),
    "leaver": a_member("lee", standings={Provider.SLACK: Standing.LEFT}),
}


class SurfaceUnit(OrderUnit):
    """A team whose people use shortcuts; `HOOK` takes five answers."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(settings=ASKING.model_copy(update=settings))
        self.chat.people += NOBODY.values()
        self.chat.answerable[HOOK] = 5

    def asks(self, asked: Asked, *, by: str = "U0ADA") -> None:
        """Somebody does something at a surface, half a minute after the last word."""
        self.at += timedelta(seconds=next(self._seconds) or 1)
        answer(SurfaceRequest(tenant_id=ACME, user_id=by, asked_at=self.at, asked=asked), self)

    def tracks(self, message: Message, *, by: str = "U0ADA", **changes: Any) -> None:
        """Somebody sends off what is to become of a message, and it is done."""
        thread = Subject(channel=message.channel, root_ts=message.root_ts)
        chosen = {"form": "V1", "thread": thread, "what": "create", **changes}
        self.asks(TrackingChosen.model_validate(chosen), by=by)
        self.act()

    def writes(self, words: str, *, by: str = "U0ADA", **changes: Any) -> None:
        """Somebody sends off a new ticket, and it is made."""
        self.asks(TicketWritten.model_validate({"form": "V1", "words": words, **changes}), by=by)
        self.act()

    def said(self, text: str, *, below: Message | None = None, **changes: Any) -> Message:
        """Somebody says something that nobody has looked at yet."""
        root = {"root_ts": below.root_ts} if below is not None else {}
        message = a_message(next(self._seconds), text, **root, **changes)
        self.say(message)
        self.at = message.received_at + timedelta(seconds=20)
        return message

    @property
    def form(self) -> Form:
        """The one form that was shown."""
        [form] = self.chat.forms.values()
        return form

    @property
    def reasons(self) -> list[str]:
        """Why nothing was done, in small letters."""
        return [text.removeprefix("Nothing was done: ").removesuffix(".").lower() for text in self.told]

    @property
    def told(self) -> list[str]:
        """What people were told alone."""
        whispered = [text for *_, text in self.chat.whispers]
        return [*whispered, *(reply.text for _, reply in self.chat.answers), *(n.text for _, n in self.chat.notices)]


def asked(message: Message | None) -> TrackingAsked:
    """The shortcut on a message."""
    return TrackingAsked(message=message, answer_to=HOOK, trigger_id="trigger-1")


def ordered(unit: SurfaceUnit) -> Decision:
    """The one thing that was ordered."""
    [decision] = unit.ordered
    return decision


def test_a_thread_becomes_a_ticket_with_its_receipts_and_is_answered_there() -> None:
    """The same draft as by an order in words: quoted, linked, with a way back."""
    unit = SurfaceUnit()
    root = unit.said("The invoice export times out for large tenants")
    reply = unit.said("Since Monday, for the third time", below=root, author="U0BEN")

    unit.tracks(reply)

    [ticket] = unit.made
    assert "The invoice export times out for large tenants" == ticket.title
    decision = ordered(unit)
    assert (DecisionState.DONE, "U0ADA", [root.id, reply.id]) == (
        decision.state,
        decision.decided_by,
        [receipt.message_id for receipt in decision.evidence],
    )
    assert all(link.url in ticket.description for link in decision.evidence)
    [entry] = unit.answers_in(root)
    assert ("Created", decision.id) == (entry.headline, (entry.undoes or "").partition(":")[0])


def test_what_was_said_is_told_to_a_ticket() -> None:
    """Or what somebody says instead; the key may stand in an address, in any case."""
    unit = SurfaceUnit()
    root = unit.said("The coupon is gone after a reload, too")

    unit.tracks(root, what="add", ticket=" eng-2 ")
    unit.tracks(root, form="V2", what="add", ticket="https://linear.app/acme/issue/ENG-2/x", words="Reload matters")

    comments = [*unit.tracker.comments["ticket-2"].values()]
    assert ["The coupon is gone after a reload, too", "Reload matters"] == [
        next(words for words in ("The coupon is gone after a reload, too", "Reload matters") if words in comment)
        for comment in comments
    ]
    assert all("/archives/C0ENG/p" in comment for comment in comments)
    assert [root.channel] == [match.channel for match in unit.stores.history.read(ACME, ["U0ADA"]).confirmed]


def test_own_words_are_the_ticket_and_the_team_is_whose_was_chosen() -> None:
    """What was said is linked and not told again."""
    unit = SurfaceUnit()
    unit.stores.directory.put_teams(ACME, [*unit.stores.directory.teams(ACME), OPS])
    unit.tracker.add_team(OPS)
    root = unit.said("hmm")

    unit.tracks(root, words="Rotate the signing keys", team="OPS")

    [ticket] = unit.made
    assert ("Rotate the signing keys", OPS.id) == (ticket.title, ticket.team_id)
    assert [root.id] == [receipt.message_id for receipt in ordered(unit).evidence]


def test_a_form_sent_off_twice_is_one_order() -> None:
    """However often the queue brings it, also once it is done."""
    unit = SurfaceUnit()
    root = unit.said("The invoice export times out")
    for _ in range(2):
        unit.tracks(root)
    unit.queues.actions.puts *= 3
    unit.act()
    assert (1, 1) == (len(unit.made), len(unit.ordered))
    assert (1, []) == (len(unit.answers_in(root)), unit.told)


def test_two_people_who_track_the_same_get_one_ticket() -> None:
    """The second is told so alone, whether the first is done or on its way."""
    unit = SurfaceUnit()
    root = unit.said("The invoice export times out")
    unit.asks(TrackingChosen(form="V1", thread=Subject(channel=root.channel, root_ts=root.ts), what="create"))
    unit.asks(TrackingChosen(form="V2", thread=Subject(channel=root.channel, root_ts=root.ts), what="create"))
    unit.act()
    unit.tracks(root, form="V3")
    assert 1 == len(unit.made)
    assert [BEING_MADE, f"there is a ticket for this already, {unit.made[0].key}".lower()] == unit.reasons


@pytest.mark.parametrize("who", NOBODY)
def test_who_may_not_order_is_told_so_alone(who: str) -> None:
    """By every door; nothing is shown, logged, made or posted."""
    unit, account = SurfaceUnit(), NOBODY[who].id
    root = unit.said("The invoice export times out")
    unit.asks(asked(root), by=account)
    unit.asks(TicketAsked(trigger_id="trigger-1"), by=account)
    unit.tracks(root, by=account)
    unit.writes("Rotate the keys", by=account)
    assert ([], [], {}, {}) == ([*unit.made], [*unit.log], unit.chat.forms, unit.chat.cards)
    assert [account] * 3 == [*(user for _, _, user, _ in unit.chat.whispers), *(user for user, _ in unit.chat.notices)]
    assert 4 == len(unit.told)


def test_who_has_left_between_sending_and_doing_gets_nothing_done() -> None:
    """Whether somebody may is looked up once more when it is done."""
    unit = SurfaceUnit()
    root = unit.said("The invoice export times out")
    unit.asks(TrackingChosen(form="V1", thread=Subject(channel=root.channel, root_ts=root.ts), what="create"))
    unit.chat.people = [NOBODY["leaver"].model_copy(update={"id": "U0ADA"})]
    unit.act()
    assert ([], DecisionState.DISMISSED) == ([*unit.made], ordered(unit).state)


def test_what_was_said_in_private_is_asked_there_before_it_leaves() -> None:
    """As with an order; a person's own words are that person's to give."""
    unit = SurfaceUnit()
    root = unit.said("We will let Ben go in May", private=True)
    unit.tracks(root)
    assert ([], DecisionState.PROPOSED) == ([*unit.made], ordered(unit).state)
    [entry] = unit.answers_in(root)
    assert entry.awaits_answer
    unit.tracks(root, form="V2", words="Plan the handover")
    [ticket] = unit.made
    assert ("Plan the handover", False) == (ticket.title, "Ben" in ticket.description)


def test_what_is_asked_of_a_form_stays_asked_when_the_thread_goes_on() -> None:
    """No message says it, so none unsays it; but it goes with the words it rests on."""
    unit = SurfaceUnit()
    root = unit.said("We will let Ben go in May", private=True)
    unit.tracks(root)
    later = unit.says("Agreed", below=root, private=True)
    assert DecisionState.PROPOSED is ordered(unit).state
    unit.edits(root, "Never mind")
    assert later.root_ts == root.ts
    assert DecisionState.PROPOSED is not ordered(unit).state


def test_what_was_tracked_is_not_asked_about_once_more() -> None:
    """Judging finds the ticket that there is."""
    unit = SurfaceUnit()
    root = unit.said("The invoice export times out")
    unit.tracks(root)
    unit.judged(a_judgement(a_proposal(CreateTicket(title="Invoice export", description=""), root.id)))
    unit.brought_on(root)
    assert (1, [DecisionState.DONE]) == (len(unit.made), [decision.state for decision in unit.log])


def test_the_form_offers_the_tickets_that_it_may_be_about() -> None:
    """Likeliest first and chosen if it is likelier than none; a private team's never, nor its team."""
    unit = SurfaceUnit()
    root = unit.said("ENG-2 fails again on the staging cluster, see also SEC-9")
    unit.asks(asked(root))
    fields = {field.id: field for field in unit.form.fields}
    assert ("track", root.ts, Subject(channel=root.channel, root_ts=root.ts)) == (
        unit.form.kind,
        unit.form.answers,
        unit.form.thread,
    )
    assert ("add", "ENG-2", "ENG-2") == (
        fields["what"].value,
        fields["ticket"].value,
        fields["ticket"].choices[0].value,
    )
    assert "SEC-9" not in {choice.value for choice in fields["ticket"].choices}
    assert "team" not in fields, "there is but one that everybody sees"
    assert SECRET.key not in str(unit.form)


def test_what_is_like_no_ticket_is_offered_as_a_new_one() -> None:
    """With the teams that everybody sees."""
    unit = SurfaceUnit()
    unit.stores.directory.put_teams(ACME, [*unit.stores.directory.teams(ACME), OPS])
    unit.asks(asked(unit.said("Lunch at the river?")))
    fields = {field.id: field for field in unit.form.fields}
    assert ("create", ["ENG", "OPS"]) == (fields["what"].value, [choice.value for choice in fields["team"].choices])


def test_a_message_that_we_were_never_told_of_is_tracked_as_if_said_in_private() -> None:
    """Nobody told us who reads there."""
    unit = SurfaceUnit()
    old = a_message(-9000, "The importer drops umlauts", private=True)
    unit.asks(asked(old))
    unit.tracks(old)
    assert (DecisionState.PROPOSED, True) == (ordered(unit).state, ordered(unit).private)


def test_what_we_were_told_counts_and_not_what_the_menu_says() -> None:
    """A public message stays public, in the words that are known."""
    unit = SurfaceUnit()
    root = unit.said("The importer drops umlauts")
    unit.asks(asked(root.model_copy(update={"private": True, "text": "something else"})))
    unit.tracks(root)
    assert (DecisionState.DONE, "The importer drops umlauts") == (ordered(unit).state, unit.made[0].title)


def test_what_cannot_be_tracked_is_said_alone() -> None:
    """What no person said, what is not read, what is gone, a ticket that is not named, a press that is too old."""
    unit = SurfaceUnit(channels=Channels(deny=("C0HR",)))
    root = unit.said("The importer drops umlauts")
    unit.asks(asked(None))
    unit.asks(asked(a_message(1, "x", channel="C0HR")))
    unit.chat.triggers.clear()
    unit.asks(asked(root))
    unit.asks(TicketAsked(trigger_id="old"))
    unit.tracks(root, what="add")
    unit.tracks(root, what="add", ticket="SEC-9")
    unit.stores.messages.delete(ACME, root.channel, root.root_ts, root.ts, at=unit.at)
    unit.tracks(root, form="V2")
    said = [WHICH_TICKET, "SEC-9 is no ticket that I know", GONE, NOT_SAID, NOT_READ, TOO_LATE, TOO_LATE]
    assert [reason.lower() for reason in said] == unit.reasons
    assert [] == [*unit.made]


def test_a_ticket_is_made_of_nothing_but_words() -> None:
    """Answered below them in the conversation with us alone; sent off twice, it is one."""
    unit = SurfaceUnit()
    unit.asks(TicketAsked(trigger_id="trigger-1"))
    assert ("new", ["words"]) == (unit.form.kind, [field.id for field in unit.form.fields])
    for _ in range(2):
        unit.writes("Rotate the signing keys. They are from 2024.")
    [ticket] = unit.made
    assert ("Rotate the signing keys", "They are from 2024" in ticket.description) == (ticket.title, True)
    [(user, words)] = unit.chat.notices
    assert ("U0ADA", "Rotate the signing keys. They are from 2024.") == (user, words.text)
    decision = ordered(unit)
    [(channel, _)] = unit.chat.cards
    assert ("D0ADA", "D0ADA", False) == (channel, decision.thread and decision.thread.channel, decision.subject.in_chat)
    [receipt] = decision.evidence
    assert receipt.url in ticket.description
    undo = ActionRequest(tenant_id=ACME, decision_id=decision.id, answer="undo", answered_by="U0ADA")
    unit.queues.actions.put(undo, group=ACME)
    unit.act()
    assert ([], DecisionState.UNDONE) == ([*unit.made], ordered(unit).state)


def test_words_are_told_once_though_the_answer_was_lost() -> None:
    """And the ticket is made by the repetition."""
    unit = SurfaceUnit()
    unit.chat.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        unit.writes("Rotate the signing keys")
    unit.writes("Rotate the signing keys")
    assert (1, 1) == (len(unit.chat.notices), len(unit.made))


def test_where_the_rules_forbid_it_an_order_is_none() -> None:
    """What is off is off for everybody, and the answer says so."""
    off = {**ASKING.rules, ActionKind.CREATE: Rule(mode=Mode.OFF)}
    unit = SurfaceUnit(rules=off)
    root = unit.said("The invoice export times out")
    unit.tracks(root)
    assert ([], DecisionState.DISMISSED) == ([*unit.made], ordered(unit).state)
    assert ["Not done. Create a ticket:"] == [entry.headline for entry in unit.answers_in(root)]


def test_nothing_is_told_where_the_chat_does_not_let_us_in() -> None:
    """The connection is marked, and the queue does not bring it again."""
    unit = SurfaceUnit()
    chat = unit.chat
    unit.failing["chat"] = AccessRevoked("no", provider=Provider.SLACK)
    for what in (asked(a_message()), TicketAsked(trigger_id="trigger-1"), TicketWritten(form="V1", words="Rotate")):
        unit.asks(what)
    assert ({}, [], [], 3) == (chat.forms, chat.notices, [*unit.log], len(unit.losses))


def test_what_is_asked_of_the_same_words_is_answered_by_tracking_them() -> None:
    """However they are worded there, and with its alternatives: nobody could have them made a ticket twice."""
    unit = SurfaceUnit()
    root = unit.said("A pigeon sits in the server room")
    new, of_one, beside = CreateTicket(title="Pigeon", description=""), a_comment("ticket-1"), a_comment("ticket-2")
    either = [a_proposal(each, root.id).model_copy(update={"exclusive": True}) for each in (new, of_one)]
    unit.judged(a_judgement(*either, a_proposal(beside, root.id)))
    unit.brought_on(root)
    assert [DecisionState.PROPOSED] * 3 == [decision.state for decision in unit.log]

    unit.tracks(root, words="Have the pigeon moved")

    assert ["Have the pigeon moved"] == [ticket.title for ticket in unit.made]
    assert [beside] == [decision.action for decision in unit.log if decision.awaits_answer]


def test_a_ticket_that_was_asked_for_beside_a_question_is_made_once() -> None:
    """Whoever says yes to one of two cards about the same words has answered both."""
    unit = SurfaceUnit()
    root = unit.said("We will let Ben go in May", private=True)
    unit.judged(a_judgement(a_proposal(CreateTicket(title="Ben", description=""), root.id)))
    unit.brought_on(root)
    unit.tracks(root)
    [of_analyst] = [decision for decision in unit.log if decision.order is None]
    assert [DecisionState.PROPOSED] * 2 == [decision.state for decision in unit.log]

    yes = {"answer": "approve", "answered_by": "U0ADA", "revision": of_analyst.revision}
    act(ActionRequest(tenant_id=ACME, decision_id=of_analyst.id, **yes), unit)

    assert 1 == len(unit.made)
    assert [DecisionState.DONE, DecisionState.DISMISSED] == sorted((d.state for d in unit.log), reverse=True)
