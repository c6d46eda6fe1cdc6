"""What a vendor's webhooks have of their own: the signature, how long it waits, and whether it tries again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from infra.sandbox.core.config import Config
from infra.sandbox.core.state import Delivery

type Signed = tuple[dict[str, str], bytes]


@dataclass(frozen=True)
class Sender:
    """How a vendor sends.

    Attributes:
        secret: what it signs with; empty while it is not known.
        signed: the headers and the content of one attempt.
        ack_seconds: how long it waits for an answer.
        repeats: whether it sends a delivery again that was not acknowledged.
    """

    secret: Callable[[Config], str]
    signed: Callable[[Delivery, Config, datetime], Signed]
    ack_seconds: Callable[[Config], float]
    repeats: Callable[[Delivery], bool]
