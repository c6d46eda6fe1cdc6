"""What all pages of the dashboard have in common."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import Environment, meta, nodes

from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.tenants import Suspension, TenantState
from pm_assistant.web import pages
from pm_assistant.web.app import MODULES
from pm_assistant.web.navigation import DESTINATIONS
from pm_assistant.web.rendering import TEMPLATES
from tests.builders import ACME, NOW, a_tenant
from tests.web.browser import Browser, WebWorld

OPEN = {
    "/",
    "/assets/<name>",
    "/login",
    "/logout",
    "/register",
    "/join",
    "/forgot",
    "/reset",
    "/verify",
    "/verify/resend",
    "/connect",
    "/privacy",
    "/terms",
    "/subprocessors",
    "/support",
    "/account/left",
}
"""Pages that anybody may see."""

SEALED = {"manual.html"}
"""The manual, whose policy names what stands in it."""
OURS = sorted(path for path in TEMPLATES.glob("*.html") if path.name not in SEALED)


def routes() -> dict[tuple[str, str], object]:
    """What each route says of who may use it."""
    found: dict[tuple[str, str], object] = {}
    for module in set(MODULES.values()):
        router = import_module(f"pm_assistant.web.pages.{module}").router
        found |= {(route.method, route.path): route.scope for route in router.routes}
    return found


def test_every_page_is_found_by_the_beginning_of_its_path() -> None:
    """A module that the table does not name there is not loaded, so that its page is not there."""
    declared = {
        (route.path.strip("/").partition("/")[0], file.stem)
        for file in Path(pages.__file__).parent.glob("[a-z]*.py")
        for route in import_module(f"{pages.__name__}.{file.stem}").router.routes
    }

    assert declared == set(MODULES.items())


def test_every_page_says_who_may_see_it() -> None:
    """All but the ways in need somebody who is logged in."""
    assert {path for (_, path), scope in routes().items() if scope is None} == OPEN
    assert {scope for scope in routes().values() if scope is not None} <= {*Scope, "operator"}


def test_the_navigation_leads_to_pages_that_are_there(web: WebWorld) -> None:
    """For whoever may see them, and nobody else is led there."""
    for role in Role:
        browser = web.browser(role)
        html = browser.get("/today").html
        for each in DESTINATIONS:
            allowed = 200 == browser.get(each.path).status
            assert allowed == (f'href="{each.path}"' in html), each.path


@pytest.mark.parametrize("template", OURS, ids=lambda path: path.name)
def test_templates_have_nothing_that_the_policy_refuses(template: Path) -> None:
    """No style or script of their own, nothing that needs evaluating, and no address that forgets where we live."""
    source = template.read_text()
    assert [] == re.findall(r"\sstyle=|\son[a-z]+=|hx-on|javascript:|js:|<script>|<style", source)
    assert [] == re.findall(r'(?:href|src|action)="/', source)


def test_every_page_has_the_headers_that_protect_it(web: WebWorld) -> None:
    """Also where it is refused, and nobody keeps it."""
    browser = web.browser()
    for answer in (browser.get("/today"), browser.get("/no-such"), Browser().get("/"), Browser().get("/today")):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= set(policy.split("; "))
        assert "no-store" == answer.headers["cache-control"]
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "max-age" in answer.headers["strict-transport-security"]


def test_static_files_are_kept_and_named_after_what_is_in_them(web: WebWorld) -> None:
    """Those that the layout names are there; a name of another version is not."""
    html = Browser().get("/").html
    names = re.findall(r'(?:href|src)="(/assets/[^"]+)"', html)
    assert 4 == len(names)
    for name in names:
        answer = Browser().get(name)
        assert (200, "public, max-age=31536000, immutable") == (answer.status, answer.headers["cache-control"])
        assert "gzip" == Browser().get(name, accept_encoding="br, gzip").headers["content-encoding"]
    assert 404 == Browser().get(re.sub(r"\.[0-9a-f]+\.", ".000000000000.", names[0])).status
    assert 404 == Browser().get("/assets/..%2f..%2fpyproject.toml").status


@pytest.mark.parametrize("role", Role)
def test_nobody_who_is_not_there_any_more_sees_anything(role: Role, web: WebWorld) -> None:
    """Removed, given another role, or of a team that has left."""
    stores = web.api.stores
    removed, changed = web.browser(role), web.browser(role)
    account = web.account(role)
    other = Role.MEMBER if role is not Role.MEMBER else Role.ADMIN
    stores.accounts.put(account.model_copy(update={"role": other}))
    assert 303 == changed.get("/today").status
    stores.accounts.remove(ACME, account.id)
    assert 303 == removed.get("/today").status


def test_a_team_that_is_closing_can_be_read_and_not_changed(web: WebWorld) -> None:
    """What is asked there waits until that is called off."""
    browser = web.browser()
    web.api.stores.tenants.put(a_tenant(ACME, state=TenantState.CLOSING))
    assert 200 == browser.get("/today").status
    assert 409 == browser.post("/decisions/x/approve").status


def test_a_team_that_is_suspended_can_be_read_and_is_told_why(web: WebWorld) -> None:
    """In the words of who suspended it; what is asked there waits."""
    browser = web.browser()
    suspension = Suspension(began_at=NOW, reason="the invoice was returned")
    web.api.stores.tenants.put(a_tenant(ACME, suspension=suspension))
    assert 200 == browser.get("/today").status
    answer = browser.post("/decisions/x/approve")
    assert 409 == answer.status
    assert "Your team is suspended: the invoice was returned." in answer.html


def test_a_fault_of_ours_says_so_and_nothing_else(web: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went wrong is for the log."""
    browser = web.browser()
    monkeypatch.setattr(web.api.stores.decisions, "latest", lambda *_, **__: 1 / 0)
    answer = browser.get("/today")
    assert 500 == answer.status
    assert "division" not in answer.html


@pytest.mark.parametrize("path", ["/login/", "/register/", "/connect/"])
def test_an_address_with_a_slash_at_its_end_is_the_same_page(path: str, web: WebWorld) -> None:
    """As people type it; what stands in the page leads to the same places."""
    there, without = Browser().get(path), Browser().get(path.rstrip("/"))
    assert (without.status, without.html) == (there.status, there.html)


def test_no_template_gives_a_name_of_its_own_to_what_every_page_is_given() -> None:
    """The layout, which it extends, would show that instead."""
    parsed = {path.name: Environment(autoescape=True).parse(path.read_text()) for path in OURS}
    given = meta.find_undeclared_variables(parsed["layout.html"])
    taken = {
        (name, own)
        for name, template in parsed.items()
        if name != "layout.html"
        for own in [*(each.name for each in template.find_all(nodes.Macro)), *_set_at_the_top(template)]
        if own in given
    }

    assert {"clock", "due", "viewer"} <= given
    assert set() == taken


def _set_at_the_top(template: nodes.Template) -> Iterator[str]:
    """What a template names outside of its blocks."""
    for each in template.body:
        if isinstance(each, nodes.Assign) and isinstance(each.target, nodes.Name):
            yield each.target.name
