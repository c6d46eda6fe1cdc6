"""What every chat promises: it sends at once, and what an answer was lost of can be found, if rarely."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pm_assistant.domain.errors import Conflict, NotFound, RateLimited, UpstreamUnavailable
from pm_assistant.domain.home import Home, HomeSection
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Card, CardEntry, Line, Report, ReportKind, Section
from pm_assistant.domain.tenants import Provider, Standing
from pm_assistant.domain.work import Channel, Message, MessagePage
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.ports.vendors import Chat
from tests.builders import NOW, a_member, a_message
from tests.contracts.sandbox import Sandbox, running
from tests.fakes.vendors import FakeChat
from tests.infra.sandbox.running import SetClock
from tests.reading import channels_of, pages_of

SLACK_TOKEN = "xoxb-sandbox-velunda"


@dataclass
class ChatCase:
    """A chat, a channel of it with one thread, and ways to look at it from outside.

    `history_reads` counts what was asked of what may be asked once a minute only.
    """

    chat: Chat
    channel: str
    root: Message
    person: str
    clock: SetClock
    say: Callable[[str, str | None], str]
    cards: Callable[[], list[str]]
    reports: Callable[[], int]
    posts: Callable[[], list[str]]
    lose_next_answer: Callable[[], None]
    limit_next: Callable[[], None]
    history_reads: Callable[[], int]
    join: Callable[[str], str]
    whispers: Callable[[], list[tuple[str, str]]]
    close: Callable[[str], None]
    homes: Callable[[], list[str]]
    ask: Callable[[], str]
    answers: Callable[[], list[str]]

    def patiently[T](self, ask: Callable[[], T]) -> T:
        """Ask until there is an answer, waiting as long as the chat says."""
        while True:
            try:
                return ask()
            except RateLimited as limited:
                self.clock.pass_by(seconds=limited.retry_after)

    def pages(self, since: datetime, reads: Callable[[str], bool] = lambda channel: True) -> list[Sequence[Message]]:
        """All pages of what was said since then."""
        channels = [channel for channel in channels_of(self.chat) if reads(channel.id)]
        read = (page for channel in channels for page in pages_of(self.chat, channel, since, self.patiently))
        return [page.messages for page in read]

    def said_since(self, since: datetime) -> list[Message]:
        """What was said in the channel since then, oldest first."""
        said = [m for page in self.pages(since, lambda channel: channel == self.channel) for m in page]
        return sorted(said, key=lambda message: float(message.ts))


def fake_case() -> ChatCase:
    """The fake with one member and one message."""
    root, clock = a_message(), SetClock(NOW + timedelta(hours=1))
    chat = FakeChat(messages=[root], members=[a_member()], clock=clock)

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

    def close(reason: str) -> None:
        chat.closed = {root.channel} if reason else set()

    def ask() -> str:
        address = f"https://hooks.slack.com/commands/{len(chat.answerable)}"
        chat.answerable[address] = 5
        return address

    chat.absent.add("U0ELSEWHERE")
    chat.listeners[root.channel] = ["U0ADA"]
    return ChatCase(
        chat=chat,
        channel=root.channel,
        root=root,
        person="U0ADA",
        clock=clock,
        say=say,
        cards=cards,
        reports=lambda: len(chat.reports),
        posts=lambda: [report.title for place, report in chat.reports if place == root.channel],
        lose_next_answer=chat.lose_next_answer,
        limit_next=lambda: chat.fail_next(RateLimited("slow down", retry_after=1)),
        history_reads=lambda: chat.history_reads,
        join=join,
        whispers=whispers,
        close=close,
        homes=lambda: [home.sections[0].title for home in chat.homes.values()],
        ask=ask,
        answers=lambda: [reply.title for _, reply in chat.answers],
    )


def answered(sandbox: Sandbox, person: str, known: int) -> list[str]:
    """What a person has been answered since so much was known: the first line of each."""
    told = sandbox.state()["slack"]["ephemerals"][known:]
    return [each["text"].splitlines()[0] for each in told if each["user"] == person and not each["thread_ts"]]


def title_of(message: dict[str, Any]) -> str:
    """What a report in a message is called."""
    return str(message["text"]).splitlines()[0].strip("*")


def slack_case(sandbox: Sandbox, clock: SetClock) -> ChatCase:
    """Slack as the sandbox plays it, with a fresh thread."""
    clock.pass_by(days=30)  # away from what the tests before said, and from when they asked
    chat = SlackChat(SLACK_TOKEN, f"{sandbox.url}/slack/api/", timeout=2)
    before = sandbox.state()
    person, channel = before["slack"]["users"][0]["id"], "engineering"

    def say(text: str, root_ts: str | None) -> str:
        clock.pass_by(seconds=1)
        return sandbox.say(text, channel=channel, user=person, thread_ts=root_ts)

    root_ts = say("The coupon vanishes in checkout again", None)
    channel_id = next(each["id"] for each in before["slack"]["channels"] if each["name"] == channel)
    root = a_message(text="The coupon vanishes in checkout again", channel=channel_id, ts=root_ts, root_ts=root_ts)

    def ours(state: dict[str, Any], channel: str) -> list[dict[str, Any]]:
        return [message for message in state["slack"]["messages"].get(channel, []) if message.get("bot_id")]

    def cards() -> list[str]:
        in_channel = ours(sandbox.state(), channel_id)
        return [message["text"].split(" <")[0] for message in in_channel if message.get("thread_ts") == root_ts]

    def reports() -> int:
        now = sandbox.state()
        direct = [channel for channel in now["slack"]["messages"] if channel.startswith("D")]
        return sum(len(ours(now, channel)) - len(ours(before, channel)) for channel in direct)

    def history_reads() -> int:
        methods = ("slack.conversations.history", "slack.conversations.replies")
        now = sandbox.state()
        return sum(now["requests"].get(method, 0) - before["requests"].get(method, 0) for method in methods)

    def join(slack: str) -> str:
        return sandbox.join(slack, slack=slack)

    def whispers() -> list[tuple[str, str]]:
        told = sandbox.state()["slack"]["ephemerals"]
        return [(each["user"], each["text"]) for each in told if each["thread_ts"] == root_ts]

    return ChatCase(
        chat=chat,
        channel=channel_id,
        root=root,
        person=person,
        clock=clock,
        say=say,
        cards=cards,
        reports=reports,
        posts=lambda: [title_of(each) for each in ours(sandbox.state(), channel_id)[len(ours(before, channel_id)) :]],
        lose_next_answer=lambda: sandbox.fault("slack", "chat.postMessage", "timeout"),
        limit_next=lambda: sandbox.fault("slack", "chat.postMessage", "rate_limit"),
        history_reads=history_reads,
        join=join,
        whispers=whispers,
        close=partial(sandbox.close_channel, channel),
        homes=lambda: [home["blocks"][0]["text"]["text"] for home in sandbox.state()["slack"]["homes"].values()],
        ask=lambda: sandbox.command("help", channel=channel, user=person),
        answers=partial(answered, sandbox, person, len(before["slack"]["ephemerals"])),
    )


@pytest.fixture(scope="module")
def clock() -> SetClock:
    """The sandbox's."""
    return SetClock()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory, clock: SetClock) -> Iterator[Sandbox]:
    """One sandbox for all tests of this file; it lets us ask as rarely as Slack lets unlisted apps."""
    directory: Path = tmp_path_factory.mktemp("sandbox")
    with running(directory, clock=clock) as server:
        yield server


@pytest.fixture(params=["fake", "slack"])
def case(request: pytest.FixtureRequest) -> ChatCase:
    """Every implementation in turn."""
    if request.param == "fake":
        return fake_case()
    return slack_case(request.getfixturevalue("sandbox"), request.getfixturevalue("clock"))


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


def test_what_is_sent_asks_for_nothing_that_was_said(case: ChatCase) -> None:
    """However much is sent: what may be asked once a minute is not for what happens all the time."""
    for number in range(3):
        ts = case.chat.post(case.channel, case.root.ts, a_card(f"card-{number}"))
        case.chat.update(case.channel, ts, a_card(f"card-{number}", "Moved"))
        case.chat.direct_message(case.person, a_report(f"run-{number}"))

    assert 3 == len(case.cards())
    assert 3 == case.reports()
    assert 0 == case.history_reads()


def test_cards_stand_side_by_side(case: ChatCase) -> None:
    """Also two of one id: whoever posts knows whether it is there."""
    first, second = (case.chat.post(case.channel, case.root.ts, a_card()) for _ in range(2))

    assert first != second
    assert 2 == len(case.cards())


@pytest.mark.thorough
def test_a_card_whose_answer_was_lost_is_found(case: ChatCase) -> None:
    """The nasty case: it is there, and we were not told; another card of that time is not it."""
    began_at = case.clock.now
    case.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        case.chat.post(case.channel, case.root.ts, a_card())
    other = case.chat.post(case.channel, case.root.ts, a_card("card-2"))
    case.clock.pass_by(minutes=20)
    ts = case.patiently(lambda: case.chat.find_card(case.channel, case.root.ts, a_card(), since=began_at))

    assert ts is not None
    assert other != ts
    case.chat.update(case.channel, ts, a_card(headline="Moved"))
    assert ["Moved", "Commented on"] == case.cards()


def test_a_card_that_was_never_posted_is_not_found(case: ChatCase) -> None:
    """Nor is one of another thread, or of long before."""
    case.chat.post(case.channel, case.root.ts, a_card())
    elsewhere = case.say("something else", None)
    case.clock.pass_by(minutes=20)

    def find(root_ts: str, id: str) -> str | None:
        now = case.clock.now
        return case.patiently(lambda: case.chat.find_card(case.channel, root_ts, a_card(id), since=now))

    assert [None, None, None] == [
        find(case.root.ts, "card-9"),
        find(elsewhere, "card-1"),
        find(case.root.ts, "card-1"),
    ]


def test_where_a_card_stands_may_be_asked_once_a_minute(case: ChatCase) -> None:
    """Whoever comes too early is told when to come again, and gets an answer then."""
    began_at = case.clock.now
    case.chat.post(case.channel, case.root.ts, a_card())

    def find() -> str | None:
        return case.chat.find_card(case.channel, case.root.ts, a_card(), since=began_at)

    assert find()
    case.clock.pass_by(seconds=15)
    with pytest.raises(RateLimited) as limited:
        find()
    assert 45 == limited.value.retry_after
    case.clock.pass_by(seconds=45)
    assert find()


def test_a_card_is_updated_in_place(case: ChatCase) -> None:
    """People see one message change."""
    ts = case.chat.post(case.channel, case.root.ts, a_card())

    case.chat.update(case.channel, ts, a_card(headline="Moved"))

    assert ["Moved"] == case.cards()


def test_a_card_that_somebody_removed_cannot_be_updated(case: ChatCase) -> None:
    """The caller learns it and decides."""
    with pytest.raises(NotFound):
        case.chat.update(case.channel, "1700000000.000100", a_card())


def test_a_report_is_changed_where_it_stands(case: ChatCase) -> None:
    """In the channel and in its thread, whatever it says then; it is found as before."""
    began_at = case.clock.now
    root = case.chat.post_report(case.channel, a_report())
    below = case.chat.post_report(case.channel, a_report("run-1.1"), below=root)

    case.chat.update_report(case.channel, root, a_report().model_copy(update={"title": "Changed"}))
    nothing = {"title": "Nothing more", "sections": ()}
    case.chat.update_report(case.channel, below, a_report("run-1.1").model_copy(update=nothing))

    assert ["Changed", "Nothing more"] == case.posts()
    case.clock.pass_by(minutes=20)
    find = partial(case.chat.find_report, case.channel, a_report(), since=began_at)
    assert root == case.patiently(find)


def test_a_report_that_somebody_removed_or_in_a_closed_channel_cannot_be_changed(case: ChatCase) -> None:
    """The caller learns it and decides."""
    with pytest.raises(NotFound):
        case.chat.update_report(case.channel, "1700000000.000100", a_report())
    ts = case.chat.post_report(case.channel, a_report())
    case.close("is_archived")
    with pytest.raises(NotFound):
        case.chat.update_report(case.channel, ts, a_report())
    case.close("")


def test_what_comes_too_often_was_not_sent(case: ChatCase) -> None:
    """So nobody has to look for it."""
    case.limit_next()
    with pytest.raises(RateLimited):
        case.chat.post(case.channel, case.root.ts, a_card())
    case.limit_next()
    with pytest.raises(RateLimited):
        case.chat.direct_message(case.person, a_report())

    assert ([], 0) == (case.cards(), case.reports())


@pytest.mark.thorough
def test_a_report_whose_answer_was_lost_is_found(case: ChatCase) -> None:
    """Among all that was sent to that person at that time; another is not."""
    began_at = case.clock.now
    case.lose_next_answer()

    with pytest.raises(UpstreamUnavailable):
        case.chat.direct_message(case.person, a_report("run-3"))
    other = case.chat.direct_message(case.person, a_report("run-4"))
    case.clock.pass_by(minutes=20)

    def find(id: str, since: datetime) -> str | None:
        return case.patiently(lambda: case.chat.find_direct_message(case.person, a_report(id), since=since))

    assert other == find("run-4", began_at)
    assert find("run-3", began_at) not in {None, other}
    assert find("run-5", began_at) is None
    assert find("run-3", case.clock.now) is None
    assert 2 == case.reports()


@pytest.mark.thorough
def test_a_report_has_its_rest_in_its_thread_where_it_is_found(case: ChatCase) -> None:
    """With a person as in a channel; what stands below one message does not stand beside it."""
    for send, find, place in (
        (case.chat.direct_message, case.chat.find_direct_message, case.person),
        (case.chat.post_report, case.chat.find_report, case.channel),
    ):
        began_at = case.clock.now
        root = send(place, a_report("run-7"))
        case.lose_next_answer()
        with pytest.raises(UpstreamUnavailable):
            send(place, a_report("run-7.1"), below=root)
        found = partial(find, place, a_report("run-7.1"), since=began_at)
        case.clock.pass_by(minutes=20)

        assert case.patiently(partial(found, below=root)) not in {None, root}
        assert case.patiently(found) is None


def test_a_channel_tells_what_it_is_and_who_is_in_it(case: ChatCase) -> None:
    """By its id; of one that is not there nothing is told."""
    assert case.channel == case.chat.channel(case.channel).id
    assert case.person in case.chat.people_in(case.channel)
    for ask in (case.chat.channel, case.chat.people_in):
        with pytest.raises(NotFound):
            ask("C0NOWHERE")


def test_in_a_channel_that_is_closed_to_us_no_report_is_posted(case: ChatCase) -> None:
    """It lasts."""
    case.close("restricted_action")
    try:
        with pytest.raises(NotFound):
            case.chat.post_report(case.channel, a_report("run-9"))
    finally:
        case.close("")


def test_people_are_read_with_their_replies_and_without_our_cards(case: ChatCase) -> None:
    """What we post ourselves is not what the team says."""
    reply = case.say("fixed on main", case.root.ts)
    later = case.say("lunch?", None)
    case.chat.post(case.channel, case.root.ts, a_card())

    read = case.said_since(case.root.posted_at)

    assert [case.root.ts, reply, later] == [message.ts for message in read]
    assert [False, True, False] == [message.is_reply for message in read]
    assert read == case.said_since(case.root.posted_at)


def test_a_reply_is_found_though_its_thread_began_earlier(case: ChatCase) -> None:
    """Since when it was said is what counts, not since when the thread exists."""
    reply = case.say("fixed on main", case.root.ts)
    since = datetime.fromtimestamp(float(reply), UTC)

    assert [reply] == [message.ts for message in case.said_since(since)]


def test_a_long_history_comes_page_by_page(case: ChatCase) -> None:
    """Fifteen messages each at most, threads included; nothing is left out, and no page is asked for twice."""
    said = [case.root.ts, *(case.say(f"number {number}", None) for number in range(20))]
    said += [case.say(f"answer {number}", case.root.ts) for number in range(20)]

    pages = case.pages(case.root.posted_at, lambda channel: channel == case.channel)

    assert sorted(said) == sorted(message.ts for page in pages for message in page)
    assert all(len(page) <= 15 for page in pages)
    assert len(pages) > 2


def test_a_channel_is_read_newest_first_and_so_is_its_list(case: ChatCase) -> None:
    """A reading that is broken off has what matters most."""
    said = [case.root.ts, *(case.say(f"number {number}", None) for number in range(20))]

    pages = case.pages(case.root.posted_at, lambda channel: channel == case.channel)

    assert said[::-1] == [message.ts for page in pages for message in page]


def test_a_channel_lists_whatever_is_there_and_how_its_threads_end(case: ChatCase) -> None:
    """Also what was said long before, and our own: what is not listed any more was deleted."""
    replies = [case.say("fixed on main", case.root.ts), case.say("and live", case.root.ts)]
    since, channel = datetime.fromtimestamp(float(replies[1]), UTC), Channel(id=case.channel)
    before = case.root.posted_at - timedelta(seconds=1)
    page = case.patiently(lambda: case.chat.history(channel, since=since, roots_since=before))
    below = case.patiently(lambda: case.chat.replies(channel, case.root.ts, since=case.root.posted_at))

    assert [(case.root.ts, False, 2, replies[1])] == [
        (each.ts, each.deleted, each.replies, each.latest_reply) for each in page.listed or ()
    ]
    assert {*replies} <= {each.ts for each in below.listed or ()}


def test_channels_come_with_their_names(case: ChatCase) -> None:
    """People know them by these."""
    [channel] = [channel for channel in channels_of(case.chat) if channel.id == case.channel]

    assert (True, False, False) == (bool(channel.name), channel.private, channel.outside)


def test_nothing_was_said_in_a_channel_that_is_gone(case: ChatCase) -> None:
    """A reading may take hours, and meanwhile channels are left and threads are deleted."""
    since, gone = case.root.posted_at, Channel(id="C0GONE")
    read = (
        lambda: case.chat.history(gone, since=since, roots_since=since),
        lambda: case.chat.replies(gone, case.root.ts, since=since),
    )

    assert [MessagePage(), MessagePage()] == [case.patiently(page) for page in read]


def test_members_are_people_with_the_chats_ids(case: ChatCase) -> None:
    """Bots do not write standups."""
    members = case.chat.members()

    assert case.person in {member.id for member in members}
    assert all(member.id == member.slack_id and member.time_zone for member in members)
    pages = [case.chat.page_of_members()]
    while pages[-1].cursor is not None:
        pages.append(case.chat.page_of_members(cursor=pages[-1].cursor))
    assert members == [member for page in pages for member in page]
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
    before = case.said_since(case.root.posted_at)

    case.chat.post_ephemeral(case.channel, case.root.ts, case.person, "Nothing was done.")

    assert [(case.person, "Nothing was done.")] == case.whispers()
    assert before == case.said_since(case.root.posted_at)


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


def test_whoever_asks_is_answered_alone_a_few_times(case: ChatCase) -> None:
    """It is no message; after five the address takes no more, and one that nobody gave us takes none."""
    address, before = case.ask(), case.said_since(case.root.posted_at)
    for number in range(5):
        case.chat.respond(address, Reply(title=f"Answer {number}", text="a\nb"))
    with pytest.raises(NotFound):
        case.chat.respond(address, Reply(title="One more"))
    with pytest.raises(NotFound):
        case.chat.respond(f"{address}-nobodys", Reply(title="Who?"))
    assert [f"Answer {number}" for number in range(5)] == case.answers()
    assert before == case.said_since(case.root.posted_at)


def test_the_conversation_with_one_person_is_a_place_to_write(case: ChatCase) -> None:
    """The same each time, and a card stands below what that person was sent."""
    channel = case.chat.direct_channel(case.person)
    assert channel == case.chat.direct_channel(case.person)
    root_ts = case.chat.direct_message(case.person, a_report())
    ts = case.chat.post(channel, root_ts, a_card("card-1"))
    case.chat.update(channel, ts, a_card("card-1", "Moved"))


def test_a_channel_is_read_up_to_a_moment(case: ChatCase) -> None:
    """For a reading that goes on without its cursor; the moment itself is in it."""
    said = [case.root.ts, *(case.say(f"number {number}", None) for number in range(3))]
    [channel] = [channel for channel in channels_of(case.chat) if channel.id == case.channel]
    since, until = case.root.posted_at, datetime.fromtimestamp(float(said[1]), UTC)

    page = case.patiently(lambda: case.chat.history(channel, since=since, roots_since=since, until=until))

    assert ([said[1], said[0]], since) == ([message.ts for message in page.messages], page.oldest)


def a_home(title: str) -> Home:
    """A page with one section."""
    return Home(sections=(HomeSection(title=title, text="Nothing waits for you."),))


def test_a_persons_page_shows_what_was_published_last(case: ChatCase) -> None:
    """Every version has a name of its own, and takes the place of the one that it was made from."""
    first = case.chat.publish_home(case.person, a_home("Waiting"))
    second = case.chat.publish_home(case.person, a_home("Waiting still"), over=first)

    assert first != second
    assert "Waiting still" in case.homes()
    assert "Waiting" not in case.homes()


def test_a_page_that_has_changed_meanwhile_is_not_covered(case: ChatCase) -> None:
    """Whoever was slower learns it, and looks once more."""
    first = case.chat.publish_home(case.person, a_home("Waiting"))
    case.chat.publish_home(case.person, a_home("Answered"), over=first)

    with pytest.raises(Conflict):
        case.chat.publish_home(case.person, a_home("Late"), over=first)
    assert "Late" not in case.homes()
    case.chat.publish_home(case.person, a_home("Looked again"))
    assert "Looked again" in case.homes()


def test_nobody_has_no_page(case: ChatCase) -> None:
    """Who has left the workspace looks at nothing."""
    with pytest.raises(NotFound):
        case.chat.publish_home("U0ELSEWHERE", a_home("Waiting"))
