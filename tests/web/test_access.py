"""Who may log in: invited by mail alone, with roles that nobody gives beyond their own."""

import re
from datetime import UTC, datetime

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import Billing
from tests.builders import ACME, GLOBEX, going_back
from tests.web.browser import WebWorld

GUEST = "new@acme.test"


def roles(web: WebWorld) -> dict[str, Role]:
    """Who has which role."""
    return {account.id: account.role for account in web.api.stores.accounts.all(ACME)}


def invited(web: WebWorld) -> list[str]:
    """Who may join."""
    return [each.email for each in web.api.stores.invitations.all(ACME, datetime.now(UTC))]


def test_somebody_is_invited_by_a_mail_that_holds_the_only_copy_of_the_link(web: WebWorld) -> None:
    """It is nowhere on the page: joining by it proves the address."""
    browser = web.browser(Role.ADMIN)
    assert 303 == browser.post("/access/invitations", {"email": "New@Acme.test", "role": "member"}).status

    [mail] = [each for each in web.api.app.mailer.sent if GUEST in each.to]
    assert [GUEST] == invited(web)
    page = browser.get("/access")
    assert GUEST in page.text
    code = mail.text.partition("code=")[2].split()[0]
    assert code
    assert code not in page.html


def test_an_invitation_is_sent_again_and_taken_back(web: WebWorld) -> None:
    """There is one for each address; pressed twice, the later page says that it is gone."""
    browser = web.browser(Role.ADMIN)
    for _ in range(2):
        browser.post("/access/invitations", {"email": GUEST, "role": "member"})
    assert [GUEST] == invited(web)

    action = browser.get("/access").html.partition("/cancel")[0].rpartition('action="')[2]
    assert 303 == browser.post(f"{action}/cancel").status
    assert [] == invited(web)
    assert 404 == browser.post(f"{action}/cancel").status


def test_a_form_that_is_sent_twice_mails_once(web: WebWorld) -> None:
    """And the link of that mail counts; whoever fills it in anew mails anew."""
    browser = web.browser(Role.ADMIN)
    for _ in range(2):
        once = re.findall(r'name="once" value="(\w+)"', browser.get("/access").html)[0]
        for _ in range(2):
            form = {"once": once, "email": GUEST, "role": "member"}
            assert 303 == browser.post("/access/invitations", form).status
    assert 2 == len([each for each in web.api.app.mailer.sent if GUEST in each.to])
    assert [GUEST] == invited(web)


@pytest.mark.parametrize(
    ("address", "role", "said"),
    [
        ("x" * 5_000, "member", "Das ist keine E-Mail-Adresse."),
        ("owner@acme.test", "member", "Wer diese Adresse hat, kann sich schon anmelden."),
        (GUEST, "king", "Bitte wählen Sie eine Rolle."),
    ],
)
def test_what_is_wrong_is_said_in_the_pages_language(address: str, role: str, said: str, web: WebWorld) -> None:
    """Whatever it is, and whoever has it; nothing is mailed."""
    web.account(Role.OWNER)
    browser = web.browser(Role.ADMIN, accept_language="de")
    answer = browser.post("/access/invitations", {"email": address, "role": role})
    assert 400 <= answer.status < 500
    assert said in answer.text
    assert [] == invited(web)


def test_too_many_invitations_are_refused_in_words(web: WebWorld) -> None:
    """Each is a mail to somebody who did not ask for it."""
    browser = web.browser()
    forms = [{"email": f"n{n}@acme.test", "role": "member"} for n in range(21)]
    answer = [browser.post("/access/invitations", form) for form in forms][-1]
    assert (429, True) == (answer.status, "Too many invitations" in answer.text)


def test_what_is_no_address_or_has_an_account_is_said_beside_the_field(web: WebWorld) -> None:
    """With what was typed."""
    browser = web.browser(Role.ADMIN)
    for address in ("no address", web.account(Role.ADMIN).email):
        answer = browser.post("/access/invitations", {"email": address, "role": "member"})
        assert 400 <= answer.status < 500
        assert 'aria-invalid="true"' in answer.html
        assert f'value="{address}"' in answer.html
    assert "Please choose a role." in browser.post("/access/invitations", {"email": GUEST, "role": "king"}).text


@pytest.mark.parametrize(
    ("form", "id", "said"),
    [
        ("role", "role-{owner}", "A team keeps at least one owner"),
        ("remove", "", "A team keeps at least one owner"),
        ("invite", "role", "Please choose a role."),
        ("no role", "role-{owner}", "Please choose a role."),
    ],
)
def test_what_is_wrong_stands_beside_what_it_is_about(form: str, id: str, said: str, web: WebWorld) -> None:
    """Once, and what holds it is open; a field is tied to it."""
    owner, browser = web.account(Role.OWNER), web.browser(Role.OWNER)
    for other in set(roles(web)) - {owner.id}:
        web.api.stores.accounts.remove(ACME, other)
    posts = {
        "role": (f"{owner.id}/role", {"role": "member"}),
        "remove": (f"{owner.id}/remove", {}),
        "invite": ("invitations", {"email": GUEST, "role": "king"}),
        "no role": (f"{owner.id}/role", {"role": "king"}),
    }
    path, fields = posts[form]
    answer = browser.post(f"/access/{path}", fields)
    field = id.format(owner=owner.id)
    assert 400 <= answer.status < 500
    assert 1 == answer.text.count(said)
    assert 'class="notice bad"' not in answer.html
    if field:
        assert re.search(
            f'<select id="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="{field}-hint"', answer.html
        )
        assert said in answer.html.partition(f'id="{field}-hint"')[2]
    assert (form != "invite") == ("<details open>" in answer.html)


def test_what_cannot_be_changed_on_the_page_is_refused_atop(web: WebWorld) -> None:
    """There is nothing beside which it could stand."""
    owner, browser = web.account(Role.OWNER), web.browser(Role.ADMIN)
    answer = browser.post(f"/access/{owner.id}/remove")
    assert (403, True) == (answer.status, 'class="notice bad"' in answer.html)


def test_roles_are_given_up_to_ones_own(web: WebWorld) -> None:
    """An admin neither makes nor unmakes an owner; the last owner stays."""
    owner, admin, member = (web.account(role) for role in (Role.OWNER, Role.ADMIN, Role.MEMBER))
    browser = web.browser(Role.ADMIN)
    assert 303 == browser.post(f"/access/{member.id}/role", {"role": "admin"}).status
    assert 403 == browser.post(f"/access/{member.id}/role", {"role": "owner"}).status
    assert 403 == browser.post(f"/access/{owner.id}/remove").status
    assert f"/access/{owner.id}/" not in browser.get("/access").html
    assert (Role.OWNER, Role.ADMIN) == (roles(web)[owner.id], roles(web)[member.id])

    for other in set(roles(web)) - {owner.id, admin.id}:
        web.api.stores.accounts.remove(ACME, other)
    last = web.browser(Role.OWNER).post(f"/access/{owner.id}/role", {"role": "member"})
    assert (409, True) == (last.status, "A team keeps at least one owner" in last.text)
    assert Role.ADMIN is roles(web)[admin.id]


def test_who_is_removed_is_out_at_once(web: WebWorld) -> None:
    """Their browser is asked to log in with the next page."""
    member, theirs = web.account(Role.MEMBER), web.browser(Role.MEMBER)
    assert 200 == theirs.get("/today").status
    assert 303 == web.browser(Role.ADMIN).post(f"/access/{member.id}/remove").status

    assert "/login" in theirs.get("/today").headers["location"]
    assert member.id not in roles(web)


def test_a_member_reads_who_may_log_in_and_may_change_nothing(web: WebWorld) -> None:
    """Nor sees who has been invited."""
    web.browser(Role.ADMIN).post("/access/invitations", {"email": GUEST, "role": "member"})
    account, browser = web.account(Role.ADMIN), web.browser(Role.MEMBER)
    page = browser.get("/access")
    assert account.email in page.text
    assert GUEST not in page.text
    for path in ("invitations", "invitations/x/cancel", f"{account.id}/role", f"{account.id}/remove"):
        assert 403 == browser.post(f"/access/{path}", {"email": "x@y.test", "role": "owner"}).status


def test_accounts_and_invitations_of_another_tenant_are_not_there(web: WebWorld) -> None:
    """To change or to take back."""
    foreign, browser = web.account(Role.MEMBER, GLOBEX), web.browser()
    assert foreign.email not in browser.get("/access").text
    assert 404 == browser.post(f"/access/{foreign.id}/role", {"role": "admin"}).status
    assert 404 == browser.post(f"/access/{foreign.id}/remove").status


def test_what_was_done_stands_in_the_trail(web: WebWorld) -> None:
    """As by the API."""
    member, browser = web.account(Role.MEMBER), web.browser()
    browser.post("/access/invitations", {"email": GUEST, "role": "member"})
    browser.post(f"/access/{member.id}/role", {"role": "admin"})
    browser.post(f"/access/{member.id}/remove")
    actions = {each.action for each in web.api.stores.audit.latest(ACME, limit=99)}
    assert {"account.invited", "role.changed", "account.removed"} <= actions


def test_who_invites_more_than_there_are_seats_is_told_what_waits_and_what_to_do(web: WebWorld) -> None:
    """For as long as it is so; members, who can invite nobody, are told nothing."""
    tenants, plan, browser = web.api.stores.tenants, going_back(14), web.browser(Role.ADMIN)
    assert plan.terms is not None
    seats = len(web.api.stores.accounts.all(ACME)) + 1
    billing = plan.model_copy(update={"terms": plan.terms.model_copy(update={"seats": seats})})
    tenants.put(tenants.get(ACME).model_copy(update={"billing": billing}))
    browser.post("/access/invitations", {"email": "last@acme.test", "role": "member"})
    assert "too few" not in browser.get("/access").text

    browser.post("/access/invitations", {"email": GUEST, "role": "member"})

    shown = browser.get("/access")
    assert "With whom you have invited, your plan has 1 seat too few." in shown.text
    assert 'href="/billing"' in shown.html
    assert "too few" not in web.browser(Role.MEMBER).get("/access").text
    tenants.put(tenants.get(ACME).model_copy(update={"billing": Billing()}))
    assert "too few" not in browser.get("/access").text


def test_accounts_are_found_by_their_address_and_by_their_role(web: WebWorld) -> None:
    """Each alone, and both together."""
    browser, member, admin = web.browser(), web.account(Role.MEMBER).email, web.account(Role.ADMIN).email

    def found(query: str) -> list[bool]:
        text = browser.get(f"/access?{query}").text.split("\n")
        return [email in text for email in (member, admin)]

    assert [True, True] == found("")
    assert [True, False] == found("role=member")
    assert [False, True] == found("q=ADMIN@")
    assert [False, False] == found("q=admin@&role=member")
