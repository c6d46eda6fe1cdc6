"""What every chat promises: one message for one id, whatever answers get lost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pm_assistant.domain.errors import NotFound, UpstreamUnavailable
from pm_assistant.domain.reports import Card, CardEntry, Line, Report, ReportKind, Section
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.domain.work import Message
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.ports.vendors import Chat
from tests.builders import NOW, a_member, a_message
from tests.contracts.sandbox import Sandbox, running
from tests.fakes.vendors import FakeChat

SLACK_TOKEN = "xoxb-sandbox-velunda"


@dataclass
class ChatCase:
    """A chat, a channel of it with one thread, and ways to look at it from outside."""

    chat: Chat
    channel: str
    root: Message
    person: str
    say: Callable[[str, str | None], str]
    cards: Callable[[], list[str]]
    reports: Callable[[], int]
    lose_next_answer: Callable[[], None]
    join: Callable[[str], str]
    whispers: Callable[[], list[tuple[str, str]]]
    close: Callable[[str], None]


def fake_case() -> ChatCase:
    """The fake with one member and one message."""
    root = a_message()
    chat = FakeChat(messages=[root], members=[a_member()])

    def say(text: str, root_ts: str | None) -> str:
        offset = 1.0 + len(chat.messages)
        said = a_message(offset, text, **({"root_ts": root_ts} if root_ts else {}))
        chat.messages.append(said)
        return said.ts

    def cards() -> list[str]:
        return [card.entries[0].headline for card in chat.cards.values()]

    def join(slack: str) -> str:
        standing = {"member": Standing.MEMBER, "guest": Standing.GUEST, "stranger": Standing.OUTSIDER}
        left = standing.get(slack, Standing.LEFT)
        chat.people.append(a_member(slack, linear_id=None, standings={Provider.SLACK: left}))
        return f"U0{slack.upper()}"

    def whispers() -> list[tuple[str, str]]:
        return [(user, text) for _, _, user, text in chat.whispers]

    chat.absent.add("U0ELSEWHERE")

    def reports() -> int:
        return len(chat.reports)

    def close(reason: str) -> None:
        chat.closed = {root.channel} if reason else set()

    writes = (say, cards, reports, chat.lose_next_answer)
    return ChatCase(chat, root.channel, root, "U0ADA", *writes, join, whispers, close)


def slack_case(sandbox: Sandbox) -> ChatCase:
    """Slack as the sandbox plays it, with a fresh thread."""
    chat = SlackChat(SLACK_TOKEN, f"{sandbox.url}/slack/api/", timeout=1)
    people = sandbox.state()["slack"]["users"]
    user = people[0]["id"]
    began = datetime.now(UTC) - timedelta(seconds=1)

    def say(text: str, root_ts: str | None) -> str:
        return sandbox.say(text, channel="engineering", user=user, thread_ts=root_ts)

    root_ts = say("The coupon vanishes in checkout again", None)
    root = next(message for message in chat.messages_since(began) if message.ts == root_ts)

    def ours(channel: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = sandbox.state()["slack"]["messages"][channel]
        return [message for message in messages if message.get("bot_id")]

    before = {channel: len(ours(channel)) for channel in sandbox.state()["slack"]["messages"]}

    def cards() -> list[str]:
        return [message["text"].split(" <")[0] for message in ours(root.channel) if message.get("thread_ts") == root_ts]

    def reports() -> int:
        everywhere = sandbox.state()["slack"]["messages"]
        direct = [channel for channel in everywhere if channel.startswith("D")]
        return sum(len(ours(channel)) - before.get(channel, 0) for channel in direct)

    def lose_next_answer() -> None:
        sandbox.fault("slack", "chat.postMessage", "timeout")

    def join(slack: str) -> str:
        return sandbox.join(slack, slack=slack)

    def whispers() -> list[tuple[str, str]]:
        told = sandbox.state()["slack"]["ephemerals"]
        return [(each["user"], each["text"]) for each in told if each["thread_ts"] == root_ts]

    close = partial(sandbox.close_channel, "engineering")
    return ChatCase(chat, root.channel, root, user, say, cards, reports, lose_next_answer, join, whispers, close)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One sandbox for all tests of this file."""
    directory: Path = tmp_path_factory.mktemp("sandbox")
    with running(directory) as server:
        yield server


@pytest.fixture(params=["fake", "slack"])
def case(request: pytest.FixtureRequest) -> ChatCase:
    """Every implementation in turn."""
    return fake_case() if request.param == "fake" else slack_case(request.getfixturevalue("sandbox"))


def a_card(id: str = "card-1", headline: str = "Commented on") -> Card:
    """A card with one linked entry."""
    entry = CardEntry(headline=headline, link_text="ENG-1 Checkout", url="https://linear.app/acme/issue/ENG-1")
    return Card(id=id, entries=(entry,))


def a_report(id: str = "run-1") -> Report:
    """A report with one fact."""
    line = Line(text="ENG-1 Checkout", url="https://linear.app/acme/issue/ENG-1")
    return Report(
        id=id,
        kind=ReportKind.STANDUP,
        title="Standup",
        day=NOW.date(),
        sections=(Section(title="Done", lines=(line,)), Section(title="In progress", lines=())),
    )


def test_a_card_is_posted_once(case: ChatCase) -> None:
    """Posting it again finds it, and brings it up to date."""
    first = case.chat.post(case.channel, case.root.ts, a_card())
    second = case.chat.post(case.channel, case.root.ts, a_card(headline="Moved"))

    assert first == second
    assert ["Moved"] == case.cards()


def test_cards_of_different_ids_stand_side_by_side(case: ChatCase) -> None:
    """The id is what makes a card the same, not its content."""
    first = case.chat.post(case.channel, case.root.ts, a_card("card-1"))
    second = case.chat.post(case.channel, case.root.ts, a_card("card-2"))

    assert first != second
    assert 2 == len(case.cards())


def test_a_card_whose_answer_was_lost_is_found(case: ChatCase) -> None:
    """The nasty case: it is there, and we were not told."""
    case.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        case.chat.post(case.channel, case.root.ts, a_card())
    case.chat.post(case.channel, case.root.ts, a_card())

    assert 1 == len(case.cards())


def test_a_card_is_updated_in_place(case: ChatCase) -> None:
    """People see one message change."""
    ts = case.chat.post(case.channel, case.root.ts, a_card())

    case.chat.update(case.channel, ts, a_card(headline="Moved"))

    assert ["Moved"] == case.cards()


def test_a_card_that_somebody_removed_cannot_be_updated(case: ChatCase) -> None:
    """The caller learns it and decides."""
    with pytest.raises(NotFound):
        case.chat.update(case.channel, "1700000000.000100", a_card())


def test_a_report_is_sent_once(case: ChatCase) -> None:
    """The same id gives the same address; another id is another message."""
    first = case.chat.direct_message(case.person, a_report("run-1"))
    again = case.chat.direct_message(case.person, a_report("run-1"))
    other = case.chat.direct_message(case.person, a_report("run-2"))

    assert first == again
    assert first != other
    assert first.startswith("http")
    assert 2 == case.reports()


def test_a_report_whose_answer_was_lost_is_found(case: ChatCase) -> None:
    """A retried standup does not arrive twice."""
    case.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        case.chat.direct_message(case.person, a_report("run-3"))
    case.chat.direct_message(case.person, a_report("run-3"))

    assert 1 == case.reports()


def test_people_are_read_with_their_replies_and_without_our_cards(case: ChatCase) -> None:
    """Oldest first; what we post ourselves is not what the team says."""
    reply = case.say("fixed on main", case.root.ts)
    later = case.say("lunch?", None)
    case.chat.post(case.channel, case.root.ts, a_card())

    read = [m for m in case.chat.messages_since(case.root.posted_at) if m.channel == case.channel]

    assert [case.root.ts, reply, later] == [message.ts for message in read]
    assert [False, True, False] == [message.is_reply for message in read]
    assert read == list(case.chat.messages_since(case.root.posted_at))


def test_a_reply_is_found_though_its_thread_began_earlier(case: ChatCase) -> None:
    """Since when it was said is what counts, not since when the thread exists."""
    reply = case.say("fixed on main", case.root.ts)
    since = datetime.fromtimestamp(float(reply), UTC)

    assert [reply] == [m.ts for m in case.chat.messages_since(since) if m.channel == case.channel]


def test_members_are_people_with_the_chats_ids(case: ChatCase) -> None:
    """Bots do not write standups."""
    members = case.chat.members()

    assert case.person in {member.id for member in members}
    assert all(member.id == member.slack_id and member.time_zone for member in members)
    assert not [member for member in members if "assistant" in member.name.lower() or member.id == "USLACKBOT"]


@pytest.mark.parametrize(
    ("slack", "standing"),
    [
        ("member", Standing.MEMBER),
        ("guest", Standing.GUEST),
        ("stranger", Standing.OUTSIDER),
        ("deactivated", Standing.LEFT),
    ],
)
def test_everybody_comes_with_what_they_are_in_the_workspace(case: ChatCase, slack: str, standing: Standing) -> None:
    """In the list as well as one by one, and at once: somebody may have joined a moment ago."""
    user = case.join(slack)

    assert standing is case.chat.member(user).standings[Provider.SLACK]
    assert [standing] == [m.standings[Provider.SLACK] for m in case.chat.members() if m.id == user]


def test_nobody_has_an_account_that_is_not_there(case: ChatCase) -> None:
    """The caller learns it and decides."""
    with pytest.raises(NotFound):
        case.chat.member("U0NOBODY")


def test_one_person_alone_can_be_told_something(case: ChatCase) -> None:
    """It is no message: what is said in the channel stays as it was."""
    before = list(case.chat.messages_since(case.root.posted_at))

    case.chat.post_ephemeral(case.channel, case.root.ts, case.person, "Nothing was done.")

    assert [(case.person, "Nothing was done.")] == case.whispers()
    assert before == list(case.chat.messages_since(case.root.posted_at))


def test_who_is_not_there_cannot_be_told(case: ChatCase) -> None:
    """The caller learns it and decides."""
    with pytest.raises(NotFound):
        case.chat.post_ephemeral(case.channel, case.root.ts, "U0ELSEWHERE", "Nothing was done.")


@pytest.mark.parametrize("reason", ["restricted_action_read_only_channel", "msg_blocked", "is_archived"])
def test_in_a_channel_that_is_closed_to_us_nothing_is_written(case: ChatCase, reason: str) -> None:
    """Neither a card nor a word to one person; once it is open again, both are."""
    ts = case.chat.post(case.channel, case.root.ts, a_card("card-1"))
    case.close(reason)
    writes: list[Callable[[], object]] = [
        lambda: case.chat.post(case.channel, case.root.ts, a_card("card-2")),
        lambda: case.chat.update(case.channel, ts, a_card("card-1", "Moved")),
        lambda: case.chat.post_ephemeral(case.channel, case.root.ts, case.person, "x"),
    ]
    try:
        for write in writes:
            with pytest.raises(NotFound):
                write()
    finally:
        case.close("")

    assert ["Commented on"] == case.cards()
    case.chat.update(case.channel, ts, a_card("card-1", "Moved"))
    assert ["Moved"] == case.cards()
