"""Linear's API as the sandbox plays it."""

import uuid

import pytest

from tests.infra.sandbox.running import Json, Sandbox

CREATE = """
mutation Create($input: IssueCreateInput!) {
  issueCreate(input: $input) {
    success issue { id identifier url state { type } parent { identifier } creator { app } }
  }
}
"""
MOVE = """
mutation Move($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) {
    issue { state { id type } startedAt completedAt updatedAt labels { nodes { name } } }
  }
}
"""
COMMENT = """
mutation Comment($input: CommentCreateInput!) {
  commentCreate(input: $input) { comment { id body url issue { identifier } user { app } } }
}
"""
ISSUES = """
query Issues($first: Int, $after: String, $filter: IssueFilter, $includeArchived: Boolean) {
  issues(first: $first, after: $after, filter: $filter, includeArchived: $includeArchived, orderBy: updatedAt) {
    nodes { identifier } pageInfo { hasNextPage endCursor }
  }
}
"""
TEAM = "9e383f51-2629-4f19-97ff-451cc2f0a0ad"


def identifiers(sandbox: Sandbox, **variables: object) -> list[str]:
    """The tickets a query finds, in its order."""
    return [issue["identifier"] for issue in sandbox.linear(ISSUES, **variables)["issues"]["nodes"]]


def test_a_ticket_is_found_by_id_and_by_identifier(sandbox: Sandbox) -> None:
    """`issue(id:)` takes both."""
    query = "query One($id: String!) { issue(id: $id) { id title children { nodes { identifier } } } }"

    by_identifier = sandbox.linear(query, id="ENG-1")["issue"]
    by_id = sandbox.linear(query, id=by_identifier["id"])["issue"]

    assert by_identifier == by_id
    assert {"nodes": [{"identifier": "ENG-2"}]} == by_id["children"]


def test_a_client_chosen_id_can_be_used_once(sandbox: Sandbox) -> None:
    """A repeated create is refused and changes nothing."""
    new = str(uuid.uuid5(uuid.NAMESPACE_URL, "decision"))
    fields = {"id": new, "teamId": TEAM, "title": "New", "parentId": sandbox.state()["linear"]["issues"][0]["id"]}

    issue = sandbox.linear(CREATE, input=fields)["issueCreate"]["issue"]
    again = sandbox.graphql(CREATE, input=fields)

    assert (new, "ENG-4", "triage", "ENG-1", True) == (
        issue["id"],
        issue["identifier"],
        issue["state"]["type"],
        issue["parent"]["identifier"],
        issue["creator"]["app"],
    )
    assert (200, "INPUT_ERROR") == (again.status_code, again.json()["errors"][0]["extensions"]["code"])
    assert 4 == len(sandbox.state()["linear"]["issues"])


def test_a_comments_id_can_be_used_once(sandbox: Sandbox) -> None:
    """A repeated comment is refused; the first one stays and can be read by id."""
    fields = {"id": str(uuid.uuid4()), "issueId": "ENG-1", "body": "Shipped"}

    comment = sandbox.linear(COMMENT, input=fields)["commentCreate"]["comment"]
    again = sandbox.graphql(COMMENT, input=fields)
    read = sandbox.linear("query Read($id: String!) { comment(id: $id) { body } }", id=fields["id"])

    assert (fields["id"], "ENG-1", True) == (comment["id"], comment["issue"]["identifier"], comment["user"]["app"])
    assert "already exists" in again.json()["errors"][0]["message"]
    assert "Shipped" == read["comment"]["body"]


def test_a_comment_is_changed_and_deleted(sandbox: Sandbox) -> None:
    """What is deleted cannot be found any more."""
    fields = {"id": str(uuid.uuid4()), "issueId": "ENG-1", "body": "Shiped"}
    sandbox.linear(COMMENT, input=fields)
    update = (
        'mutation Fix($id: String!) { commentUpdate(id: $id, input: {body: "Shipped"}) { comment { body editedAt } } }'
    )
    delete = "mutation Drop($id: String!) { commentDelete(id: $id) { success entityId } }"

    updated = sandbox.linear(update, id=fields["id"])["commentUpdate"]["comment"]
    deleted = sandbox.linear(delete, id=fields["id"])["commentDelete"]
    missing = sandbox.graphql(delete, id=fields["id"])

    assert "Shipped" == updated["body"]
    assert updated["editedAt"]
    assert {"success": True, "entityId": fields["id"]} == deleted
    assert "Entity not found" in missing.json()["errors"][0]["message"]


def test_a_comment_goes_with_its_replies(sandbox: Sandbox) -> None:
    """Whoever wrote them."""
    id = sandbox.linear(COMMENT, input={"issueId": "ENG-1", "body": "Shipped"})["commentCreate"]["comment"]["id"]
    reply = sandbox.control("linear/issues/ENG-1/comments", body="Where to?", user="ben", reply_to=id)["id"]
    query = "query Read($id: String!) { comment(id: $id) { children { nodes { id user { isMe } } } } }"

    assert [{"id": reply, "user": {"isMe": False}}] == sandbox.linear(query, id=id)["comment"]["children"]["nodes"]
    sandbox.linear("mutation Drop($id: String!) { commentDelete(id: $id) { success } }", id=id)
    assert "Entity not found" in sandbox.graphql(query, id=reply).json()["errors"][0]["message"]


def test_a_tickets_history_says_who_changed_what(sandbox: Sandbox) -> None:
    """Latest first; in another team it begins anew under another name."""
    what = (
        "actor { isMe } fromTitle toTitle updatedDescription fromTeamId toTeamId toStateId addedLabelIds attachmentId"
    )
    query = f"query Read($id: String!) {{ issue(id: $id) {{ identifier history {{ nodes {{ {what} }} }} }} }}"
    id = sandbox.linear(CREATE, input={"teamId": TEAM, "title": "Old"})["issueCreate"]["issue"]["id"]
    sandbox.linear(MOVE, id=id, input={"title": "New"})
    other = sandbox.control("linear/teams", key="SEC")["id"]
    change = {"team": "SEC", "description": "In Firefox", "labels": ["browser"], "attachment": "https://acme.test/1"}
    sandbox.control(f"linear/issues/{id}", user="ben", **change)

    issue = sandbox.linear(query, id=id)["issue"]

    assert "SEC-1" == issue["identifier"]
    said = [{name: value for name, value in entry.items() if value} for entry in issue["history"]["nodes"]]
    attached, edited, moved, renamed = said
    assert {"actor", "attachmentId"} == attached.keys()
    assert {"actor", "updatedDescription", "addedLabelIds"} == edited.keys()
    assert (TEAM, other) == (moved["fromTeamId"], moved["toTeamId"])
    assert {"actor": {"isMe": True}, "fromTitle": "Old", "toTitle": "New"} == renamed
    assert [{"isMe": False}] * 3 == [entry["actor"] for entry in (attached, edited, moved)]


def test_a_number_is_given_once(sandbox: Sandbox) -> None:
    """The next ticket does not get that of one that has moved to another team."""
    moved = sandbox.control("linear/issues", team="ENG", title="Elsewhere")["issue"]
    sandbox.control("linear/teams", key="SEC")
    sandbox.control(f"linear/issues/{moved['id']}", team="SEC")
    other = sandbox.control("linear/issues", team="ENG", title="Here")["issue"]
    assert ["ENG-4", "ENG-5"] == [moved["identifier"], other["identifier"]]


def test_a_ticket_that_moved_is_found_by_what_it_was_called(sandbox: Sandbox) -> None:
    """Whatever team it has been in."""
    sandbox.control("linear/teams", key="SEC")
    sandbox.control("linear/issues/ENG-1", team="SEC", project="Launch", cycle="12")
    fields = "identifier previousIdentifiers project { name } cycle { number name }"
    found = sandbox.linear(f"query($id: String!) {{ issue(id: $id) {{ {fields} }} }}", id="ENG-1")["issue"]
    assert {
        "identifier": "SEC-1",
        "previousIdentifiers": ["ENG-1"],
        "project": {"name": "Launch"},
        "cycle": {"number": 12, "name": None},
    } == found


def test_moving_keeps_the_times_true(sandbox: Sandbox) -> None:
    """Completion is stamped on the way in and wiped on the way back."""
    done = sandbox.linear(MOVE, id="ENG-2", input={"stateId": "state-completed"})["issueUpdate"]["issue"]
    back = sandbox.linear(MOVE, id="ENG-2", input={"stateId": "state-started"})["issueUpdate"]["issue"]

    assert (True, False) == (done["completedAt"] is not None, done["startedAt"] is not None)
    assert (False, True) == (back["completedAt"] is not None, back["startedAt"] is not None)
    assert back["updatedAt"] >= done["updatedAt"]


def test_labels_are_added_and_removed(sandbox: Sandbox) -> None:
    """`addedLabelIds` and `removedLabelIds` leave the other labels alone."""
    label = next(issue for issue in sandbox.state()["linear"]["issues"] if issue["number"] == 1)["labelIds"][0]

    added = sandbox.linear(MOVE, id="ENG-2", input={"addedLabelIds": [label]})["issueUpdate"]["issue"]
    removed = sandbox.linear(MOVE, id="ENG-2", input={"removedLabelIds": [label]})["issueUpdate"]["issue"]

    assert [[{"name": "bug"}], []] == [added["labels"]["nodes"], removed["labels"]["nodes"]]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"updatedAt": {"gte": "-P2DT12H"}}, ["ENG-1", "ENG-2"]),
        ({"state": {"type": {"nin": ["completed", "canceled"]}}}, ["ENG-1", "ENG-2"]),
        ({"or": [{"completedAt": {"null": False}}, {"parent": {"null": False}}]}, ["ENG-2", "ENG-3"]),
        ({"assignee": {"email": {"eq": "ana@acme.test"}}}, ["ENG-1"]),
        ({"assignee": {"null": True}}, ["ENG-2"]),
        ({"number": {"gt": 1}, "title": {"contains": "2"}}, ["ENG-2"]),
        ({"team": {"key": {"eq": "OPS"}}}, []),
        ({"completedAt": {"lt": "2000-01-01"}}, []),
    ],
)
def test_filters_choose_tickets(sandbox: Sandbox, condition: Json, expected: list[str]) -> None:
    """Comparisons, relations, absence and combinations work as Linear documents them."""
    assert expected == identifiers(sandbox, filter=condition)


def test_pages_cover_everything_once(sandbox: Sandbox) -> None:
    """The end cursor of a page begins the next one, latest change first."""
    first = sandbox.linear(ISSUES, first=2)["issues"]
    second = sandbox.linear(ISSUES, first=2, after=first["pageInfo"]["endCursor"])["issues"]

    assert [True, False] == [first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]]
    assert ["ENG-1", "ENG-2", "ENG-3"] == [each["identifier"] for each in first["nodes"] + second["nodes"]]


def test_a_deleted_ticket_is_in_the_trash(sandbox: Sandbox) -> None:
    """Lists leave it out unless archived ones are asked for."""
    delete = "mutation Drop($id: String!) { issueDelete(id: $id) { success entity { trashed archivedAt } } }"

    deleted = sandbox.linear(delete, id="ENG-3")["issueDelete"]

    assert deleted["entity"]["trashed"]
    assert ["ENG-1", "ENG-2"] == identifiers(sandbox)
    assert ["ENG-1", "ENG-2", "ENG-3"] == identifiers(sandbox, includeArchived=True)


def test_a_ticket_is_deleted_for_good_with_what_hung_on_it(sandbox: Sandbox) -> None:
    """Not even the trash has it then, nor does another one ever get its key."""
    comment = sandbox.control("linear/issues/ENG-3/comments", body="Mine")["id"]

    sandbox.control("linear/issues/ENG-3", erased=True)

    assert ["ENG-1", "ENG-2"] == identifiers(sandbox, includeArchived=True)
    assert "ENG-4" == sandbox.control("linear/issues", team="ENG", title="Another one")["issue"]["identifier"]
    assert comment not in [each["id"] for each in sandbox.linear("{ comments { nodes { id } } }")["comments"]["nodes"]]


def test_a_ticket_comes_out_of_the_trash_as_it_was(sandbox: Sandbox) -> None:
    """Whoever throws it away may think again; what is not in the trash stays where it is."""
    for trashed, there in ((True, 2), (False, 3), (False, 3)):
        sandbox.control("linear/issues/ENG-3", trashed=trashed)
        assert there == len(identifiers(sandbox))


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ nonsense }", {}),
        ("query Q($id: String!) { issue(id: $id) { id } }", {}),
        (CREATE, {"input": {"title": "without a team"}}),
        (CREATE, {"input": {"teamId": TEAM, "title": "x", "colour": "red"}}),
        (ISSUES, {"filter": {"updatedAt": {"gte": "yesterday"}}}),
        ("{ viewer { id }", {}),
        ("query A { viewer { id } } query B { viewer { id } }", {}),
    ],
)
def test_what_the_schema_does_not_allow_is_http_400(sandbox: Sandbox, query: str, variables: Json) -> None:
    """Every document and every variable is held against the schema."""
    answer = sandbox.graphql(query, **variables)

    assert 400 == answer.status_code
    assert answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "fields",
    [
        {"stateId": "state-of-another-team"},
        {"assigneeId": "nobody"},
        {"parentId": "nothing"},
        {"priority": 5},
        {"priority": None},
        {"title": " "},
        {"labelIds": ["none"]},
    ],
)
def test_what_does_not_exist_cannot_be_named(sandbox: Sandbox, fields: Json) -> None:
    """A write that names something unknown is refused as a whole."""
    answer = sandbox.graphql(MOVE, id="ENG-2", input={"title": "Changed"} | fields)

    assert "INPUT_ERROR" == answer.json()["errors"][0]["extensions"]["code"]
    assert "Ticket 2" == next(each for each in sandbox.state()["linear"]["issues"] if each["number"] == 2)["title"]


def test_a_wrong_token_is_an_authentication_error(sandbox: Sandbox) -> None:
    """Linear names the kind in the extensions."""
    answer = sandbox.graphql("{ viewer { id } }", "wrong")

    assert (401, "AUTHENTICATION_ERROR") == (answer.status_code, answer.json()["errors"][0]["extensions"]["code"])


def test_the_ticket_has_a_page(sandbox: Sandbox) -> None:
    """A ticket's address resolves and shows its comments, escaped."""
    sandbox.linear(COMMENT, input={"issueId": "ENG-1", "body": "<b>bold</b> [here](http://127.0.0.1/x)"})
    url = sandbox.linear('{ issue(id: "ENG-1") { url } }')["issue"]["url"]

    page = sandbox.http.get(url)

    assert 200 == page.status_code
    assert "&lt;b&gt;bold&lt;/b&gt; <a href='http://127.0.0.1/x'>here</a>" in page.text
    assert [404, 404] == [
        sandbox.http.get(path).status_code for path in ("/linear/acme/issue/ENG-99", "/linear/x/issue/ENG-1")
    ]
