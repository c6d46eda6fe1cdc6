"""What is compared: our product's model of work, what it has done at the vendors, and what stands there."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from infra.sandbox.github.work import Discussed
from infra.sandbox.github.work import PullRequest as PullRequestThere
from infra.sandbox.world import SandboxWorld
from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.code import CodeComment, Part, PullRequest
from pm_assistant.domain.planning import Attachment, TicketComment
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.domain.work import Ticket
from tests.builders import ACME
from tests.fakes.stores import FakeStores

type Picture = Mapping[str, Mapping[str, Any]]
"""By kind and name."""

_HOW_WE_KNOW = {"at", "read", "kind"}
"""Of which moment a part is and how we heard of it: nobody sees that, and it differs by the way we heard."""
_COMMENT = re.compile(r"#comment-\w+")


def known(stores: FakeStores) -> Picture:
    """The model of work: tickets, people, what is built and said, and how these hang together."""
    code, directory = stores.code, stores.directory
    pulls = {id: pull for (_, id), pull in code._pull_requests.items() if pull.facts}
    comments = [part for part in code._alone.values() if isinstance(part, CodeComment) and not part.deleted]
    issues = code.issues(ACME)
    messages = [message for message in stores.messages._messages.values() if not message.deleted]
    planned = stores.planning.everything(ACME)
    said = [part for part in planned if isinstance(part, TicketComment) and not part.deleted]
    attached = [part for part in planned if isinstance(part, Attachment) and not part.removed]
    return {
        "tickets": {ticket.key: _ticket(ticket) for ticket in stores.tickets.all(ACME)},
        "ticket comments": {part.id: _plain(part) for part in said},
        "attachments": {part.id: _plain(part) for part in attached},
        "teams": {team.key: team.model_dump(mode="json") for team in directory.teams(ACME)},
        "people": {m.id: _person(m) for m in directory.members(ACME)},
        "pull requests": {id: _pull_request(pull) for id, pull in pulls.items()},
        "links": {id: _links(pull) for id, pull in pulls.items()},
        "texts": {id: code.description(ACME, id) for id in pulls},
        "checks": dict(_checks(stores, pulls)),
        "repositories": {place.id: _plain(place) for place in code.repositories(ACME)},
        "issues": {f"{i.repository_id}:{i.number}": _plain(i) | {"closed": i.closed_at is not None} for i in issues},
        "code comments": {f"{c.repository_id}:{c.number} {c.id}": _plain(c) for c in comments},
        "messages": {m.id: m.model_dump(mode="json", exclude={"received_at", "edited_ts"}) for m in messages},
    }


def covered(stores: FakeStores) -> Picture:
    """How far each source has been read, and whether anything is left to be read or made up for."""
    readings = stores.code.coverage(ACME).items()
    gaps = stores.readings.gaps(ACME, limit=99)
    places = [each for source in Provider for each in stores.readings.positions(ACME, source)]
    return {
        "coverage": {id: (reading.pull_request_at, reading.issue_at) for id, reading in readings},
        "places": {f"{each.source} {each.place}": _position(each) for each in places},
        "left open": {f"{gap.source} {gap.place}": gap.found_at for gap in gaps if gap.repaired_at is None},
    }


def _position(position: Position) -> Any:
    """By which moment a place is read differs with how long it took; each is to be read to its end."""
    fields = position.model_dump(mode="json", exclude={"read_to", "since", "reading"})
    return fields | {"read": position.read_to is not None, "under way": position.reading is not None}


def done(world: SandboxWorld) -> Picture:
    """What our product has done at the vendors, and how often; mostly without the receipts, which may grow."""
    app, bot = world.organization.app.id, world.workspace.bot.user_id
    ours = [comment for comment in world.comments.values() if comment.user_id == app]
    words = [f"{world.identifier(world.issues[c.issue_id])}: {_words(c.body)}" for c in ours]
    cards = [each for said in world.messages.values() for each in said if each.user == bot]
    shown = [(each.channel, each.thread_ts, tuple(sorted(_COMMENT.sub("", each.text).splitlines()))) for each in cards]
    made = [issue.title for issue in world.issues.values() if issue.creator_id == app]
    return {
        "comments": _counted(words),
        "cards": _counted(shown),
        "cards of one kind": _counted([(each.metadata or {}).get("event_payload", {}).get("id") for each in cards]),
        "tickets made": _counted(made),
        "states": {world.identifier(each): world.state(each.state_id).name for each in world.issues.values()},
    }


def _words(body: str) -> str:
    """What a comment of ours says; where people have deleted that, as may be of several, what else tells it apart."""
    words, _, receipts = body.partition("\n\n")
    return body if words == TAKEN_BACK and receipts else words


def repeated(effects: Picture) -> list[str]:
    """What has been done more than once."""
    counts = [(kind, name, times) for kind, names in effects.items() for name, times in names.items()]
    return [f"{kind} {name}: {times} times" for kind, name, times in counts if isinstance(times, int) and times > 1]


def standing(world: SandboxWorld) -> Picture:
    """What stands at the vendors, as far as it can be said in the words of our own model."""
    issues = [issue for issue in world.issues.values() if not issue.trashed]
    people = {person.slack_id for person in world.people}
    said = [each for messages in world.messages.values() for each in messages if each.user in people]
    discussed = [each for each in world.github.issues.values() if not each.deleted and each.moved_to is None]
    return {
        "tickets": {
            world.identifier(issue): {
                "title": issue.title,
                "description": issue.description or "",
                "state": world.state(issue.state_id).name,
                "assignee_id": issue.assignee_id,
                "creator_id": issue.creator_id,
                "parent_id": issue.parent_id,
                "priority": issue.priority,
            }
            for issue in issues
        },
        "pull requests": {_name(pull): _pull_request_there(pull) for pull in world.github.pulls.values()},
        "issues": {_name(issue): {"title": issue.title, "closed": bool(issue.closed_at)} for issue in discussed},
        "messages": {
            f"{each.channel}:{each.ts}": {
                "text": each.text,
                "root_ts": each.thread_ts or each.ts,
                "author": each.user,
            }
            for each in said
            if not each.tombstone
        },
    }


def differences(one: Picture, other: Picture) -> Iterator[str]:
    """Where two pictures differ, in words; nothing where they are the same."""
    for kind in sorted({*one, *other}):
        left, right = one.get(kind, {}), other.get(kind, {})
        for name in sorted({*left, *right}):
            if left.get(name) != right.get(name):
                yield f"{kind} {name}: {_where(left.get(name), right.get(name))}"


def _where(left: Any, right: Any) -> str:
    if isinstance(left, dict) and isinstance(right, dict):
        names = [name for name in {**left, **right} if left.get(name) != right.get(name)]
        return "; ".join(f"{name}: {left.get(name)!r} | {right.get(name)!r}" for name in names)
    return f"{left!r} | {right!r}"


def _person(member: Member) -> Any:
    """Where those live who have left nobody says."""
    has_left = member.standings.get(Provider.SLACK) is Standing.LEFT
    return member.model_dump(mode="json", exclude={"changed_at", *(["time_zone"] if has_left else [])})


def _ticket(ticket: Ticket) -> Any:
    """When we have moved it ourselves depends on when we heard of what."""
    fields = ticket.model_dump(mode="json", exclude={"updated_at", "started_at", "completed_at", "state"})
    return fields | {"done": ticket.completed_at is not None, "state": ticket.state.name}


def _pull_request(pull: PullRequest) -> Any:
    assert pull.facts is not None
    queued = pull.queue_entry is not None and pull.queue_entry.queued
    return {
        **_plain(pull.facts),
        "merged": bool(pull.facts.merged_at),
        "closed": bool(pull.facts.closed_at),
        "stage": pull.stage,
        "size": pull.size and _plain(pull.size),
        "queued": queued and not pull.stage.over,
        "reviews": {id: _plain(review) for id, review in sorted(pull.reviews.items())},
        "unresolved threads": pull.unresolved_threads,
    }


def _pull_request_there(pull: PullRequestThere) -> Any:
    return {
        "title": pull.title,
        "branch": pull.head,
        "base": pull.base,
        "draft": pull.draft,
        "merged": bool(pull.merged_at),
        "closed": bool(pull.closed_at),
    }


def _links(pull: PullRequest) -> Any:
    """What it awaits shows when that comes."""
    links = pull.ticket_links
    return links and links.model_dump(mode="json", exclude={*_HOW_WE_KNOW, "text_digest", "awaits"})


def _checks(stores: FakeStores, pulls: Mapping[Any, PullRequest]) -> Iterator[tuple[str, Any]]:
    """Of what is open: of what is over nobody asks, and they are not read."""
    for id, pull in pulls.items():
        if pull.facts and not pull.stage.over:
            commit = (pull.facts.repository_id, pull.facts.head)
            yield id, {each.result for each in stores.code.checks(ACME, [commit]).values()}


def _plain(part: Part) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude=_HOW_WE_KNOW)


def _counted(things: list[Any]) -> Mapping[str, int]:
    return {str(thing): times for thing, times in Counter(things).items()}


def _name(thing: Discussed) -> str:
    return f"{thing.repository_id}:{thing.number}"
