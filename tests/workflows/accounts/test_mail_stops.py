"""Who is sent no mail: whoever it came back from or who called it junk, until it is asked for or confirmed again."""

import pytest

from pm_assistant.domain.accounts import MailReturned, Role
from pm_assistant.domain.errors import InvalidRequest, UpstreamUnavailable
from pm_assistant.workflows.accounts.mail_stops import ask_for_mail, confirm_mail, stop_mail
from tests.builders import ACME, NOW, a_tenant, an_account
from tests.fakes.unit import FakeUnit

BOB = "bob@acme.test"
BOUNCE = MailReturned(tenant_id=ACME, email=BOB, reason="Bounce", at=NOW)
JUNK = BOUNCE.model_copy(update={"reason": "Complaint"})


@pytest.fixture
def unit() -> FakeUnit:
    """Work of a team with an owner, two admins, of whom one is Bob, and a member."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    for name, role in (("ada", Role.OWNER), ("bob", Role.ADMIN), ("cy", Role.ADMIN), ("dan", Role.MEMBER)):
        unit.stores.accounts.put(an_account(ACME, name, role=role, email=f"{name}@acme.test"))
    return unit


def trail(unit: FakeUnit) -> list[str]:
    """What was noted of mail."""
    return sorted(each.action for each in unit.stores.audit.latest(ACME, limit=9) if "mail" in each.action)


def test_the_other_admins_are_told_once(unit: FakeUnit) -> None:
    """Whoever it came back from is not; a repetition tells nobody, and stands in the trail once."""
    assert [2, 0] == [stop_mail(BOUNCE, unit), stop_mail(BOUNCE, unit)]
    assert ["ada@acme.test", "cy@acme.test"] == [mail.to for mail in unit.mailer.sent]
    assert all(BOB in mail.text for mail in unit.mailer.sent)
    assert ["mail.stopped"] == trail(unit)


def test_what_failed_is_told_later_and_nothing_twice(unit: FakeUnit) -> None:
    """The mail may be away for a moment; the address is stopped all the same."""
    unit.mailer.fail_next(UpstreamUnavailable("SES is away"))
    with pytest.raises(UpstreamUnavailable):
        stop_mail(BOUNCE, unit)
    assert None is not unit.stores.mail.stopped(ACME, BOB)
    assert 2 == stop_mail(BOUNCE, unit)
    assert 2 == len(unit.mailer.sent)


def test_an_event_that_comes_again_stops_nothing_that_was_taken_up_since(unit: FakeUnit) -> None:
    """Queues repeat."""
    stop_mail(BOUNCE, unit)
    ask_for_mail(BOB, unit, field="delivery")
    stop_mail(BOUNCE, unit)
    assert None is unit.stores.mail.stopped(ACME, BOB)
    assert ["mail.resumed", "mail.stopped"] == trail(unit)


def test_who_called_it_junk_is_written_to_when_a_code_came_back_and_not_before(unit: FakeUnit) -> None:
    """Somebody else's wish is not enough."""
    stop_mail(JUNK, unit)
    with pytest.raises(InvalidRequest) as refused:
        ask_for_mail(BOB, unit, field="delivery")
    assert "delivery" == refused.value.field
    confirm_mail(ACME, BOB, unit)
    ask_for_mail(BOB, unit, field="delivery")
    assert None is unit.stores.mail.stopped(ACME, BOB)


def test_of_a_team_that_is_gone_nobody_is_told() -> None:
    """Its mail may come back after its end."""
    unit = FakeUnit()
    assert 0 == stop_mail(BOUNCE, unit)
    assert None is unit.stores.mail.stopped(ACME, BOB)
