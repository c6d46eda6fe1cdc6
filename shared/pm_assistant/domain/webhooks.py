"""What vendors send us, as it comes in."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A webhook as it came in; header names are lower case, the body is what the signature was made over."""

    headers: dict[str, str]
    body: bytes
