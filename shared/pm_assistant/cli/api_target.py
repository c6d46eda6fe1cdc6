"""Where people reach the product: the address of its API, and who is logged in there."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pm_assistant.cli.client import open_stack
from pm_assistant.cli.sessions import Sessions, sessions_file
from pm_assistant.cli.stack import Demo

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api


@dataclass(frozen=True)
class ApiTarget:
    """An address of the API.

    Attributes:
        demo: the tenant that a local stack was seeded with.
    """

    url: str
    sessions: Sessions
    demo: Demo | None = None

    @contextmanager
    def api(self) -> Iterator["Api"]:
        """The API for who is logged in; what a login becomes later is kept."""
        from pm_assistant.cli.api import Api

        login = self.sessions.get(self.url)
        with closing(Api(self.url, login, keep=lambda login: self.sessions.put(self.url, login))) as api:
            yield api


def resolve_target(*, profile: str | None, stack: str | None, region: str | None, api: str | None) -> ApiTarget:
    """Find the API: at an address, of the local stack, or of the one of that name on AWS.

    Raises:
        NotFound: there is no such stack, or the local one does not run.
        InvalidRequest: a profile without a stack, or what is there is not a stack of ours.
        Misconfigured: it was deployed with a parameter that makes no sense.
    """
    sessions = Sessions(sessions_file(os.environ))
    if api:
        return ApiTarget(api.rstrip("/"), sessions)
    described = open_stack(profile=profile, stack=stack, region=region, tenant=None).stack
    return ApiTarget(described.public_url, sessions, described.demo)
