"""The one way in which we call vendors ourselves, by httpx, as `policy` says."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from pm_assistant.domain import causes
from pm_assistant.domain.errors import ProductError, RateLimited, UpstreamUnavailable
from pm_assistant.domain.languages import Translatable
from pm_assistant.integrations import policy
from pm_assistant.integrations.characters import whole_characters
from pm_assistant.integrations.documented import documented
from pm_assistant.integrations.policy import NotSent, Unanswered

if TYPE_CHECKING:
    from ssl import SSLContext

    import httpx

    from pm_assistant.ports.vendors import Watch

_REPEATABLE = {"GET", "HEAD"}
_OF_THE_LINE = {"content-encoding", "content-length", "transfer-encoding"}
"""Headers that say how an answer came and not what it says."""

_JSON = "pm_assistant.json"
"""Under what an answer keeps what it was read as."""


class Transport:
    """One vendor's endpoints.

    Args:
        vendor: as people call it, for error texts.
        transport: replaces the network in tests.
        clock: tells the time.
        timeout: seconds without a word of an answer.
        watch: is told how the vendor answers.

    Attributes:
        out_of_time: what it is called that there was no answer in time, ours or that of the vendor's own gateway.
    """

    out_of_time: type[UpstreamUnavailable] = Unanswered

    def __init__(
        self,
        vendor: str,
        transport: httpx.BaseTransport | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: float = policy.READ_SECONDS,
        watch: Watch = policy.UNWATCHED,
    ) -> None:
        import httpx

        self.vendor = vendor
        self._clock = clock
        self._watch = watch
        timeouts = httpx.Timeout(timeout, connect=min(timeout, policy.CONNECT_SECONDS))
        verify = _trusted() if transport is None else True
        # Redirects are not followed: they would take our token along.
        self._http = httpx.Client(timeout=timeouts, transport=transport, verify=verify, follow_redirects=False)
        # What asks a vendor lives as long as one event: its connections go with it, without a close() in the port.
        weakref.finalize(self, self._http.close)

    def send(self, method: str, url: str, *, repeatable: bool | None = None, **arguments: Any) -> httpx.Response:
        """Ask, and return whatever answer is about the question.

        Raises:
            RateLimited: the vendor asks us to slow down.
            UpstreamUnavailable: no answer, or one about the vendor's own troubles.
        """
        return self.ask(method, url, lambda response: response, repeatable=repeatable, **arguments)

    def ask[T](
        self,
        method: str,
        url: str,
        read: Callable[[httpx.Response], T],
        *,
        repeatable: bool | None = None,
        **arguments: Any,
    ) -> T:
        """Ask, and return what `read` makes of the answer, which may say by `Unanswered` that it is none.

        `repeatable` says that asking twice does no harm; of a GET or HEAD that is known.

        Raises:
            RateLimited: the vendor asks us to slow down.
            UpstreamUnavailable: no answer, or one about the vendor's own troubles.
        """
        may_repeat = method in _REPEATABLE if repeatable is None else repeatable
        try:
            return policy.retried(lambda: self._read(self._answer(method, url, arguments), read), repeatable=may_repeat)
        except (Unanswered, self.out_of_time):
            self._watch.failed()
            raise

    def limited(self, response: httpx.Response, *, all_calls: bool = True) -> RateLimited:
        """What an answer means that tells us to slow down; without `all_calls` only with what was asked for."""
        seconds = policy.rest_asked_for(response.headers, now=self._clock())
        if all_calls:
            self._watch.limited(seconds)
        return RateLimited(causes.asks_to_slow_down(self.vendor), retry_after=seconds)

    def read(self, response: httpx.Response) -> Mapping[str, Any]:
        """Read a JSON object; anything else is empty."""
        payload = json_in(response)
        return payload if isinstance(payload, dict) else {}

    def parse[T: BaseModel](self, model: type[T], payload: object) -> T:
        """Check what an answer says against what is documented.

        Raises:
            UpstreamUnavailable: it is of another form; names the field, never its content.
        """
        return documented(model, payload, vendor=self.vendor)

    def _read[T](self, response: httpx.Response, read: Callable[[httpx.Response], T]) -> T:
        try:
            result = read(response)
        except (Unanswered, RateLimited):
            raise
        except ProductError:
            self._answered(response)
            raise
        self._answered(response)
        return result

    def _answered(self, response: httpx.Response) -> None:
        self._watch.answered(low_for=policy.low_for(response.headers, now=self._clock()))

    def _answer(self, method: str, url: str, arguments: Mapping[str, Any]) -> httpx.Response:
        """Ask once, and return an answer that is about the question."""
        response = self._response(method, url, arguments)
        status = response.status_code
        if status == 429:
            raise self.limited(response)
        if status in {502, 504}:
            raise self.out_of_time(causes.failed_with(self.vendor, status))
        if status >= 500 or 300 <= status < 400:
            raise Unanswered(causes.failed_with(self.vendor, status))
        if status < 300 and not _is_whole(response):
            raise Unanswered(Translatable("{vendor}'s answer is cut off, or somebody else's", vendor=self.vendor))
        return response

    def _response(self, method: str, url: str, arguments: Mapping[str, Any]) -> httpx.Response:
        import httpx

        try:
            with self._http.stream(method, url, **arguments) as streamed:
                return self._whole(streamed)
        # The cause is cut off on purpose: it holds the request, secrets included.
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(causes.did_not_answer(self.vendor, error)) from None
        except httpx.TimeoutException as error:
            raise self.out_of_time(causes.did_not_answer(self.vendor, error)) from None
        except httpx.HTTPError as error:
            raise Unanswered(causes.did_not_answer(self.vendor, error)) from None

    def _whole(self, streamed: httpx.Response) -> httpx.Response:
        """All of an answer, within its time and size: the library's own limit is on each silence in it."""
        import httpx

        until, size, chunks = monotonic() + policy.ANSWER_SECONDS, 0, []
        for chunk in streamed.iter_bytes():
            size += len(chunk)
            if monotonic() > until:
                raise self.out_of_time(Translatable("{vendor} did not end its answer in time", vendor=self.vendor))
            if size > policy.MOST_BYTES:
                raise UpstreamUnavailable(Translatable("{vendor}'s answer is too large", vendor=self.vendor))
            chunks.append(chunk)
        headers = [(name, value) for name, value in streamed.headers.multi_items() if name.lower() not in _OF_THE_LINE]
        content = b"".join(chunks)
        with suppress(ValueError, RecursionError):  # no JSON, which whoever reads it will find
            content = whole_characters(content)
        return httpx.Response(streamed.status_code, headers=headers, content=content)


@cache
def _trusted() -> SSLContext:
    """Who may vouch for vendors: reading their certificates takes longer than all else that makes a client."""
    import httpx

    return httpx.create_ssl_context()


def json_in(response: httpx.Response) -> Any:
    """What an answer says in JSON, read once however often it is asked for; None if it is no JSON."""
    if _JSON not in response.extensions:
        try:
            response.extensions[_JSON] = response.json()
        except ValueError:
            response.extensions[_JSON] = None
    return response.extensions[_JSON]


def _is_whole(response: httpx.Response) -> bool:
    """Whether a success is the vendor's: a page for people is not, and half an object is no answer."""
    kind = response.headers.get("content-type", "")
    if "json" in kind and json_in(response) is None and response.content.strip() != b"null":
        return False
    return not ("html" in kind or response.content.lstrip()[:1] == b"<")
