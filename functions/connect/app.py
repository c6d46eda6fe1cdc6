"""People connect vendors through here: the page to begin at, the way out to the vendor and the way back."""

from pm_assistant.web.connect import handler

__all__ = ["handler"]
