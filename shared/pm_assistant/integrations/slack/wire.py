"""A Slack message as Slack writes it, in an event and in a channel's history alike."""

from datetime import datetime

from pydantic import Field

from pm_assistant.domain.work import Listed, Message
from pm_assistant.integrations.webhooks import Payload
from pm_assistant.language.forwarding import with_forwarded

TIMESTAMP = r"^\d{1,10}\.\d{1,6}$"

SPEECH = frozenset({None, "file_share", "thread_broadcast", "me_message"})
"""Subtypes with which a person says something; all others are notices such as `channel_join`."""


class Edit(Payload):
    """Who last changed a message, and when."""

    ts: str = Field(pattern=TIMESTAMP)


class File(Payload):
    """A file that hangs on a message; a deleted one has lost its name."""

    id: str = ""
    name: str | None = None


class Attachment(Payload):
    """What hangs on a message: a preview of what it links to, or another message that its author shares with it."""

    is_share: bool | None = None
    text: str | None = None


class SlackMessage(Payload):
    """The fields we read; a nested message of `message_changed` may lack even `ts` and `user`."""

    ts: str | None = Field(default=None, pattern=TIMESTAMP)
    thread_ts: str | None = Field(default=None, pattern=TIMESTAMP)
    latest_reply: str | None = Field(default=None, pattern=TIMESTAMP)
    reply_count: int = 0
    user: str | None = None
    text: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    bot_profile: object | None = None
    edited: Edit | None = None
    files: tuple[File, ...] | None = None
    attachments: tuple[Attachment, ...] | None = None

    @property
    def by_bot(self) -> bool:
        """Whether a program wrote it; a bot's own `chat.postMessage` carries no subtype, only `bot_id`."""
        return self.subtype == "bot_message" or self.bot_id is not None or self.bot_profile is not None

    @property
    def listed(self) -> Listed:
        """That it is there, whoever wrote it."""
        return Listed(
            ts=self.ts or "",
            deleted=self.subtype == "tombstone",
            replies=self.reply_count,
            latest_reply=self.latest_reply,
        )

    def to_message(
        self,
        *,
        channel: str,
        ts: str,
        author: str,
        edited_ts: str | None,
        private: bool,
        received_at: datetime,
        outside: bool = False,
    ) -> Message:
        """Say the same in the product's words; text entities such as `<@U1>` stay as Slack sends them."""
        shared = [each.text for each in self.attachments or () if each.is_share and each.text]
        return Message(
            channel=channel,
            ts=ts,
            root_ts=self.thread_ts or ts,
            author=author,
            text=with_forwarded(self.text or "", shared),
            edited_ts=edited_ts,
            files=tuple(file.name or file.id for file in self.files or ()),
            private=private,
            outside=outside,
            received_at=received_at,
        )
