"""The vendors there are, each by its record; the only place that names them all."""

from collections.abc import Mapping

from pm_assistant.domain.workspaces import CalendarProvider, Grantor, Provider
from pm_assistant.integrations.github.vendor import VENDOR as GITHUB
from pm_assistant.integrations.google.vendor import VENDOR as GOOGLE
from pm_assistant.integrations.linear.vendor import VENDOR as LINEAR
from pm_assistant.integrations.slack.vendor import VENDOR as SLACK
from pm_assistant.integrations.vendor import CalendarVendor, Vendor

VENDORS: Mapping[Provider, Vendor] = {vendor.provider: vendor for vendor in (SLACK, LINEAR, GITHUB)}
CALENDARS: Mapping[CalendarProvider, CalendarVendor] = {vendor.provider: vendor for vendor in (GOOGLE,)}


def record_of(provider: Grantor) -> Vendor | CalendarVendor:
    """The record of one that may let us in."""
    return CALENDARS[provider] if isinstance(provider, CalendarProvider) else VENDORS[provider]
