"""Link the pull requests that people name in the chat with the tickets that they speak of there."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pm_assistant.domain.code import PullRequestId, ThreadMention
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.planning import page_of_pull_request, pull_request_at
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Conversation, Message, permalink, permalink_in
from pm_assistant.language.text import keys
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.linking import link_to_tickets
from pm_assistant.workflows.connections.queries import chat_url

MOST_TOPICS = 3
"""Tickets that a thread is about at most; one that goes through more of them says of none which work is for it."""
NOT_ABOUT = frozenset({DecisionState.DISMISSED, DecisionState.UNDONE})
_ADDRESS = re.compile(r"https?://[^\s<>|]+")


def link_from_talk(conversation: Conversation, decisions: Iterable[Decision], tenant: Tenant, unit: Unit) -> None:
    """Link what each thread of a conversation names, and no longer what it named before; safe to repeat.

    What was said in private links nothing: everybody who sees a link sees that there was such talk.

    Args:
        conversation: as it reads now.
        decisions: what it has led to.
        tenant: of the unit.
        unit: of work.

    Raises:
        Conflict: others kept changing a pull request; repeat.
    """
    threads: dict[str, list[Message]] = defaultdict(list)
    for message in conversation.messages:  # In a burst each message is a thread that nobody has answered.
        threads[message.root_ts].append(message)
    surely = [d for d in decisions if d.confidence >= tenant.settings.ask_from and d.state not in NOT_ABOUT]
    for messages in threads.values():
        _link_from_thread(messages, surely, tenant, unit)


def follow_in_links(change: ChannelChanged, unit: Unit) -> None:
    """Let links that rest on what was said in a channel follow: to its new id, and away where it is private now."""
    if change.now is None and not change.private:
        return
    tenant = unit.stores.tenants.get(unit.tenant_id)
    for pull_request in unit.stores.code.pull_requests_named_in(tenant.id, change.channel):
        for mention in pull_request.mentions_in(change.channel):
            if change.now is not None and not change.private:
                address = {"channel": change.now, "url": permalink_in(mention.url, change.channel, change.now)}
                moved = mention.model_copy(update={"at": unit.now(), **address})
                unit.stores.code.record(tenant.id, moved, keep_days=0)
            ended = mention.model_copy(update={"at": unit.now(), "tickets": (), "url": ""})
            unit.stores.code.record(tenant.id, ended, keep_days=0)
        link_to_tickets(pull_request.id, tenant, unit)


def _link_from_thread(messages: Sequence[Message], decisions: Iterable[Decision], tenant: Tenant, unit: Unit) -> None:
    root = messages[0]
    shown = [] if any(message.private for message in messages) else [m for m in messages if not m.deleted]
    named = _named_in(shown, unit)
    ids = set(named)
    if any(message.deleted or message.edited_ts for message in messages):
        before = unit.stores.code.pull_requests_named_in(tenant.id, root.channel, root_ts=root.root_ts)
        ids.update(pull_request.id for pull_request in before)
    base_url = chat_url(unit) if ids else None
    if base_url is None:
        return
    topics = _topics(shown, decisions, unit)
    for id in sorted(ids):
        naming = named.get(id, [])
        mention = ThreadMention(
            pull_request_id=id,
            at=unit.now(),
            read=True,
            channel=root.channel,
            root_ts=root.root_ts,
            tickets=tuple(_keys(naming, unit) or topics) if naming else (),
            url=permalink(base_url, naming[0]) if naming else "",
        )
        _keep(mention, tenant, unit)


def _named_in(messages: Iterable[Message], unit: Unit) -> Mapping[PullRequestId, Sequence[Message]]:
    """The pull requests whose addresses are said, each with the messages that say it."""
    pages = [(page, message) for message in messages for page in _pages(message.text)]
    repositories = unit.stores.code.repositories(unit.tenant_id) if pages else ()
    named: dict[PullRequestId, list[Message]] = defaultdict(list)
    for page, message in pages:
        if (id := pull_request_at(page, repositories)) is not None:
            named[id].append(message)
    return named


def _pages(text: str) -> Iterator[str]:
    addresses = (address.rstrip(".,;:!?)") for address in _ADDRESS.findall(text))
    return (page for address in addresses if (page := page_of_pull_request(address)))


def _topics(messages: Sequence[Message], decisions: Iterable[Decision], unit: Unit) -> Collection[str]:
    """The tickets that a thread is about: those that it names, or else those that it was judged to be about."""
    ids = {message.id for message in messages}
    cited = [each for each in decisions if not ids.isdisjoint(receipt.message_id for receipt in each.evidence)]
    judged = dict.fromkeys(ticket for each in cited if (ticket := each.action.about_ticket) is not None)
    topics = _keys(messages, unit) or judged
    return topics if len(topics) <= MOST_TOPICS else ()


def _keys(messages: Iterable[Message], unit: Unit) -> Collection[str]:
    """The keys of our teams that are said, outside the addresses of pull requests."""
    said = [_ADDRESS.sub(_unless_pull_request, message.text) for message in messages]
    found = {key for text in said for key in keys(text)}
    teams = {team.key for team in unit.stores.directory.teams(unit.tenant_id)} if found else set()
    return sorted(key for key in found if key.rpartition("-")[0] in teams)


def _unless_pull_request(address: re.Match[str]) -> str:
    return " " if page_of_pull_request(address[0]) else address[0]


def _keep(mention: ThreadMention, tenant: Tenant, unit: Unit) -> None:
    known = unit.stores.code.pull_request(tenant.id, mention.pull_request_id)
    before = known.mentions.get(mention.thread) if known is not None else None
    if (mention.tickets, mention.url) != ((before.tickets, before.url) if before is not None else ((), mention.url)):
        unit.stores.code.record(tenant.id, mention, keep_days=0)
    link_to_tickets(mention.pull_request_id, tenant, unit)
