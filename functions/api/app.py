"""People and programs use the product through here."""

from pm_assistant.api.app import handler

__all__ = ["handler"]
