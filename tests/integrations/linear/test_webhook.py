"""Linear's deliveries, recorded and made up."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.events import (
    AccessLost,
    Dropped,
    PlanningChanged,
    TicketChanged,
    TicketChangedInPart,
    TicketRemoved,
    WebhookEvent,
)
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.planning import LONGEST_COMMENT, Attachment, PlanName, TicketComment
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Cycle, Project, StateType, Ticket
from pm_assistant.integrations.linear.webhook import LinearWebhook
from tests.builders import NOW
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.integrations.signing import SECRET, linear_event, linear_signed


def issue(**changes: Any) -> dict[str, Any]:
    """An issue as Linear sends it."""
    return {
        "id": "i-1",
        "identifier": "ENG-7",
        "number": 7,
        "title": "Checkout drops the coupon",
        "description": "On mobile.",
        "url": "https://linear.app/acme/issue/ENG-7",
        "priority": 2,
        "state": {"id": "s-1", "name": "Todo", "type": "unstarted", "color": "#fff"},
        "teamId": "t-1",
        "team": {"id": "t-1", "key": "ENG", "name": "Engineering"},
        "assigneeId": "u-1",
        "assignee": {"id": "u-1", "name": "Ada"},
        "creatorId": "u-2",
        "parentId": "i-0",
        "labels": [{"id": "l-1", "name": "Bug", "color": "#f00"}],
        "createdAt": "2026-11-01T10:00:00.000Z",
        "updatedAt": "2026-11-02T10:00:00.000Z",
        **changes,
    }


def event(data: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An issue's event."""
    return {
        "type": "Issue",
        "action": "update",
        "organizationId": "o-1",
        "createdAt": "2026-11-02T10:00:01.000Z",
        "url": "https://linear.app/acme/issue/ENG-7",
        "webhookTimestamp": int(NOW.timestamp() * 1000),
        "data": data,
        **changes,
    }


def accept(payload: Any) -> object:
    """Deliver a payload, signed."""
    return LinearWebhook(SECRET).accept(linear_event(payload), NOW)


def happening(payload: Any) -> object:
    """What a payload reports."""
    answer = accept(payload)
    assert isinstance(answer, WebhookEvent)
    assert "o-1" == answer.external_id
    return answer.happening


def changed(payload: Any) -> Ticket:
    """The ticket a payload reports as changed."""
    reported = happening(payload)
    assert isinstance(reported, TicketChanged)
    return reported.ticket


def test_an_issue_is_reported_with_everything_we_keep() -> None:
    """One delivery is enough to keep our index right."""
    ticket = changed(event(issue()))

    assert ("i-1", "ENG-7", "Checkout drops the coupon", "On mobile.") == (
        ticket.id,
        ticket.key,
        ticket.title,
        ticket.description,
    )
    assert ("s-1", "Todo", StateType.UNSTARTED) == (ticket.state.id, ticket.state.name, ticket.state.type)
    assert ("t-1", "u-1", "Ada", "u-2", "i-0", ("Bug",), 2) == (
        ticket.team_id,
        ticket.assignee_id,
        ticket.assignee_name,
        ticket.creator_id,
        ticket.parent_id,
        ticket.labels,
        ticket.priority,
    )
    assert datetime(2026, 11, 2, 10, tzinfo=UTC) == ticket.updated_at


def test_what_an_issue_is_planned_for_is_reported() -> None:
    """Project, cycle, estimate, due date, labels by id, and what it was called in former teams."""
    cycle = {"id": "c-1", "number": 12, "startsAt": "2026-11-02T00:00:00.000Z", "endsAt": "2026-11-16T00:00:00.000Z"}
    planned = {"projectId": "p-1", "project": {"id": "p-1", "name": "Launch"}, "cycleId": "c-1", "cycle": cycle}
    ticket = changed(event(issue(**planned, estimate=3, dueDate="2026-12-24", previousIdentifiers=["OPS-3"])))

    assert (Project(id="p-1", name="Launch"), 3, date(2026, 12, 24)) == (
        ticket.project,
        ticket.estimate,
        ticket.due_date,
    )
    assert ticket.cycle
    assert ("c-1", "Cycle 12", datetime(2026, 11, 16, tzinfo=UTC)) == (
        ticket.cycle.id,
        ticket.cycle.name,
        ticket.cycle.ends_at,
    )
    assert (("OPS-3",), ("l-1",)) == (ticket.former_keys, ticket.label_ids)


def test_a_plan_that_is_told_by_its_id_alone_or_misspelt_costs_no_more_than_that() -> None:
    """The rest of the issue is still told."""
    ticket = changed(event(issue(projectId="p-1", cycleId="c-1", dueDate="soon")))

    assert (Project(id="p-1"), Cycle(id="c-1"), None) == (ticket.project, ticket.cycle, ticket.due_date)


def planned(kind: str, data: dict[str, Any], **changes: Any) -> object:
    """What a payload tells of something beside the issues."""
    reported = happening(event({"id": "p-1", "updatedAt": "2026-11-02T09:59:00.000Z", **data}, type=kind, **changes))
    assert isinstance(reported, PlanningChanged)
    (part,) = reported.parts
    return part


@pytest.mark.parametrize(
    ("kind", "data", "name"),
    [
        ("Project", {"name": "Launch"}, "Launch"),
        ("IssueLabel", {"name": "bug"}, "bug"),
        ("Cycle", {"number": 12, "name": "Advent"}, "Advent"),
        ("Cycle", {"number": 12, "name": None}, "Cycle 12"),
    ],
)
def test_what_plans_and_labels_are_called_is_reported(kind: str, data: dict[str, Any], name: str) -> None:
    """As of when it was changed, and of the event's time where the thing is removed."""
    changed_at, told_at = (datetime(2026, 11, 2, 9, 59, tzinfo=UTC), datetime(2026, 11, 2, 10, 0, 1, tzinfo=UTC))
    assert PlanName(id="p-1", name=name, at=changed_at) == planned(kind, data)
    assert PlanName(id="p-1", name=name, at=told_at, removed=True) == planned(kind, data, action="remove")
    assert PlanName(id="p-1", name=name, at=told_at) == planned(kind, data, action="restore")


@pytest.mark.parametrize(
    ("metadata", "link"),
    [
        (None, None),
        ({"linkKind": "closes"}, LinkKind.CLOSES),
        ({"linkKind": "links"}, LinkKind.MENTIONS),
        ({"linkKind": "blesses"}, None),
        ({"linkKind": ["closes"]}, None),
        ({"draft": True}, None),
        (["closes"], None),
    ],
)
def test_an_attachment_is_reported_with_what_linear_says_of_it(metadata: object, link: LinkKind | None) -> None:
    """A word that we do not know says nothing."""
    data = {"issueId": "i-1", "url": "https://github.com/acme/shop/pull/1", "title": "Keep it", "metadata": metadata}
    at = datetime(2026, 11, 2, 9, 59, tzinfo=UTC)
    expected = Attachment(id="p-1", ticket_id="i-1", url=data["url"], title="Keep it", link=link, at=at)
    assert expected == planned("Attachment", data)


SAID = {"issueId": "i-1", "body": "On mobile, too", "createdAt": "2026-11-02T09:58:00.000Z"}


@pytest.mark.parametrize(
    ("author", "author_id", "name"),
    [
        ({"userId": "u-1", "user": {"id": "u-1", "name": "Ada"}}, "u-1", "Ada"),
        ({"externalUserId": "e-1", "externalUser": {"id": "e-1", "name": "A customer"}}, None, "A customer"),
        ({"botActor": "{}"}, None, None),
    ],
)
def test_a_comment_is_reported_with_who_said_it(
    author: dict[str, Any], author_id: str | None, name: str | None
) -> None:
    """Members, people of other systems, programs."""
    comment = planned("Comment", {**SAID, **author})
    assert isinstance(comment, TicketComment)
    assert (author_id, name, "i-1", "On mobile, too") == (
        comment.author_id,
        comment.author_name,
        comment.ticket_id,
        comment.text,
    )
    assert (datetime(2026, 11, 2, 9, 58, tzinfo=UTC), datetime(2026, 11, 2, 9, 59, tzinfo=UTC)) == (
        comment.created_at,
        comment.at,
    )


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://linear.app/acme/issue/ENG-7/before#comment-e4eaaaf2", "#comment-e4eaaaf2"),
        ("https://linear.app/acme/issue/OPS-3/now#comment-e4eaaaf2", "#comment-e4eaaaf2"),
        ("https://linear.app/acme/issue/OPS-3/now", None),
        (None, None),
    ],
)
def test_a_comment_stands_where_its_ticket_does_whatever_that_is_called(url: str | None, place: str | None) -> None:
    """The ticket's own address bears its key and title, which change."""
    comment = planned("Comment", SAID, url=url)
    assert isinstance(comment, TicketComment)
    assert place == comment.url


def test_of_a_comment_that_is_removed_there_are_no_words() -> None:
    """As of when it was removed; a long one is cut, and one that is said elsewhere is none."""
    gone = planned("Comment", {**SAID, "userId": "u-1"}, action="remove")
    assert isinstance(gone, TicketComment)
    assert (True, "", None, datetime(2026, 11, 2, 10, 0, 1, tzinfo=UTC)) == (
        gone.deleted,
        gone.text,
        gone.author_id,
        gone.at,
    )
    long = planned("Comment", {**SAID, "body": "a" * 500_000})
    assert isinstance(long, TicketComment)
    assert LONGEST_COMMENT == len(long.text)
    elsewhere = event({"id": "c-1", "body": "Well", "projectUpdateId": "p-1"}, type="Comment")
    assert Dropped(reason="says nothing that is kept") == accept(elsewhere)


@pytest.mark.parametrize(
    "payload",
    [
        event({"id": "p-1", "name": ""}, type="Project"),
        event({"id": "c-1"}, type="Cycle"),
        event({"id": "a-1", "issueId": "i-1", "url": f"https://shop.test/{'x' * 2_000}"}, type="Attachment"),
        event({"id": "a-1", "url": "https://shop.test/a"}, type="Attachment"),
        event({"id": "a-1", "issueId": "i-1"}, type="Attachment"),
    ],
)
def test_what_cannot_be_kept_is_dropped(payload: dict[str, Any]) -> None:
    """Nameless plans, and addresses that no browser takes."""
    assert Dropped(reason="says nothing that is kept") == accept(payload)


@pytest.mark.parametrize("back", [{"action": "restore"}, {"updatedFrom": {"trashed": True}}])
def test_an_issue_that_comes_back_is_later_than_its_removal(back: dict[str, Any]) -> None:
    """It may still say the time of its last change, which was before that."""
    assert datetime(2026, 11, 2, 10, 0, 1, tzinfo=UTC) == changed(event(issue(), **back)).updated_at
    unchanged = (event(issue()), event(issue(), updatedFrom=["trashed"]))
    for told, returned in ((event(issue(), **back), True), *((each, False) for each in unchanged)):
        change = happening(told)
        assert isinstance(change, TicketChanged)
        assert returned == change.returned
    assert datetime(2026, 11, 2, 10, tzinfo=UTC) == changed(event(issue(), updatedFrom={"trashed": None})).updated_at


def test_an_old_payload_names_the_issue_by_team_and_number() -> None:
    """In 2023 there was neither `identifier` nor `url` in the data."""
    old = {name: value for name, value in issue().items() if name not in {"identifier", "url"}}
    ticket = changed(event(old))

    assert ("ENG-7", "https://linear.app/acme/issue/ENG-7") == (ticket.key, ticket.url)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("remove", {}),
        ("update", {"trashed": True}),
        ("update", {"archivedAt": "2026-11-02T10:00:00.000Z"}),
    ],
)
def test_an_issue_that_is_gone_is_removed(action: str, data: dict[str, Any]) -> None:
    """Deleted, trashed or archived: nobody should find it any more."""
    reported = happening(event(issue(**data), action=action))

    assert TicketRemoved(ticket_id="i-1", at=datetime(2026, 11, 2, 10, 0, 1, tzinfo=UTC)) == reported


def test_a_restored_issue_is_reported_as_changed() -> None:
    """It comes back with everything it has."""
    assert "i-1" == changed(event(issue(archivedAt=None, trashed=None), action="restore")).id


def test_a_delivery_that_names_only_what_changed_is_reported_as_a_part() -> None:
    """What it does not say is for those to fill in who know the ticket."""
    part = {"id": "i-1", "stateId": "s-2", "assigneeId": None, "title": None, "updatedAt": "2026-11-02T10:00:00Z"}
    reported = happening(event(part))

    assert isinstance(reported, TicketChangedInPart)
    assert ("i-1", "s-2") == (reported.ticket_id, reported.state_id)
    assert {"id": "i-1", "assignee_id": None, "assignee_name": None} | {
        "updated_at": "2026-11-02T10:00:00Z",
        "url": "https://linear.app/acme/issue/ENG-7",
    } == reported.told


def test_an_issue_whose_state_is_named_by_its_id_alone_is_reported_with_all_the_rest() -> None:
    """The state's name and phase are in our copy of the team."""
    reported = happening(event(issue(state=None, stateId="s-1")))

    assert isinstance(reported, TicketChangedInPart)
    whole = Ticket.model_validate({**reported.told, "state": {"id": "s-1", "name": "Todo", "type": "unstarted"}})
    assert ("s-1", changed(event(issue()))) == (reported.state_id, whole)


@pytest.mark.parametrize("word", ["paused", "odd", ""])
def test_a_phase_that_we_have_not_heard_of_is_open_work_and_keeps_its_word(word: str) -> None:
    """Linear may name new ones at any time."""
    state = changed(event(issue(state={"id": "s", "name": "On hold", "type": word, "color": "#fff"}))).state

    assert (StateType.OTHER, word, False) == (state.type, state.other_type, state.type.closed)


@pytest.mark.parametrize("field", ["description", "url", "assignee", "team", "labels", "completedAt", "priority"])
def test_a_field_that_is_null_is_no_obstacle(field: str) -> None:
    """It says no more than one that is not there."""
    without = {name: value for name, value in issue().items() if name != field}

    assert changed(event(without)) == changed(event(issue(**{field: None})))


PLANNING = ("Attachment", "Comment", "Cycle", "IssueLabel", "Project")


@pytest.mark.parametrize("kind", ["Customer", None, ["Issue"]])
def test_other_entities_are_dropped(kind: object) -> None:
    """They concern nothing that we keep."""
    assert Dropped(reason="event type") == accept(event({}, type=kind))


def app_event(action: str) -> dict[str, Any]:
    """What happened to our app in an organisation."""
    return {
        "type": "OAuthApp",
        "action": action,
        "oauthClientId": "client-1",
        "organizationId": "o-1",
        "createdAt": "2026-11-02T10:00:01.000Z",
        "webhookId": "w-1",
        "webhookTimestamp": int(NOW.timestamp() * 1000),
    }


def test_an_app_that_was_revoked_has_lost_its_access() -> None:
    """Since when Linear says so."""
    at = datetime(2026, 11, 2, 10, 0, 1, tzinfo=UTC)
    lost = AccessLost(reason="revoked", at=at)
    assert WebhookEvent(provider=Provider.LINEAR, external_id="o-1", happening=lost) == accept(app_event("revoked"))
    undated = {
        name: value for name, value in app_event("revoked").items() if name in {"type", "action", "organizationId"}
    }
    lost = AccessLost(reason="revoked", at=None)
    assert WebhookEvent(provider=Provider.LINEAR, external_id="o-1", happening=lost) == accept(undated)


def test_whatever_else_happens_to_the_app_is_dropped() -> None:
    """Nothing that Linear documents, so far."""
    assert Dropped(reason="app event") == accept(app_event("installed"))


@needs_contracts
def test_our_idea_of_a_revocation_is_linears() -> None:
    """No payload was recorded; the schema is Linear's own."""
    schema = load("linear/schema/webhooks.schema.json")
    definitions = schema.get("$defs") or schema["definitions"]
    Draft7Validator({**schema, **definitions["OAuthAppWebhookPayload"]}).validate(app_event("revoked"))


def test_an_issue_whose_people_or_labels_have_no_name_is_taken() -> None:
    """Who they are is said by ids, and a label that says nothing is none."""
    told = accept(event(issue(assigneeId="u-1", assignee={"id": "u-1", "name": None}, labels=[{"id": "l-1"}])))

    assert isinstance(told, WebhookEvent)
    assert isinstance(told.happening, TicketChanged)
    ticket = told.happening.ticket
    assert ("u-1", None, ()) == (ticket.assignee_id, ticket.assignee_name, ticket.labels)


@pytest.mark.parametrize("age", [70, 3_600, 25_200, 30 * 86_400])
def test_a_delivery_that_is_repeated_late_is_taken(age: int) -> None:
    """Linear repeats byte for byte after a minute, an hour and six hours: what is authentic is old news at worst."""
    request = linear_event(event(issue()))

    assert isinstance(LinearWebhook(SECRET).accept(request, NOW + timedelta(seconds=age)), WebhookEvent)


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (event(issue(updatedAt="yesterday")), "data.updatedAt"),
        (event(issue(state={"id": "s", "name": "Odd", "type": 7})), "data.state.type"),
        (event(issue(id=None)), "data.id"),
        (event(issue(identifier=None, team=None)), "data.identifier"),
        ({**event(issue()), "organizationId": ""}, "organizationId"),
        ({**event(issue()), "data": []}, "data"),
    ],
)
def test_an_issue_that_cannot_be_read_is_invalid(payload: Any, field: str) -> None:
    """The error says which field."""
    with pytest.raises(InvalidRequest) as caught:
        accept(payload)
    assert field == caught.value.field


@needs_contracts
def test_the_signature_is_the_published_one() -> None:
    """The known answer for secret and body is accepted."""
    vector = load("signature_vectors.json")["linear"]["vector"]
    request = linear_signed(vector["body"].encode())
    headers = {**request.headers, "linear-signature": vector["signature"]}
    then = datetime.fromtimestamp(json.loads(vector["body"])["webhookTimestamp"] / 1000, UTC)

    answer = LinearWebhook(vector["secret"]).accept(replace(request, headers=headers), then)

    assert Dropped(reason="says nothing that is kept") == answer


@needs_contracts
@pytest.mark.parametrize("path", given("linear/given/webhooks"), ids=lambda path: path.name)
def test_every_recorded_delivery_is_read_or_dropped(path: Path) -> None:
    """Real payloads of three years."""
    body = path.read_bytes()
    then = datetime.fromtimestamp(json.loads(body)["webhookTimestamp"] / 1000, UTC)

    answer = LinearWebhook(SECRET).accept(linear_signed(body), then)

    expected = {
        "Issue.create.1.json": TicketChangedInPart,
        "Issue.update.1.json": TicketChangedInPart,
        "Issue.remove.1.json": TicketRemoved,
    }
    kind = path.name.partition(".")[0]
    if kind not in {"Issue", *PLANNING}:
        assert Dropped(reason="event type") == answer
    else:
        assert isinstance(answer, WebhookEvent)
        assert isinstance(
            answer.happening, PlanningChanged if kind in PLANNING else expected.get(path.name, TicketChanged)
        )
