"""Accounts, invitations, keys and the audit trail: over HTTP."""

import pytest

from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import Role, Scope
from tests.api.conftest import Client, World, on_dynamodb
from tests.api.people import ADA, GRACE, PASSWORD, People
from tests.builders import ACME, GLOBEX
from tests.presentation.mail_reader import Reader


@pytest.fixture
def people(world: World) -> People:
    """Nobody so far."""
    return People(world)


def test_a_caller_is_shown_who_it_is(world: World) -> None:
    """A person and a program."""
    me = world.member.get("/v1/me").json
    expected = {"kind": "account", "name": "member@acme.test", "scope": "run", "tenant_id": ACME, "tenant_name": "Acme"}
    assert expected.items() <= me.items()
    assert ("key", "read") == tuple(world.reader.get("/v1/me").json[field] for field in ("kind", "scope"))


def test_an_invitation_becomes_an_account(people: People) -> None:
    """Asked for, mailed, listed, taken up, and gone from the list."""
    people.registered(ADA)
    ada = people.logged_in(ADA)
    made = ada.post("/v1/invitations", {"email": GRACE, "role": "admin"})
    assert (201, GRACE, "admin") == (made.status, made.json["email"], made.json["role"])
    assert [made.json] == ada.get("/v1/invitations").json["items"]
    code = people.mailer.sent[-1].text.split("invitation code is")[1].split()[0]
    assert code.partition(".")[2] not in made.text

    assert 202 == people.ask("register", email=GRACE, password=PASSWORD, invitation=code).status

    assert [] == ada.get("/v1/invitations").json["items"]
    accounts = {(account["email"], account["role"]) for account in ada.get("/v1/accounts").json["items"]}
    assert {(ADA, "owner"), (GRACE, "admin")} == accounts
    assert 200 == people.logged_in(GRACE).get("/v1/keys").status
    assert ["account.joined", "account.invited"] == [e["action"] for e in ada.get("/v1/audit", limit=2).json["items"]]


@pytest.mark.parametrize(("asked", "expected"), [("es-MX, en;q=0.5", "es"), ("sv", "en"), (None, "en")])
def test_mails_are_in_the_language_that_the_request_asks_for(asked: str | None, expected: str, people: People) -> None:
    """Where nobody knows better; in English where it asks for none that we write in."""
    headers = {"accept_language": asked} if asked else {}
    people.registered(ADA)
    people.logged_in(ADA).post("/v1/invitations", {"email": GRACE}, **headers)
    people.world.nobody.post("/auth/password/forgot", {"email": ADA}, **headers)

    assert [expected] == [Reader(mail).language for mail in people.mailer.sent]
    assert expected == people.users.languages[-1]


def test_an_invitation_is_taken_back(people: People) -> None:
    """Then its code opens nothing."""
    people.registered(ADA)
    ada = people.logged_in(ADA)
    made = ada.post("/v1/invitations", {"email": GRACE}).json
    code = people.mailer.sent[-1].text.split("invitation code is")[1].split()[0]

    assert 200 == ada.delete(f"/v1/invitations/{made['id']}").status

    answer = people.ask("register", email=GRACE, password=PASSWORD, invitation=code)
    assert (400, "invitation") == (answer.status, answer.json["field"])
    assert 404 == ada.delete(f"/v1/invitations/{made['id']}").status


def test_a_removed_person_is_out_with_the_next_request(people: People) -> None:
    """Though the login and what the gateway keeps of it would last longer."""
    people.registered(ADA)
    ada = people.logged_in(ADA)
    ada.post("/v1/invitations", {"email": GRACE})
    code = people.mailer.sent[-1].text.split("invitation code is")[1].split()[0]
    people.ask("register", email=GRACE, password=PASSWORD, invitation=code)
    grace = people.logged_in(GRACE)
    grace_id = grace.get("/v1/me").json["id"]

    assert 200 == ada.delete(f"/v1/accounts/{grace_id}").status

    assert 401 == grace.get("/v1/me").status
    assert 401 == people.ask("login", email=GRACE, password=PASSWORD).status
    assert 404 == ada.delete(f"/v1/accounts/{grace_id}").status


def test_a_changed_role_counts_with_the_next_request(world: World) -> None:
    """Also for what a person has in hand."""
    owner, admin = world.owner, world.admin
    assert 200 == admin.get("/v1/keys").status

    answer = owner.patch(f"/v1/accounts/{ACME}-admin", {"role": "member"})

    assert (200, "member") == (answer.status, answer.json["role"])
    assert 403 == admin.get("/v1/keys").status
    assert 403 == world.as_program(Scope.ADMIN).patch(f"/v1/accounts/{ACME}-owner", {"role": "member"}).status
    assert 409 == owner.patch(f"/v1/accounts/{ACME}-owner", {"role": "admin"}).status


def test_logging_out_everywhere_ends_what_was_handed_out(people: People) -> None:
    """The calling login as well; a later one counts."""
    people.registered(ADA)
    ada = people.logged_in(ADA)

    assert 200 == ada.post("/v1/me/logout-everywhere").status

    assert 401 == ada.get("/v1/me").status
    token = people.ask("login", email=ADA, password=PASSWORD).json["refresh_token"]
    assert 200 == people.ask("refresh", refresh_token=token).status
    assert 403 == people.world.reader.post("/v1/me/logout-everywhere").status


def test_who_knows_the_password_sets_another(people: People) -> None:
    """All logins end with the old one; who does not know it changes nothing, and a program has none."""
    people.registered(ADA)
    ada, other = people.logged_in(ADA), "another horse entirely"
    refused = ada.post("/v1/me/password", {"current": "wrong horse battery", "password": other})
    assert (400, "current") == (refused.status, refused.json["field"])
    assert 422 == ada.post("/v1/me/password", {"current": PASSWORD, "password": "short"}).status
    assert 403 == people.world.reader.post("/v1/me/password", {"current": PASSWORD, "password": other}).status

    assert 200 == ada.post("/v1/me/password", {"current": PASSWORD, "password": other}).status

    assert 401 == ada.get("/v1/me").status
    assert [401, 200] == [people.ask("login", email=ADA, password=each).status for each in (PASSWORD, other)]


def test_who_knows_the_password_logs_in_with_another_address(people: People) -> None:
    """Once its mailbox has confirmed that; all logins end with the former one, and a program has none."""
    people.registered(ADA)
    ada = people.logged_in(ADA)
    refused = ada.post("/v1/me/email", {"email": GRACE, "current": "wrong horse battery"})
    assert (400, "current") == (refused.status, refused.json["field"])
    assert 422 == ada.post("/v1/me/email", {"email": "grace", "current": PASSWORD}).status
    assert 403 == people.world.reader.post("/v1/me/email", {"email": GRACE, "current": PASSWORD}).status
    assert 200 == ada.post("/v1/me/email", {"email": GRACE, "current": PASSWORD}).status
    code = people.mailer.sent[-1].text.partition("/account/email/")[2].split()[0]
    refused = ada.post("/v1/me/email/confirm", {"code": code[:-1]})
    assert (400, "code") == (refused.status, refused.json["field"])

    answer = ada.post("/v1/me/email/confirm", {"code": code})

    assert (200, GRACE) == (answer.status, answer.json["email"])
    assert 401 == ada.get("/v1/me").status
    assert [401, 200] == [people.ask("login", email=each, password=PASSWORD).status for each in (ADA, GRACE)]


def test_people_leave_by_themselves_but_for_the_last_owner(world: World) -> None:
    """At once, whatever their role; a program has nothing to leave."""
    owner, member = world.owner, world.member
    assert 200 == member.delete("/v1/me").status
    assert 401 == member.get("/v1/me").status
    assert "account.removed" == owner.get("/v1/audit").json["items"][0]["action"]
    assert [409, 403] == [who.delete("/v1/me").status for who in (owner, world.reader)]


@on_dynamodb
def test_a_key_is_shown_once(world: World) -> None:
    """Neither a repeated request nor the list gives it again, nor is it anywhere in the table."""
    admin = world.admin
    made = admin.post("/v1/keys", {"name": "CI", "scope": "run"}, idempotency_key="one")
    assert (201, "CI", "run") == (made.status, made.json["name"], made.json["scope"])
    assert made.json["key"].startswith(f"pma_{ACME}_{made.json['id']}_")
    assert "x-shown-once" not in made.headers

    again = admin.post("/v1/keys", {"name": "CI", "scope": "run"}, idempotency_key="one")

    assert (201, made.json | {"key": None}, "true") == (again.status, again.json, again.headers["idempotency-replayed"])
    [listed] = admin.get("/v1/keys").json["items"]
    assert {**made.json, "key": None} == {**listed, "key": None}
    assert not {"digest", "key"} & set(listed)
    secret = made.json["key"].rpartition("_")[2]
    assert secret not in "".join(str(row.attribute_values) for row in Row.each(ACME))


def test_a_key_is_revoked(world: World) -> None:
    """At once; another tenant's is not there."""
    made = world.admin.post("/v1/keys", {"name": "CI"}).json
    program = Client({"kind": "key", "id": made["id"], "tenant": ACME})
    assert 200 == program.get("/v1/me").status
    assert world.admin.get("/v1/keys").json["items"][0]["last_used_at"]
    assert 404 == world.stranger.delete(f"/v1/keys/{made['id']}").status

    assert 200 == world.admin.delete(f"/v1/keys/{made['id']}").status

    assert 401 == program.get("/v1/me").status
    assert 404 == world.admin.delete(f"/v1/keys/{made['id']}").status


def test_a_key_has_no_owner_s_say_and_makes_no_keys(world: World) -> None:
    """Only people make them."""
    assert 422 == world.owner.post("/v1/keys", {"name": "CI", "scope": "owner"}).status
    assert 403 == world.as_program(Scope.ADMIN).post("/v1/keys", {"name": "CI"}).status


def test_the_trail_is_read_page_by_page_newest_first(world: World) -> None:
    """By admins, and only their own tenant's."""
    for number in range(5):
        world.admin.post("/v1/keys", {"name": f"key {number}"})
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = world.admin.get("/v1/audit", limit=2, cursor=cursor).json
        seen += [entry["detail"]["name"] for entry in page["items"]]
        cursor = page["next"]

    assert [f"key {number}" for number in (4, 3, 2, 1, 0)] == seen
    assert [] == world.stranger.get("/v1/audit").json["items"]
    assert 400 == world.admin.get("/v1/audit", cursor="§").status


def test_of_the_trail_what_is_wanted_is_listed(world: World) -> None:
    """By who, what and when; a moment has to be one."""
    made = world.admin.post("/v1/keys", {"name": "CI"}).json
    world.owner.delete(f"/v1/keys/{made['id']}")
    [revoked, created] = world.admin.get("/v1/audit").json["items"]
    for wanted, entries in (
        ({"action": "key"}, [revoked, created]),
        ({"action": "key.created"}, [created]),
        ({"actor": revoked["actor"]}, [revoked]),
        ({"since": "2030-01-01T00:00:00Z"}, []),
        ({"until": "2030-01-01T00:00:00Z", "action": "key.revoked"}, [revoked]),
    ):
        assert entries == world.admin.get("/v1/audit", **wanted).json["items"]
    assert 422 == world.admin.get("/v1/audit", since="yesterday").status


def test_who_may_see_and_do_what(world: World) -> None:
    """Members see who is in; the rest is for admins."""
    world.as_person(Role.OWNER)
    assert 200 == world.member.get("/v1/accounts").status
    for path in ("/v1/invitations", "/v1/keys", "/v1/audit"):
        assert [403, 403, 200] == [who.get(path).status for who in (world.member, world.reader, world.admin)]
    assert 403 == world.member.post("/v1/invitations", {"email": GRACE}).status
    assert 403 == world.member.post("/v1/keys", {"name": "mine"}).status
    assert 403 == world.member.delete(f"/v1/accounts/{ACME}-owner").status
    assert 403 == world.admin.post("/v1/invitations", {"email": GRACE, "role": "owner"}).status


def test_by_which_address_somebody_logged_in_before_is_told_to_nobody(world: World) -> None:
    """Not to colleagues, admins or owners, where accounts are listed or changed."""
    member, owner, accounts = world.member, world.owner, world.stores.accounts
    account = accounts.get(ACME, f"{ACME}-member").model_copy(update={"former_emails": ("before@home.test",)})
    accounts.put(account)
    listed = [who.get("/v1/accounts") for who in (member, owner)]
    changed = owner.patch(f"/v1/accounts/{ACME}-member", {"role": "admin"})

    assert 200 == changed.status
    assert account.former_emails == accounts.get(ACME, account.id).former_emails
    assert not any(word in str(each.json) for each in (*listed, changed) for word in ("former", "before@home.test"))


def test_another_tenant_s_people_are_not_there(world: World) -> None:
    """Neither listed nor touched."""
    world.as_person(Role.MEMBER, GLOBEX)
    emails = [account["email"] for account in world.owner.get("/v1/accounts").json["items"]]

    assert ["owner@acme.test"] == emails
    assert 404 == world.owner.patch(f"/v1/accounts/{GLOBEX}-member", {"role": "admin"}).status
    assert 404 == world.owner.delete(f"/v1/accounts/{GLOBEX}-member").status
