"""What we ask each vendor for, in its own words, and why; the least that the code in here can work with.

Stands apart from the OAuth adapters, which bring an HTTP client along, because showing what a connection lacks takes
none. A test compares the app manifests under `infra/manifests` with this.
"""

from collections.abc import Mapping, Sequence

from pm_assistant.domain.tenants import Provider

SLACK = (
    "channels:history",  # read what is said in public channels we are in, as it is said and afterwards
    "channels:read",  # know which channels we are in
    "groups:history",  # the same for private channels: what is said there is judged, and quoted nowhere else
    "groups:read",
    "chat:write",  # keep one card in a thread
    "im:write",  # open the direct message a report goes into
    "im:history",  # find the report that is already there after a lost answer; people's direct messages are dropped
    "users:read",  # know who the people are, and their time zones
    "users:read.email",  # recognise them in the tracker
)
"""We see a channel, public or private, only after a person has invited us into it.

Files, reactions and joining channels are nothing we do.
"""

LINEAR = ("read", "write")
"""`write` because tickets are moved, which `issues:create` and `comments:create` do not allow; never `admin`.

An OAuth app's webhooks are set up by Linear itself in every workspace that lets the app in.
"""

GITHUB = ("metadata:read", "pull_requests:read")
"""Permissions of the GitHub App as `<permission>:<access>`; the people who install it choose the repositories."""

GITHUB_TO_CONNECT = "members:read"
"""A permission that only connecting takes: to see that whoever connects an organisation is an owner of it.

It is none that a connection could lack, for the accounts of people have no members.
"""

SCOPES: Mapping[Provider, Sequence[str]] = {
    Provider.SLACK: SLACK,
    Provider.LINEAR: LINEAR,
    Provider.GITHUB: GITHUB,
}
