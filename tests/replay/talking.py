"""What people do in Slack."""

from collections.abc import Callable

from infra.sandbox.linear.state import Issue
from infra.sandbox.slack.state import Message
from tests.replay.company import PEOPLE
from tests.replay.people import Acts, People

CLAIMS = ("is done, deployed to production", "is what I'm working on now", "is up for review: I opened the PR")
"""What people say of a ticket's progress; of these nothing is taken back."""


class Talking(People):
    """What may happen in the chat."""

    @property
    def talking(self) -> Acts:
        """All of it."""
        return {
            self._say: 14,
            self._reply: 8,
            self._correct: 3,
            self._take_back: 2,
            self._react: 1,
            self._join: 1,
            self._move_house: 1,
            self._come_and_go: 2,
            self._ask: 2,
            self._be_passed_over: 2,
            self._reshape: 2,
            self._point: 6,
        }

    def _say(self) -> str:
        channel, user = self._channel(), self._any(PEOPLE)
        text = self._words()
        self._vendors.control("slack/messages", channel=channel, user=user, text=text)
        return f"{user} in #{channel}: {text}"

    def _reply(self) -> str | None:
        root = self._message(lambda message: message.thread_ts in {None, message.ts})
        if root is None:
            return None
        user, text = self._any(PEOPLE), self._words()
        self._vendors.control("slack/messages", channel=root.channel, user=user, text=text, thread_ts=root.ts)
        return f"{user} below {root.ts}: {text}"

    def _correct(self) -> str | None:
        message = self._message(lambda message: not message.text.endswith(CLAIMS))
        if message is None:
            return None
        text = self._any(["Thanks!", f"{self._key(self._ticket())} as well ({next(self._numbers)})"])
        self._vendors.clock.pass_by(seconds=1)  # Slack says in whole seconds when a message was changed.
        self._vendors.control("slack/edit", channel=message.channel, ts=message.ts, text=text)
        return f"{message.ts} reads now: {text}"

    def _take_back(self) -> str | None:
        message = self._message(lambda message: not message.text.endswith(CLAIMS))
        if message is None:
            return None
        self._vendors.control("slack/delete", channel=message.channel, ts=message.ts)
        return f"{message.ts} is deleted"

    def _react(self) -> str | None:
        message = self._message()
        if message is None:
            return None
        self._vendors.control("slack/react", channel=message.channel, ts=message.ts, name="eyes", user="ana")
        return f"eyes on {message.ts}"

    def _join(self) -> str:
        handle = f"new{next(self._numbers)}"
        self._vendors.control("people", handle=handle, slack=self._any(["member", "guest"]))
        return f"{handle} joins"

    def _move_house(self) -> str:
        handle, zone = self._any(PEOPLE), self._any(["Asia/Tokyo", "America/New_York", "Europe/Berlin"])
        self._away -= {handle}
        self._vendors.clock.pass_by(seconds=1)
        self._vendors.control("people", handle=handle, time_zone=zone, slack="member")
        return f"{handle} lives in {zone}"

    def _come_and_go(self) -> str:
        handle = self._any(PEOPLE)
        self._away ^= {handle}
        self._vendors.clock.pass_by(seconds=1)  # Slack says in whole seconds when a person changed.
        self._vendors.control("people", handle=handle, slack="deactivated" if handle in self._away else "member")
        return f"{handle} {'leaves' if handle in self._away else 'is back'}"

    def _ask(self) -> str:
        """Somebody asks, and two answer the same."""
        channel, issue = self._channel(), self._unclaimed()
        if issue is None:
            return self._say()
        question, claim = f"({next(self._numbers)}) What about {self._key(issue)}?", self._any(CLAIMS)
        asked = self._vendors.control("slack/messages", channel=channel, user=self._any(PEOPLE), text=question)
        for _ in range(2):
            self._vendors.clock.pass_by(seconds=self._random.uniform(1, 20))
            self._below(asked["ts"], channel, f"({next(self._numbers)}) {self._key(issue)} {claim}")
        return f"#{channel}: {question} is answered twice: {claim}"

    def _be_passed_over(self) -> str:
        """Somebody says how far a ticket is, somebody else says something, and that alone is answered."""
        channel, issue = self._channel(), self._unclaimed()
        if issue is None:
            return self._say()
        claim = f"({next(self._numbers)}) {self._key(issue)} {self._any(CLAIMS)}"
        self._vendors.control("slack/messages", channel=channel, user=self._any(PEOPLE), text=claim)
        self._vendors.clock.pass_by(seconds=self._random.uniform(1, 20))
        lunch = f"({next(self._numbers)}) Lunch?"
        said = self._vendors.control("slack/messages", channel=channel, user=self._any(PEOPLE), text=lunch)
        self._vendors.clock.pass_by(seconds=self._random.uniform(1, 20))
        self._below(said["ts"], channel, f"({next(self._numbers)}) Yes!")
        return f"#{channel}: {claim}; {lunch} Yes!"

    def _point(self) -> str | None:
        """Somebody says where work is, with the ticket or below one that does, and may take that back."""
        pulls, channel = list(self._vendors.world.github.pulls.values()), self._channel()
        if not pulls:
            return None
        issue = self._vendors.world.issues[self._any(self._talked_of)]
        pull, key, user = self._any(pulls), self._key(issue), self._any(PEOPLE)
        world = self._vendors.world
        place = world.full_name(world.repository_of(pull))
        url = f"<{world.github_url}/{place}/pull/{pull.number}>"
        number = next(self._numbers)
        named = self._any([f"({number}) {key}: see {url}", f"({number}) See {url}"])
        root = self._message(lambda message: message.thread_ts in {None, message.ts})
        is_below = root is not None and self._random.random() < 0.5
        below = {"thread_ts": root.ts, "channel": root.channel} if root is not None and is_below else {}
        said = self._vendors.control("slack/messages", **{"channel": channel, "user": user, "text": named, **below})
        if self._random.random() < 0.3:
            self._vendors.clock.pass_by(seconds=self._random.uniform(1, 20))
            text = self._any([f"({number}) never mind", f"({number}) {key}: rather {url}"])
            at = {"channel": below.get("channel", channel), "ts": said["ts"]}
            self._vendors.control("slack/edit", **at, text=text)
        return f"{user} below {below or channel}: {named}"

    def _below(self, root_ts: str, channel: str, text: str) -> None:
        self._vendors.control("slack/messages", channel=channel, user=self._any(PEOPLE), text=text, thread_ts=root_ts)

    def _reshape(self) -> str | None:
        """A channel is called otherwise, closed to others, or put away for an hour."""
        channel = self._any(list(self._vendors.world.channels.values()))
        change = self._any([{"name": f"room-{next(self._numbers)}"}, {"private": True}, {"archived": True}])
        if "private" in change and self._vendors.world.messages.get(channel.id):
            return None  # Whether what was said is done or asked about depends on which of the two we hear of first.
        by = {"channel": channel.id, "user": "ana"}
        self._vendors.control("slack/channels/change", **by, **change)
        if "archived" in change:
            self._vendors.clock.pass_by(seconds=3_600)
            self._vendors.control("slack/channels/change", **by, archived=False)
        return f"{channel.id}: {change}"

    def _channel(self) -> str:
        """By its id, as names change."""
        return str(self._any(list(self._vendors.world.channels)))

    def _unclaimed(self) -> Issue | None:
        free = [id for id in self._talked_of if id not in self._claimed]
        if not free:
            return None
        issue = self._vendors.world.issues[self._any(free)]
        self._claimed.add(issue.id)
        return issue

    def _words(self) -> str:
        issue = self._vendors.world.issues[self._any(self._talked_of)]
        small_talk = ["Lunch at twelve?", "Thanks!", "The catalogue has no CSV import, could somebody build one?"]
        questions = ["Has anybody looked into {}?", "Two customers complain again, see {}"]
        claims = [f"{{}} {claim}" for claim in CLAIMS]
        words = str(self._any([*small_talk, *questions, *claims]))
        if words in claims and issue.id in self._claimed:
            words = questions[0]
        elif words in claims:
            self._claimed.add(issue.id)
        return f"({next(self._numbers)}) {words.format(self._key(issue))}"

    def _message(self, where: Callable[[Message], bool] = lambda _: True) -> Message | None:
        messages = [each for said in self._vendors.world.messages.values() for each in said]
        found: Message | None = self._any([each for each in messages if not each.tombstone and where(each)] or [None])
        return found
