"""Every way the product can fail, as one tree; no HTTP and no queue in it.

    ProductError
    ├── InvalidRequest            the input is malformed; names the field
    ├── Unauthenticated           who is asking is not proven
    ├── Forbidden                 proven, but not allowed
    ├── NotFound                  no such thing in this tenant
    ├── Conflict                  the thing changed under the caller
    │   └── Contention            others are at work on it: repeat
    ├── NotConnected              the tenant has no such vendor connection
    ├── Throttled                 the caller asks too often; repeat after `retry_after` seconds
    ├── Misconfigured             our deployment is not set up as it has to be; its operator mends that
    └── UpstreamError             a vendor did not do what we asked
        ├── UpstreamRejected      it never will: repeating does not help
        │   ├── AccessRevoked     our credentials are no longer accepted
        │   └── Gone              what it was to be done to is not there any more
        └── UpstreamUnavailable   it may later: repeat
            └── RateLimited       repeat after `retry_after` seconds: nothing was done
                └── CircuitOpen   it was not asked, as it has not answered for a while

How each maps to an HTTP status or to retry and dead letter stands in `runtime/http.py` and `runtime/batch.py`.
"""

from pm_assistant.domain.workspaces import Provider


class ProductError(Exception):
    """Root of the tree; its text is safe to show and to log (no secrets, no people's messages)."""

    @property
    def words(self) -> str:
        """Its text as it was given, so that those who read another language can be told what is `Translatable`."""
        return self.args[0] if self.args else ""


class InvalidRequest(ProductError):
    """The input cannot be used.

    Attributes:
        field: path of the offending field, such as `event.ts`; empty when the whole input is unreadable.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        """Keep the offending field beside the message."""
        super().__init__(message)
        self.field = field


class Unauthenticated(ProductError):
    """The sender could not prove who it is."""


class Forbidden(ProductError):
    """The sender is known and may not do this."""


class NotFound(ProductError):
    """There is no such thing in this tenant."""


class Conflict(ProductError):
    """The thing is in another state than the caller believes."""


class Contention(Conflict):
    """Others are at work on the thing, or changed it meanwhile: whoever looks again may go on."""


class NotConnected(ProductError):
    """The tenant has not connected this vendor."""


class Throttled(ProductError):
    """The caller asks more often than we allow.

    Attributes:
        retry_after: seconds until it may ask again.
    """

    def __init__(self, message: str, *, retry_after: int) -> None:
        """Keep the waiting time beside the message."""
        super().__init__(message)
        self.retry_after = retry_after


class Misconfigured(ProductError):
    """Our own deployment lacks a setting, a secret or a right; nobody who asks is to blame.

    Its text names what is to be mended, never its value.
    """


class UpstreamError(ProductError):
    """A vendor failed us."""


class UpstreamRejected(UpstreamError):
    """The vendor understood and refused; the same request will be refused again."""


class AccessRevoked(UpstreamRejected):
    """The vendor no longer accepts our credentials for this tenant.

    Attributes:
        provider: whose credentials they are, where that is known.
    """

    def __init__(self, message: str, *, provider: Provider | None = None) -> None:
        """Keep the vendor beside the message."""
        super().__init__(message)
        self.provider = provider


class Gone(UpstreamRejected):
    """What something was to be done to is not there any more, or thrown away, where nobody looks."""


class UpstreamUnavailable(UpstreamError):
    """The vendor did not answer or answered with a fault; the request may have been carried out."""


class RateLimited(UpstreamUnavailable):
    """The vendor asks us to slow down.

    Attributes:
        retry_after: seconds to wait before the next attempt.
    """

    def __init__(self, message: str, *, retry_after: float) -> None:
        """Keep the vendor's own waiting time beside the message."""
        super().__init__(message)
        self.retry_after = retry_after


class CircuitOpen(RateLimited):
    """The vendor was not asked: it has not answered for a while, and is tried again in `retry_after` seconds."""
