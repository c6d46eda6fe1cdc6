"""The function that carries out decisions and answers what people do at surfaces."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from functions.act import app
from pm_assistant.domain.decisions import ActionRequest, DecisionState
from pm_assistant.domain.messages import ActionsMessage
from pm_assistant.domain.tenants import Suspension
from pm_assistant.runtime.settings import IndexSettings, PublicSettings, ScheduleSettings
from pm_assistant.runtime.settings.act import ActSettings
from tests.builders import ACME, NOW, a_member
from tests.workflows.surfaces.test_home import WAITING, HomeUnit, section


def test_what_is_answered_vanishes_from_the_pages_that_people_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """By whichever door the answer comes; the page follows by a message of its own."""
    unit = HomeUnit()
    unit.chat.people = [a_member()]
    unit.decide(DecisionState.PROPOSED)
    [(_, decision)] = unit.stores.decisions.latest(ACME, limit=1)

    @contextmanager
    def opened(*_: object) -> Iterator[HomeUnit]:
        yield unit

    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "open_unit", opened)
    assert section(unit.open(), WAITING).entries

    answer = ActionRequest(tenant_id=ACME, decision_id=decision.id, answer="dismiss", answered_by="U0ADA")
    app.on_message(ActionsMessage(answer))
    [again] = unit.told()
    app.on_message(ActionsMessage(again))

    assert not section(unit.chat.homes["U0ADA"], WAITING).entries


def test_of_a_tenant_that_is_suspended_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is kept for later."""
    unit = HomeUnit()
    unit.decide(DecisionState.PROPOSED)
    [(_, decision)] = unit.stores.decisions.latest(ACME, limit=1)
    tenant = unit.stores.tenants.get(ACME)
    unit.stores.tenants.put(tenant.model_copy(update={"suspension": Suspension(began_at=NOW, reason="x")}))
    monkeypatch.setattr(app, "settings", lambda: None)
    monkeypatch.setattr(app, "open_unit", lambda *_: nullcontext(unit))

    answer = ActionRequest(tenant_id=ACME, decision_id=decision.id, answer="approve", answered_by="U0ADA")
    app.on_message(ActionsMessage(answer))

    assert decision == unit.stores.decisions.get(ACME, decision.id)
    assert 1 == len(unit.stores.kept_messages.page(ACME, limit=9))


def test_the_function_has_what_a_page_leads_to_and_what_its_settings_change() -> None:
    """Where connections are mended, and the clocks of reports; a fake of its unit has all of that anyway."""
    assert issubclass(ActSettings, PublicSettings)
    assert issubclass(ActSettings, ScheduleSettings)
    assert issubclass(ActSettings, IndexSettings)
