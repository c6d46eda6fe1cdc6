"""Settings: what is missing is named at once."""

import pytest

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.runtime.settings import AnalystSettings, TickSettings, load


def test_a_missing_variable_is_named() -> None:
    """A function that is wired wrongly says which variable, not where it first hurt."""
    with pytest.raises(InvalidRequest, match="REPORTS_QUEUE_URL"):
        load(TickSettings, {})


def test_an_empty_variable_counts_as_missing() -> None:
    """CloudFormation parameters that were left empty arrive as empty strings."""
    assert "openai" == load(AnalystSettings, {"SECRETS_PREFIX": "/pm", "ANALYST": ""}).analyst


def test_an_unusable_value_is_named() -> None:
    """A typo in a parameter is found before the first message is."""
    with pytest.raises(InvalidRequest, match="ANALYST"):
        load(AnalystSettings, {"SECRETS_PREFIX": "/pm", "ANALYST": "oracle"})
