"""Being logged in with a browser: what its secret proves, for how long, and what ends it."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Role, Scope
from pm_assistant.domain.errors import NotFound, Unauthenticated
from pm_assistant.workflows.accounts.browser_sessions import (
    LONGEST,
    LONGEST_IDLE,
    NOTED_EVERY,
    begin_session,
    end_other_sessions,
    end_session,
    end_session_of,
    sessions_of,
    viewer_by,
)
from tests.workflows.accounts.app import ADA, GRACE, AccountsApp

MINUTE = timedelta(minutes=1)


def a_token(app: AccountsApp) -> str:
    """What Ada's browser keeps once she has logged in."""
    return begin_session(app.login(), app)[1]


@pytest.fixture
def app() -> AccountsApp:
    """An application that knows Ada."""
    made = AccountsApp()
    made.member(ADA)
    return made


def refused(token: str | None, app: AccountsApp) -> bool:
    """Whether a secret proves nobody."""
    try:
        viewer_by(token, app)
    except Unauthenticated:
        return True
    return False


def test_a_browsers_secret_names_its_person_and_is_kept_nowhere(app: AccountsApp) -> None:
    """Who it is comes from the tenant's rows; of the secret only a digest is stored."""
    token = a_token(app)
    viewer = viewer_by(token, app)

    assert (ADA, viewer.tenant.id) == (viewer.caller.name, viewer.caller.tenant_id)
    assert token.rpartition(".")[2] not in repr(vars(app.stores.browser_sessions))


@pytest.mark.parametrize("spoiled", [None, "", "x", "a.b.c", "{tenant}.{account}." + "0" * 64])
def test_what_is_no_secret_of_ours_proves_nobody(spoiled: str | None, app: AccountsApp) -> None:
    """Whatever it looks like."""
    tenant, account, _ = a_token(app).split(".")
    assert refused(spoiled and spoiled.format(tenant=tenant, account=account), app)


def test_a_secret_proves_nothing_of_another_tenant_or_account(app: AccountsApp) -> None:
    """Its other parts only say where to look."""
    tenant, account, secret = a_token(app).split(".")
    assert refused(f"other.{account}.{secret}", app)
    assert refused(f"{tenant}.other.{secret}", app)


def test_a_login_ends_after_a_week_however_much_it_is_used(app: AccountsApp) -> None:
    """And is then forgotten."""
    token = a_token(app)
    began_at = app.at
    while app.at - began_at < LONGEST - LONGEST_IDLE / 2:
        app.at += LONGEST_IDLE / 2
        viewer_by(token, app)
    app.at = began_at + LONGEST
    assert refused(token, app)
    app.at = began_at
    assert refused(token, app)


def test_a_login_ends_that_nobody_uses(app: AccountsApp) -> None:
    """Counted from its last use, which is noted to some minutes."""
    token = a_token(app)
    app.at += LONGEST_IDLE - MINUTE
    viewer_by(token, app)
    app.at += LONGEST_IDLE - MINUTE
    viewer_by(token, app)
    app.at += LONGEST_IDLE
    assert refused(token, app)


def test_a_use_is_noted_every_few_minutes_only(app: AccountsApp) -> None:
    """A write a page would cost more than it tells."""
    token = a_token(app)
    seen_at = viewer_by(token, app).session.seen_at
    app.at += NOTED_EVERY - MINUTE
    viewer_by(token, app)
    assert seen_at == viewer_by(token, app).session.seen_at
    app.at += MINUTE
    viewer_by(token, app)
    assert app.at == viewer_by(token, app).session.seen_at


def test_a_login_ends_with_the_account_with_its_role_and_with_a_logout_everywhere(app: AccountsApp) -> None:
    """At once, whatever the browser keeps."""
    removed, promoted, left = (a_token(app) for _ in range(3))
    account = app.stores.accounts.get(viewer_by(left, app).tenant.id, viewer_by(left, app).caller.id)

    app.stores.accounts.put(account.model_copy(update={"role": Role.MEMBER}))
    assert refused(promoted, app)
    app.stores.accounts.put(account)
    assert refused(promoted, app)
    app.at += MINUTE
    app.stores.accounts.put(account.model_copy(update={"sessions_from": app.at}))
    assert refused(left, app)
    app.stores.accounts.remove(account.tenant_id, account.id)
    assert refused(removed, app)


def test_logging_out_ends_one_browser_and_asking_for_the_others_ends_those(app: AccountsApp) -> None:
    """Logging out twice is fine."""
    here, there, elsewhere = (a_token(app) for _ in range(3))
    ended = end_session(there, app)
    assert ended is not None
    assert Scope.OWNER is viewer_by(here, app).caller.scope
    assert end_session(there, app) is None
    assert refused(there, app)

    assert 1 == end_other_sessions(viewer_by(here, app).session, app)
    assert refused(elsewhere, app)
    assert not refused(here, app)


def test_people_see_where_they_are_logged_in_and_nothing_of_what_is_over(app: AccountsApp) -> None:
    """Used last first; neither what ended by itself nor by a logout everywhere nor another person's is among them."""
    idle = a_token(app)
    app.at += LONGEST_IDLE
    app.member(GRACE)
    begin_session(app.login(GRACE), app)
    first = begin_session(app.login(), app, user_agent="x" * 3_000)[0]
    app.at += MINUTE
    second = begin_session(app.login(), app)
    viewer = viewer_by(second[1], app)

    assert [second[0].id, first.id] == [each.id for each in sessions_of(viewer, app)]
    assert 256 == len(first.user_agent)
    assert refused(idle, app)

    app.stores.accounts.put(app.account().model_copy(update={"sessions_from": second[0].issued_at}))
    assert [second[0].id] == [each.id for each in sessions_of(viewer, app)]
    app.stores.accounts.put(app.account().model_copy(update={"role": Role.MEMBER, "sessions_from": None}))
    demoted = viewer_by(a_token(app), app)
    assert [demoted.session.id] == [each.id for each in sessions_of(demoted, app)]


def test_people_log_out_their_own_browsers_alone(app: AccountsApp) -> None:
    """What they call one by proves nothing; once over it is not there."""
    here, there = a_token(app), a_token(app)
    app.member(GRACE)
    others = begin_session(app.login(GRACE), app)[0]
    viewer, session = viewer_by(here, app), viewer_by(there, app).session

    assert session == end_session_of(viewer, session.id, app)
    assert refused(there, app)
    for gone in (session.id, others.id, "", "0" * 16):
        with pytest.raises(NotFound):
            end_session_of(viewer, gone, app)
