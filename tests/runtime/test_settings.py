"""Settings: what is missing is named at once."""

import traceback

import pytest

from pm_assistant.domain.errors import Misconfigured
from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime.settings import AnalystSettings, VendorSettings, load
from pm_assistant.runtime.settings.receive import ReceiveSettings
from pm_assistant.runtime.wiring import urls


def test_a_missing_variable_is_named() -> None:
    """A function that is wired wrongly says which variable, not where it first hurt."""
    given = dict.fromkeys(("TABLE_NAME", "SECRETS_PREFIX", "EVENTS_QUEUE_URL", "ACTIONS_QUEUE_URL"), "x")
    with pytest.raises(Misconfigured, match="REPORTS_QUEUE_URL"):
        load(ReceiveSettings, given)


def test_an_empty_variable_counts_as_missing() -> None:
    """CloudFormation parameters that were left empty arrive as empty strings."""
    assert "openai" == load(AnalystSettings, {"SECRETS_PREFIX": "/pm", "ANALYST": ""}).analyst


def test_an_unusable_value_is_named() -> None:
    """A typo in a parameter is found before the first message is."""
    with pytest.raises(Misconfigured, match="ANALYST"):
        load(AnalystSettings, {"SECRETS_PREFIX": "/pm", "ANALYST": "oracle"})


@pytest.mark.parametrize("name", ["ANALYST", "BURST_GAP_SECONDS"])
def test_an_unusable_value_is_told_to_nobody(name: str) -> None:
    """Not even by a traceback in the log: somebody may have pasted a secret into the wrong line."""
    secret = "-".join(("sk", "hush"))  # a traceback shows the lines of this test, too
    with pytest.raises(Misconfigured) as caught:
        load(AnalystSettings, {"SECRETS_PREFIX": "/pm", name: secret})
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_a_vendors_address_can_be_another() -> None:
    """One setting for all; what it does not name is where the world knows it."""
    environment = {
        "SECRETS_PREFIX": "/pm",
        "KMS_KEY_ID": "k",
        "VENDOR_URLS": "slack.api=http://s/api/, github.web=http://g",
    }
    settings = load(VendorSettings, environment)
    assert {Provider.SLACK: {"api": "http://s/api/"}, Provider.GITHUB: {"web": "http://g"}} == settings.vendor_urls
    assert {"web": "https://slack.com", "api": "http://s/api/"} == urls(Provider.SLACK, settings)


@pytest.mark.parametrize("given", ["slack=http://s", "slack.api", "slack.api=", "jira.web=http://j"])
def test_a_vendors_address_that_makes_no_sense_is_named(given: str) -> None:
    """Else it would be found out by a call that goes to the wrong place."""
    with pytest.raises(Misconfigured, match="VENDOR_URLS"):
        load(VendorSettings, {"SECRETS_PREFIX": "/pm", "KMS_KEY_ID": "k", "VENDOR_URLS": given})
