"""Keep of conversations what later judgements may learn from, in place of what was kept of their messages before."""

from collections.abc import Collection, Sequence

from pm_assistant.domain.history import Keeping, PastConversation, speakers_of, stretches
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Conversation, Message, MessageId
from pm_assistant.language.key_terms import key_terms
from pm_assistant.language.ranking.said import words_said
from pm_assistant.ports.unit import Unit


def record_conversation(conversation: Conversation, tenant: Tenant, unit: Unit) -> None:
    """Keep the most telling terms of a conversation that was judged; of what is deleted nothing is left.

    What was said in public since it was heard last is counted as a conversation.

    Raises:
        Conflict: others kept changing what is kept with a speaker; repeat.
    """
    keeping = Keeping(unit.now(), tenant.settings.retention_days)
    heard: list[PastConversation] = []
    kept: list[Message] = []
    if tenant.settings.channels.reads(conversation.channel):
        kept = [message for message in conversation.shown_messages if message.received_at > keeping.since]
        heard = [
            _heard(said, {message.id for message in kept}, conversation, keeping) for said in stretches(conversation)
        ]
    before = unit.stores.history.keep(tenant.id, conversation, [each for each in heard if each.terms], keeping)
    fresh = [message for message in kept if before is None or message.posted_at > before]
    if not conversation.private and (words := words_said(fresh)):
        unit.stores.history.count(tenant.id, words, keeping)


def _heard(
    said: Sequence[Message], shown: Collection[MessageId], conversation: Conversation, keeping: Keeping
) -> PastConversation:
    kept = [message for message in said if message.id in shown]
    spoke = {message.author for message in said if not message.deleted}
    ends_at = keeping.end_of(min((message.received_at for message in kept), default=keeping.now))
    return PastConversation(
        channel=conversation.channel,
        root_ts=said[0].root_ts,
        private=conversation.private,
        authors=tuple(author for author in speakers_of(said) if author in spoke),
        at=said[-1].posted_at,
        ends_at=ends_at.replace(microsecond=0),
        terms=key_terms(kept),
        threaded=conversation.threaded,
    )
