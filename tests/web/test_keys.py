"""Keys of programs: made, shown once, revoked."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.workflows.accounts.authorize import authorize
from tests.builders import ACME, GLOBEX, a_key, a_tenant
from tests.fakes.stores import FakeStores
from tests.fakes.unit import FakeApplication
from tests.web.browser import PageAnswer, WebWorld

EVIL = "<img src=x onerror=alert(1)>"
SECRET = re.compile(rf"pma_{ACME}_\w+_[0-9a-f]{{64}}")


def secret_in(answer: PageAnswer) -> str:
    """The key that a page shows; it shows one."""
    [secret] = SECRET.findall(answer.html)
    return str(secret)


def proven(secret: str, web: WebWorld) -> Mapping[str, str]:
    """What the programs' door makes of a key."""
    assert isinstance(web.api.stores, FakeStores)
    return authorize(f"Bearer {secret}", FakeApplication(stores=web.api.stores))


def filled(web_page: PageAnswer, **fields: str) -> dict[str, str]:
    """The form of a page, as a browser sends it."""
    rendered = re.search(r'name="once" value="(\w+)"', web_page.html)
    assert rendered is not None
    return {"once": rendered[1], "name": "CI", "scope": "run", **fields}


def test_a_key_is_shown_once_and_opens_the_programs_door(web: WebWorld) -> None:
    """In the answer itself, which nobody keeps: no address has it, and no other page shows it."""
    browser = web.browser(Role.ADMIN)
    answer = browser.post("/keys", filled(browser.get("/keys"), name=EVIL))
    assert (201, "no-store") == (answer.status, answer.headers["cache-control"])
    assert "location" not in answer.headers
    secret = secret_in(answer)
    assert EVIL not in answer.html
    assert EVIL in answer.text
    assert "key" == proven(secret, web)["kind"]

    [key] = web.api.stores.api_keys.all(ACME)
    assert (Scope.RUN, f"account:{web.account(Role.ADMIN).id}") == (key.scope, key.created_by)
    later = browser.get("/keys")
    assert secret.rpartition("_")[2] not in later.html
    assert web.account(Role.ADMIN).email in later.text
    assert ["key.created"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]
    assert secret not in repr(web.api.stores.audit.latest(ACME, limit=9))


def test_a_form_sent_twice_makes_one_key_and_the_one_shown_last_counts(web: WebWorld) -> None:
    """Whoever fills it in anew, or differently, makes another."""
    browser = web.browser()
    form = filled(browser.get("/keys"))
    secrets = [secret_in(browser.post("/keys", form)) for _ in range(2)]
    assert 1 == len(web.api.stores.api_keys.all(ACME))
    assert ["refused", "kind"] == [next(iter(proven(each, web))) for each in secrets]
    browser.post("/keys", form | {"name": "other"})
    browser.post("/keys", filled(browser.get("/keys")))
    web.browser(Role.ADMIN).post("/keys", form)
    browser.post("/keys", {"name": "by hand", "scope": "read"})
    assert 5 == len(web.api.stores.api_keys.all(ACME))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Please say what the key is for"),
        ({"name": "  "}, "Please say what the key is for"),
        ({"name": "x" * 101}, "Please say what the key is for"),
        ({"scope": "owner"}, "Please choose what it may do."),
        ({"scope": ""}, "Please choose what it may do."),
    ],
)
def test_what_cannot_be_made_is_said_beside_the_field(fields: dict[str, str], said: str, web: WebWorld) -> None:
    """What was filled in stays; a key is never an owner."""
    browser = web.browser()
    answer = browser.post("/keys", filled(browser.get("/keys")) | fields)
    assert 422 == answer.status
    assert said in answer.text
    assert f'value="{(fields.get("name", "CI")).strip()}"' in answer.html
    assert [] == web.api.stores.api_keys.all(ACME)


def test_a_key_ends_at_once(web: WebWorld) -> None:
    """Once; the trail says whose it was."""
    browser = web.browser()
    secret = secret_in(browser.post("/keys", filled(browser.get("/keys"))))
    [path] = re.findall(r'action="(/keys/\w+/revoke)"', browser.get("/keys").html)
    answer = browser.post(path)
    assert (303, "/keys?answered=yes") == (answer.status, answer.headers["location"])
    assert "refused" in proven(secret, web)
    assert 404 == browser.post(path).status
    assert "key.revoked" == web.api.stores.audit.latest(ACME, limit=1)[0].action


def test_when_a_key_was_used_last_is_told(web: WebWorld) -> None:
    """And that one never was."""
    used_at = datetime.now(UTC) - timedelta(days=2)
    web.api.stores.api_keys.put(a_key(id="used", last_used_at=used_at))
    web.api.stores.api_keys.put(a_key(id="idle", created_by="account:gone"))
    page = web.browser().get("/keys")
    # Of this year the weekday is told, of another the year.
    assert any(line.startswith((f"{used_at:%A %-d}", f"{used_at:%-d %b}")) for line in page.text.split("\n"))
    assert {"never", "account:gone"} <= set(page.text.split("\n"))


def test_keys_are_for_admins_and_of_the_own_team(web: WebWorld) -> None:
    """To a member they are not shown, and another team's are not there."""
    web.api.stores.tenants.put(a_tenant(GLOBEX))
    web.api.stores.api_keys.put(a_key(GLOBEX, id="theirs", name="Of Globex"))
    member, admin = web.browser(Role.MEMBER), web.browser(Role.ADMIN)
    assert 403 == member.get("/keys").status
    assert 403 == member.post("/keys", {"name": "mine", "scope": "read"}).status
    assert 403 == member.post("/keys/theirs/revoke").status
    assert 404 == admin.post("/keys/theirs/revoke").status
    assert "Of Globex" not in admin.get("/keys").text
    assert web.api.stores.api_keys.get(GLOBEX, "theirs")
