"""Whoever asks us where we are named is answered there, once, and from stored facts alone."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.surfaces import Mentioned
from pm_assistant.domain.tenants import Provider, Settings, Standing
from pm_assistant.domain.work import Message
from pm_assistant.presentation.replies import OF_THE_TEAM_ONLY, OLDER, OTHERS_READ
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.surfaces import knowledge
from pm_assistant.workflows.surfaces.questions import answer_mention
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    TODO,
    a_comment,
    a_decision,
    a_judgement,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
    going_back,
)
from tests.fakes.vendors import FakeAnalyst
from tests.workflows.pipeline.unit import AnalyzeUnit

US = "<@U0APP>"
SECRET = ENG.model_copy(update={"id": "team-sec", "key": "SEC", "private": True})


class AskedUnit(AnalyzeUnit):
    """A team with three tickets that everybody may read, and one of a private team; Ada works on the first."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.directory.put_teams(ACME, [ENG, SECRET])
        self.stores.directory.put_members(ACME, [a_member("ada", github_login="ada"), a_member("gus")])
        self.chat.people = [a_member("ada", github_login="ada"), a_member("gus")]
        ada = {"assignee_id": "lin-ada", "assignee_name": "Ada"}
        self.tickets = [
            a_ticket(1, title="Coupon vanishes in checkout", state=DOING, **ada),
            a_ticket(2, title="Export invoices as CSV", state=TODO),
            a_ticket(3, title="Slow search", state=DONE, completed_at=self.now() - timedelta(hours=1), **ada),
            a_ticket(9, key="SEC-9", title="Coupon fraud", team_id=SECRET.id, state=DOING, **ada),
        ]
        self.stores.tickets.put_all(ACME, self.tickets)

    def asks(self, text: str, *, below: Message | None = None, times: int = 1, **changes: object) -> Message:
        """Ada says something to us, of which we are told so many times."""
        at = 60 if below is None else 90
        root = {"root_ts": below.root_ts} if below is not None else {}
        message = a_message(at, f"{US} {text}", **root, **changes)
        self.say(message)
        for _ in range(times):
            self.told(message)
        return message

    def told(self, message: Message) -> None:
        """We are told of a message that names us."""
        mentioned = Mentioned(channel=message.channel, root_ts=message.root_ts, ts=message.ts)
        answer_mention(mentioned, message.author, self.unit(ACME))

    @property
    def log(self) -> Sequence[Decision]:
        """All decisions."""
        return self.stores.decisions.since(ACME, NOW - timedelta(days=1))

    @property
    def lines(self) -> list[CardEntry]:
        """What stands in the channel of ours."""
        return [entry for card in self.chat.cards.values() for entry in card.entries]

    @property
    def named(self) -> list[str]:
        """The tickets and pull requests that it names."""
        return [line.link_text for line in self.lines]


@pytest.fixture
def unit() -> AskedUnit:
    """The team."""
    return AskedUnit()


def test_the_state_of_a_ticket_is_told_with_its_link(unit: AskedUnit) -> None:
    """Below the question, by whoever has it."""
    question = unit.asks("what is the state of ENG-1?")
    [line] = unit.lines
    assert ("In Progress:", "ENG-1 Coupon vanishes in checkout") == (line.headline, line.link_text)
    assert unit.tickets[0].url == line.url
    assert line.detail.startswith("Ada has it")
    assert {question.ts} == set(unit.chat.threads.values())


def test_a_question_is_answered_once_however_often_it_is_told(unit: AskedUnit) -> None:
    """Slack delivers some events several times."""
    unit.asks("who works on ENG-1?", times=5)
    assert ["Ada works on"] == [line.headline for line in unit.lines]


def test_an_answer_that_was_lost_on_the_way_is_found_and_not_given_twice(unit: AskedUnit) -> None:
    """It is looked for before it is sent again."""
    unit.chat.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        unit.asks("who works on ENG-1?")
    unit.told(a_message(60, f"{US} who works on ENG-1?"))
    assert 1 == len(unit.chat.cards)


def test_a_question_may_be_about_words(unit: AskedUnit) -> None:
    """Only tickets that share them are named, and never one that not everybody may read."""
    unit.asks("is there a ticket for the coupon that vanishes?")
    assert ["ENG-1 Coupon vanishes in checkout"] == unit.named


@pytest.mark.parametrize("asked", ["what is the state of SEC-9?", "who works on SEC-9?", "what about coupon fraud?"])
def test_a_private_team_s_ticket_is_as_good_as_none(unit: AskedUnit, asked: str) -> None:
    """Not all who are in the channel may read it."""
    unit.asks(asked)
    assert not any("SEC-9" in line.link_text for line in unit.lines)
    assert not any("fraud" in line.detail for line in unit.lines)


def test_what_is_not_known_is_said_plainly(unit: AskedUnit) -> None:
    """In one line that makes up nothing."""
    unit.asks("what is the state of ENG-77?")
    assert ["I know of no ticket ENG-77 that everybody here may read."] == [line.headline for line in unit.lines]


def test_a_thread_s_ticket_is_named_where_nothing_else_is_asked_about(unit: AskedUnit) -> None:
    """The one that was decided on there."""
    root = a_message(0, "It is there again")
    unit.say(root)
    decided = a_decision(message=root, action=a_comment("ticket-2"), state=DecisionState.DONE, performed="r")
    unit.stores.decisions.save(decided)
    unit.asks("is there a ticket for this?", below=root)
    assert ["ENG-2 Export invoices as CSV"] == unit.named


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Customers write about ENG-2 again", ["ENG-2 Export invoices as CSV"]),
        ("They call it <https://tracker.other.example/browse/ENG-2>", []),
    ],
)
def test_a_thread_s_ticket_is_one_that_is_named_as_ours(unit: AskedUnit, said: str, named: list[str]) -> None:
    """Another tracker's of the same key is none."""
    root = a_message(0, said)
    unit.say(root)
    unit.asks("is there a ticket for this?", below=root)
    assert named == unit.named


def test_where_talk_has_no_ticket_one_is_proposed_in_one_message(unit: AskedUnit) -> None:
    """People press its button; it quotes what was said before, and nothing of the question."""
    root = a_message(0, "Could we have dark mode on the tablet app please")
    unit.say(root)
    unit.asks("is there a ticket for this?", below=root, times=5)
    for put in unit.queues.actions.puts:
        assert isinstance(put.message, ActionRequest)
        act(put.message, unit.unit(ACME))
    [decision] = unit.log
    assert DecisionState.PROPOSED is decision.state
    assert isinstance(decision.action, CreateTicket)
    assert [root.id] == [receipt.message_id for receipt in decision.evidence]
    [entry] = unit.lines
    assert entry.headline.startswith("Shall I?")
    assert "approve" in entry.answers


def test_what_was_asked_for_stays_asked_whatever_else_is_judged(unit: AskedUnit) -> None:
    """Later talk in the thread that leads to nothing takes no question back; an edit of what it quotes does."""
    root = a_message(0, "Could we have dark mode on the tablet app please")
    unit.say(root)
    unit.asks("is there a ticket for this?", below=root)
    later = a_message(100, "that would be nice", root_ts=root.ts)
    unit.say(later)
    unit.analyst = FakeAnalyst(a_judgement(), a_judgement())
    unit.touched(later, force=True)
    assert [DecisionState.PROPOSED] == [d.state for d in unit.log if d.order is not None]
    edited = {"text": "Never mind", "edited_ts": f"{float(root.ts) + 200:.6f}", "received_at": unit.now()}
    unit.say(root.model_copy(update=edited))
    unit.touched(later, force=True)
    assert [DecisionState.DISMISSED] == [d.state for d in unit.log if d.order is not None]


def test_nothing_is_proposed_where_the_team_has_us_only_watch(unit: AskedUnit) -> None:
    """It is said that there is none."""
    unit.stores.tenants.put(a_tenant(settings=Settings(shadow=True)))
    root = a_message(0, "Could we have dark mode on the tablet app please")
    unit.say(root)
    unit.asks("is there a ticket for this?", below=root)
    assert ["I know of no ticket for this."] == [line.headline for line in unit.lines]


def test_an_order_is_not_answered_as_a_question(unit: AskedUnit) -> None:
    """It is carried out, which is its answer."""
    unit.asks("close ENG-1")
    unit.asks("thanks a lot!")
    assert {} == unit.chat.cards


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT, None])
def test_who_is_not_of_the_team_learns_nothing(unit: AskedUnit, standing: Standing | None) -> None:
    """They alone are told why, once."""
    standings = {Provider.SLACK: standing} if standing else {}
    unit.chat.people = [a_member("ada", standings=standings)] if standing else []
    question = unit.asks("what is the state of ENG-1?", times=5)
    assert {} == unit.chat.cards
    whisper = (question.channel, question.root_ts, question.author, OF_THE_TEAM_ONLY)
    assert [whisper] == unit.chat.whispers


def test_where_other_companies_read_no_ticket_is_named(unit: AskedUnit) -> None:
    """Whoever asks is told where to ask instead."""
    unit.asks("what is the state of ENG-1?", outside=True, private=True)
    assert {} == unit.chat.cards
    assert OTHERS_READ in unit.chat.whispers[0][3]


def test_what_waits_for_whoever_asks_is_told_with_where(unit: AskedUnit) -> None:
    """What people are asked about one's own tickets, and whose review is awaited."""
    said = a_message(0, "It is done I think")
    unit.say(said)
    unit.stores.decisions.save(a_decision(message=said, action=a_comment("ticket-1"), state=DecisionState.PROPOSED))
    secret = a_message(5, "Psst", private=True)
    unit.say(secret)
    hidden = a_decision(message=secret, action=a_comment("ticket-3"), state=DecisionState.PROPOSED, private=True)
    unit.stores.decisions.save(hidden)
    unit.asks("what waits for me?")
    assert ["ENG-1 Coupon vanishes in checkout"] == unit.named
    assert unit.lines[0].url.startswith("https://acme.slack.com/")


def test_where_more_may_wait_than_was_looked_through_the_answer_says_so(
    unit: AskedUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many questions there are, so many decisions are looked through."""
    monkeypatch.setattr(knowledge, "LATEST", 1)
    for saved in (False, True):
        unit.chat.cards.clear()
        if saved:
            unit.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
        unit.asks("what waits for me?", ts=f"{1_763_631_061 + saved}.000200", root_ts=f"{1_763_631_061 + saved}.000200")
        assert saved == (OLDER in [line.headline for line in unit.lines])


def test_a_review_that_is_awaited_waits(unit: AskedUnit) -> None:
    """By whoever is asked for it; of private repositories not even the name is told."""
    for id, private in (("900", False), ("901", True)):
        unit.stores.code.record(ACME, a_repository(id, private=private), keep_days=90)
        awaited = a_pull_request(7, repository_id=id, title=f"In {id}", requested=("ada",))
        unit.stores.code.record(ACME, awaited, keep_days=90)
    unit.asks("what needs my review?")
    assert [("Awaits your review:", "acme/shop#7 In 900")] == [(line.headline, line.link_text) for line in unit.lines]


def test_what_somebody_does_and_did_is_told(unit: AskedUnit) -> None:
    """Of whoever asks, or of whom they name; without private teams' tickets."""
    unit.asks("what is Ada working on?")
    assert ["ENG-1 Coupon vanishes in checkout"] == unit.named
    unit.chat.cards.clear()
    unit.told(unit.asks("what did I do this week?", ts="1763631061.000200", root_ts="1763631061.000200"))
    assert ["ENG-3 Slow search"] == unit.named


def test_a_deleted_question_is_not_answered(unit: AskedUnit) -> None:
    """Nobody waits for it any more."""
    message = a_message(60, f"{US} who works on ENG-1?")
    unit.say(message)
    unit.stores.messages.delete(ACME, message.channel, message.root_ts, message.ts, at=unit.now())
    unit.told(message)
    assert {} == unit.chat.cards


@pytest.mark.parametrize(
    ("question", "days", "said"),
    [
        ("what did I do last week?", 2, True),
        ("what did I do last week?", 14, False),
        ("what did I do today?", 2, False),
        ("what has no ticket?", 2, True),
        ("what has no ticket?", 14, False),
        ("what is the state of ENG-1?", 2, False),
    ],
)
def test_an_answer_says_what_the_teams_plan_leaves_out(unit: AskedUnit, question: str, days: int, said: bool) -> None:
    """Where the question goes further back than the plan, and nowhere else."""
    unit.stores.tenants.put(unit.stores.tenants.get(ACME).model_copy(update={"billing": going_back(days)}))

    unit.asks(question)

    assert unit.lines
    assert said is any("your team's plan does not go further back" in line.headline for line in unit.lines)
