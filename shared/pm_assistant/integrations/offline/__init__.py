"""An analyst that needs no key, no network and no model: rules and a calibrated score."""

from pm_assistant.integrations.offline.analyst import OfflineAnalyst

__all__ = ["OfflineAnalyst"]
