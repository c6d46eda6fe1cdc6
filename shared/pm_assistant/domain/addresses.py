"""Where our own pages are, as people share them."""

import re
from urllib.parse import urlsplit

_DECISION = re.compile(r"/decisions/(?P<id>[0-9A-Za-z-]{1,64})/?")


def decision_page(public_url: str, decision_id: str) -> str:
    """The address of a decision's page.

    Args:
        public_url: where we are reached, without a trailing slash.
        decision_id: of the decision.
    """
    return f"{public_url}/decisions/{decision_id}"


def decision_at(address: str, public_url: str) -> str | None:
    """The id of the decision whose page an address leads to; None if it leads anywhere else."""
    ours, parts = urlsplit(public_url), urlsplit(address)
    if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc) or not parts.path.startswith(ours.path):
        return None
    found = _DECISION.fullmatch(parts.path.removeprefix(ours.path))
    return found["id"] if found else None
