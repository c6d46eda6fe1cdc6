"""Which analyst a unit of work finds, and what it takes of the function's settings."""

from typing import Any

import pytest

from pm_assistant.domain.errors import Misconfigured
from pm_assistant.integrations.guarded import GuardedAnalyst
from pm_assistant.integrations.openai import client
from pm_assistant.integrations.openai.prices import Price
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings import AnalystSettings, StoreSettings, load
from pm_assistant.runtime.unit import AwsUnit
from pm_assistant.workflows.pipeline.fallback import FallbackAnalyst
from tests.builders import ACME


class Settings(StoreSettings, AnalystSettings):
    """Of a function that judges."""


def settings(**environment: str) -> Settings:
    """A function's settings with these variables."""
    return load(Settings, {"TABLE_NAME": "t", "SECRETS_PREFIX": "/pm", **environment})


def test_a_model_judges_only_within_the_budget() -> None:
    """Whoever takes the analyst of a unit takes the count and the fallback with it; there is no other way to one."""
    unit = AwsUnit(settings(MODEL_BUDGET_DOLLARS="12.5"), ACME)

    assert isinstance(unit.analyst, FallbackAnalyst)
    assert 12.5 == unit.model_budget_dollars
    assert isinstance(AwsUnit(settings(ANALYST="offline"), ACME).analyst, GuardedAnalyst)
    assert AwsUnit(settings(), ACME).model_budget_dollars is None


def test_models_and_their_prices_are_the_deployments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's name may have colons and equals signs in it, as those of trained ones have."""
    made: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
    monkeypatch.setattr(wiring, "_secret", lambda *_: "sk-1")
    monkeypatch.setattr(client, "OpenAIAnalyst", lambda *args, **options: made.append((args, options)))
    wiring._model.cache_clear()
    prices = "ft:gpt-5.4-mini:acme::a=b=1.5/0.15/9, other=0/0/0.5"

    wiring.model(settings(OPENAI_MODEL="cheap", OPENAI_STRONG_MODEL="strong", OPENAI_PRICES=prices))

    known = {"ft:gpt-5.4-mini:acme::a=b": Price(1.5, 0.15, 9.0), "other": Price(0.0, 0.0, 0.5)}
    assert [(("sk-1", "https://api.openai.com/v1", "cheap"), {"strong_model": "strong", "prices": known})] == made
    wiring._model.cache_clear()


@pytest.mark.parametrize("prices", ["gpt", "gpt=", "gpt=1/2", "gpt=1/2/x", "=1/2/3", "gpt=1/2/-3"])
def test_a_price_that_is_none_is_named(prices: str) -> None:
    """Before the first message is judged for it."""
    with pytest.raises(Misconfigured, match="OPENAI_PRICES"):
        settings(OPENAI_PRICES=prices)
