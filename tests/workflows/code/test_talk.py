"""A pull request that people name where they speak of a ticket is linked with it, as long as they say so."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.code import CodePart, Description
from pm_assistant.domain.decisions import Judgement
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.events import ChannelChanged, CodeChanged, ConversationTouched, EventEnvelope
from pm_assistant.domain.links import Link, LinkKind, LinkSource
from pm_assistant.domain.tenants import Channels, Settings
from pm_assistant.domain.work import Message
from pm_assistant.workflows.code.linking import link_awaiting
from pm_assistant.workflows.code.queries import show_pull_request
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.pipeline.conversations import conversation_at
from tests.builders import (
    ACME,
    NOW,
    a_comment,
    a_judgement,
    a_message,
    a_proposal,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
)
from tests.workflows.pipeline.unit import AnalyzeUnit

PAGE = "<https://github.com/acme/shop/pull/1>"
ROOT = a_message(0, "The coupon is gone again, see ENG-1")
EMPTY = Judgement(proposals=(), model="scripted")


class Talking(AnalyzeUnit):
    """A team that talks, with a ticket and an open pull request that names none."""

    def __init__(self, *answers: Judgement, known: bool = True) -> None:
        super().__init__(*(answers or (EMPTY,) * 9))
        if known:
            self.build()

    def build(self) -> None:
        """Have the code host tell of the repository and of the pull request."""
        self.record(a_repository(), a_pull_request())

    def record(self, *parts: CodePart) -> None:
        """Take in what the code host tells."""
        record_code(CodeChanged(parts=parts), self)

    def talk(self, *messages: Message) -> None:
        """Have this be said, and judged when it is quiet."""
        self.say(*messages)
        self.at += timedelta(minutes=2)
        self.touched(messages[-1], force=True)

    @property
    def links(self) -> dict[str, Link]:
        """The links of the pull request, by ticket."""
        known = self.stores.code.pull_request(ACME, a_pull_request().pull_request_id)
        links = known.ticket_links if known is not None else None
        return {each.ticket_id: each.link for each in links.links} if links is not None else {}


def reply(text: str = f"fixed in {PAGE}", offset: float = 60, **changes: Any) -> Message:
    """An answer in the thread."""
    return a_message(offset, text, root_ts=ROOT.ts, **changes)


def edited(message: Message, text: str) -> Message:
    """The same message with other words."""
    return message.model_copy(update={"text": text, "edited_ts": "1795167900.000000"})


def test_a_thread_that_names_a_ticket_and_a_pull_request_links_the_two() -> None:
    """As a mention, with the message that names the pull request as evidence, and none of its words."""
    unit = Talking()
    unit.talk(ROOT, reply())
    link = unit.links["ticket-1"]
    address = f"https://acme.slack.com/archives/C0ENG/p{reply().ts.replace('.', '')}?thread_ts={ROOT.ts}&cid=C0ENG"
    assert (LinkKind.MENTIONS, LinkSource.THREAD, "ENG-1", address) == (
        link.kind,
        link.evidence.source,
        link.evidence.words,
        link.evidence.url,
    )
    (shown,) = show_pull_request("900:1", unit).tickets
    assert ("ENG-1", address) == (shown.key, shown.evidence_url)


def test_what_the_pull_request_says_itself_counts_more() -> None:
    """Whichever comes first."""
    unit = Talking()
    unit.talk(ROOT, reply())
    facts = a_pull_request(at=NOW + timedelta(hours=1))
    unit.record(facts, Description(pull_request_id=facts.pull_request_id, at=facts.at, text="Fixes ENG-1"))
    assert {"ticket-1": LinkKind.CLOSES} == {id: link.kind for id, link in unit.links.items()}


@pytest.mark.parametrize(("confidence", "linked"), [(0.9, {"ticket-1"}), (0.54, set())])
def test_a_thread_is_about_the_ticket_that_it_was_judged_to_be_about(confidence: float, linked: set[str]) -> None:
    """Though nobody says its key, and only if that is sure enough to be asked about."""
    root = ROOT.model_copy(update={"text": "The coupon is gone again"})
    unit = Talking(a_judgement(a_proposal(a_comment(), root.id, confidence=confidence)))
    unit.talk(root, reply())
    assert linked == unit.links.keys()


def test_what_was_judged_together_with_others_before_it_was_a_thread_says_nothing_of_it() -> None:
    """Whoever reads it only when it is one would not take it to be about that."""
    root = ROOT.model_copy(update={"text": "Thanks!"})
    before = a_message(-5, "The coupon is gone again, see ENG-1")
    unit = Talking(a_judgement(a_proposal(a_comment(), before.id, root.id)), *[EMPTY] * 9)
    unit.talk(before, root)
    unit.talk(reply())
    assert set() == unit.links.keys()


@pytest.mark.parametrize(
    ("messages", "linked"),
    [
        ([a_message(0, f"ENG-1 is fixed by {PAGE}")], {"ticket-1"}),
        ([a_message(0, "ENG-1 is bad"), a_message(5, f"unrelated: {PAGE}")], set()),
        ([a_message(0, f"{PAGE} is for <https://linear.app/acme/issue/ENG-1/coupon|that>.")], {"ticket-1"}),
        ([a_message(0, "ENG-1? see https://github.com/acme/shop/pull/1.")], {"ticket-1"}),
        ([ROOT, reply("<https://github.com/acme/shop/pull/1/files#diff|here>")], {"ticket-1"}),
        ([ROOT, reply("<https://github.com/acme/other/pull/1>")], set()),
        ([a_message(0, f"<https://github.com/acme/eng-1/pull/2> and {PAGE}")], set()),
        ([ROOT, reply(f"UTF-8 is broken {PAGE}")], {"ticket-1"}),
        ([ROOT, reply("ENG-2, ENG-3 and ENG-4, too"), reply(offset=70)], set()),
        ([ROOT, reply("ENG-2, ENG-3 and ENG-4, too"), reply(f"ENG-2: {PAGE}", 70)], {"ticket-2"}),
        ([ROOT.model_copy(update={"private": True}), reply(private=True)], set()),
        ([ROOT, reply(private=True)], set()),
    ],
)
def test_only_what_is_said_together_for_all_to_read_is_linked(messages: list[Message], linked: set[str]) -> None:
    """In one thread, or in one message of a burst; not in private, and not where many tickets are gone through."""
    unit = Talking()
    unit.stores.tickets.put(ACME, a_ticket(2))
    unit.talk(*messages)
    assert linked == unit.links.keys()


def test_a_link_goes_when_people_delete_or_edit_what_it_rests_on() -> None:
    """And comes back with the words."""
    for after in ("deleted", "edited", "ticket edited"):
        unit = Talking()
        unit.talk(ROOT, reply())
        if after == "deleted":
            unit.stores.messages.delete(ACME, "C0ENG", ROOT.ts, reply().ts, at=unit.now())
            unit.at += timedelta(minutes=2)
            unit.touched(reply(), force=True)
        elif after == "edited":
            unit.talk(edited(reply(), "fixed"))
        else:
            unit.talk(edited(ROOT, "The coupon is gone again"))
        assert {} == unit.links
        unit.talk(reply("ENG-1 is what it is for: " + PAGE, 90))
        assert {"ticket-1"} == unit.links.keys()


def test_what_is_deleted_in_a_channel_that_is_not_read_any_more_takes_its_link_along() -> None:
    """What people delete is forgotten there, too."""
    unit = Talking()
    unit.talk(ROOT, reply())
    unit.stores.tenants.put(a_tenant(settings=Settings(channels=Channels(deny=("C0ENG",)))))
    unit.stores.messages.delete(ACME, "C0ENG", ROOT.ts, reply().ts, at=unit.now())
    unit.touched(reply(), force=True)
    assert {} == unit.links


def test_a_pull_request_or_a_ticket_that_is_told_of_after_the_talk_is_linked_then() -> None:
    """Vendors tell in no order."""
    unit = Talking(known=False)
    unit.record(a_repository())
    unit.talk(ROOT, reply("for ENG-7: " + PAGE))
    unit.build()
    assert {} == unit.links
    unit.stores.tickets.put(ACME, a_ticket(7))
    link_awaiting(a_ticket(7), unit)
    assert {"ticket-7"} == unit.links.keys()


@pytest.mark.parametrize("private", [False, True])
def test_a_link_follows_its_channel_to_another_id_and_goes_where_the_channel_is_made_private(private: bool) -> None:
    """There is one address for it, and nothing of a private channel."""
    unit = Talking()
    unit.talk(ROOT, reply())
    for _ in range(2):
        unit.handle(EventEnvelope(tenant_id=ACME, event=ChannelChanged(channel="C0ENG", now="C0NEW", private=private)))
        unit.handle(EventEnvelope(tenant_id=ACME, event=ChannelChanged(channel="C0NEW", outside=True)))
    addresses = [link.evidence.url or "" for link in unit.links.values()]
    assert ([] if private else [True]) == ["/C0NEW/" in url and url.endswith("cid=C0NEW") for url in addresses]
    unit.handle(EventEnvelope(tenant_id=ACME, event=ChannelChanged(channel="C0NEW", private=True)))
    assert {} == unit.links


def test_judging_the_same_once_more_changes_nothing() -> None:
    """Nor does talk without any pull request, or in which nothing has changed, ask who was named before."""
    unit = Talking()
    unit.talk(ROOT, reply())
    known = unit.stores.code.pull_request(ACME, a_pull_request().pull_request_id)
    touch = ConversationTouched(channel="C0ENG", ts=ROOT.ts, root_ts=ROOT.ts)
    if (conversation := conversation_at(touch, unit)) is not None:
        unit.stores.conversations.forget(ACME, conversation)
    unit.at += timedelta(hours=1)
    unit.touched(reply(), force=True)
    assert known == unit.stores.code.pull_request(ACME, a_pull_request().pull_request_id)

    def fails(*_: Any, **__: Any) -> Any:
        raise UpstreamUnavailable("nobody is to ask")

    unit.stores.code.pull_requests_named_in = unit.stores.code.repositories = fails  # type: ignore[method-assign]
    unit.talk(a_message(900, "ENG-1 again"))
