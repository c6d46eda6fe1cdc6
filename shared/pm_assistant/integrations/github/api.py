"""GitHub's API as whoever asks it meets it: with a token, or as the app itself.

Forms: docs.github.com, "Rate limits for the REST API" and "Rate limits and query limits for the GraphQL API".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pm_assistant.domain import causes
from pm_assistant.domain.errors import (
    AccessRevoked,
    Misconfigured,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations import policy
from pm_assistant.integrations.transport import Transport

if TYPE_CHECKING:
    import httpx

    from pm_assistant.ports.vendors import Watch

ON_ITS_WAY = timedelta(seconds=10)
"""So much older than its date may be what an answer says: GitHub itself takes no longer."""
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_LIMIT_WORDS = ("rate limit", "abuse detection")
_NOT_OURS = {"FORBIDDEN", "NOT_FOUND"}
"""The errors of GraphQL that say what we may not see, while all the rest is there."""


class Unexplained(UpstreamUnavailable):
    """GitHub refuses and does not say why: it may be for good, or a passing trouble."""


class Missing(Unexplained):
    """It is not there, or hidden from us: GitHub does not tell these apart."""


class OutOfTime(UpstreamUnavailable):
    """GitHub, or we, had too little time for an answer: one to less may come."""


class GitHubEndpoints(Transport):
    """GitHub's endpoints.

    Args:
        api_url: of the API, without slash at the end.
        transport: replaces the network in tests.
        clock: tells the time.
        timeout: for one request, in seconds.
        watch: is told how GitHub answers.
    """

    out_of_time = OutOfTime

    def __init__(
        self,
        api_url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: float = policy.READ_SECONDS,
        watch: Watch = policy.UNWATCHED,
    ) -> None:
        super().__init__("GitHub", transport, clock=clock, timeout=timeout, watch=watch)
        self._api_url = api_url

    def call(self, method: str, path: str, bearer: str, *, of_ours: bool = False, **arguments: Any) -> httpx.Response:
        """Ask the API; `of_ours` says that it is the app itself who asks.

        Raises:
            Misconfigured: GitHub does not believe that we are the app.
            UpstreamError: it refuses, or did not answer.
        """
        headers = {**_HEADERS, "Authorization": f"Bearer {bearer}"}
        response = self.send(method, f"{self._api_url}{path}", headers=headers, **arguments)
        if response.status_code >= 400:
            raise self._meaning(response, of_ours=of_ours)
        return response

    def query(
        self, document: str, variables: Mapping[str, object], bearer: str
    ) -> tuple[Mapping[str, Any], Sequence[Sequence[object]], datetime]:
        """Ask by GraphQL: what was found, where in it something is not ours to see, and of which moment it is.

        Raises:
            OutOfTime: there is a part of an answer, or none: less may be asked for.
            RateLimited: ask again later.
            UpstreamRejected: GitHub does not take such a document.
        """
        response = self.call(
            "POST", "/graphql", bearer, repeatable=True, json={"query": document, "variables": variables}
        )
        answer = self.read(response)
        errors, data = answer.get("errors") or (), answer.get("data")
        errors = [error for error in errors if isinstance(error, dict)]
        kinds = {str(error.get("type", "")) for error in errors}
        words = " ".join(str(error.get("message", "")) for error in errors).casefold()
        if any(kind.startswith("RATE_LIMIT") for kind in kinds) or any(word in words for word in _LIMIT_WORDS):
            raise self.limited(response)
        if not isinstance(data, dict) and errors and "data" not in answer:
            raise UpstreamRejected(causes.refused("GitHub", ", ".join(sorted(kinds))))
        if not isinstance(data, dict) or kinds - _NOT_OURS:
            raise OutOfTime(Translatable("GitHub answered in part"))
        return data, [error.get("path") or () for error in errors], self.moment(response)

    def moment(self, response: httpx.Response) -> datetime:
        """By when all that had happened is in an answer, by GitHub's clock, in whole seconds."""
        try:
            answered_at = parsedate_to_datetime(response.headers["date"])
        except (KeyError, ValueError):
            answered_at = self._clock()
        return answered_at.astimezone(UTC).replace(microsecond=0) - ON_ITS_WAY

    def _meaning(self, response: httpx.Response, *, of_ours: bool) -> Misconfigured | UpstreamError:
        """What a refusal means: the one place where the API's errors become ours.

        404 may speak of an installation that is gone, 403 of one that is suspended, of a list of allowed addresses or
        of a limit, whose second kind is told by its words alone (docs.github.com, "Rate limits for the REST API");
        without an explanation either is doubt. 401 is about the token, or about our own proof.
        """
        status, words = response.status_code, str(self.read(response).get("message", "")).casefold()
        used_up = response.headers.get("x-ratelimit-remaining") == "0"
        if status == 403 and (used_up or "retry-after" in response.headers or any(w in words for w in _LIMIT_WORDS)):
            return self.limited(response)
        if status == 401 and of_ours:
            return Misconfigured(causes.refuses_our_app("GitHub", "github/app-id", "github/private-key"))
        if status == 401:
            return AccessRevoked(causes.refuses_token("GitHub"), provider=Provider.GITHUB)
        if status == 404:
            return Missing(Translatable("GitHub shows us no such thing"))
        if status == 403:
            return Unexplained(Translatable("GitHub refused without saying why"))
        return UpstreamRejected(causes.refused_with("GitHub", status))
