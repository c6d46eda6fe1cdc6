"""Browsers in words, by what they say of themselves: enough for their owner to know them by, and nothing to rely on."""

from collections.abc import Mapping

from pm_assistant.presentation.i18n import Texts

BROWSERS: Mapping[str, str] = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "FxiOS/": "Firefox",
    "Firefox/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""By a mark of each; all claim to be some of those after them."""
SYSTEMS: Mapping[str, str] = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}
"""By a mark of each, the narrower ones first."""


def device_of(user_agent: str, texts: Texts) -> str:
    """What somebody is logged in with, such as `Firefox on Windows`."""
    browser, system = _marked(BROWSERS, user_agent), _marked(SYSTEMS, user_agent)
    if browser and system:
        return texts.gettext("{browser} on {system}", browser=browser, system=system)
    return browser or system or texts.gettext("Some browser")


def _marked(names: Mapping[str, str], user_agent: str) -> str:
    return next((name for mark, name in names.items() if mark in user_agent), "")
