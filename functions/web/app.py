"""People see and set everything in a browser through here."""

from pm_assistant.web.app import handler

__all__ = ["handler"]
