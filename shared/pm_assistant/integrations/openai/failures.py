"""What OpenAI's failures are to us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pm_assistant.domain import causes
from pm_assistant.domain.errors import Misconfigured, RateLimited, UpstreamError, UpstreamRejected
from pm_assistant.domain.languages import Translatable
from pm_assistant.integrations import policy
from pm_assistant.integrations.policy import Unanswered

if TYPE_CHECKING:
    import openai


class QuotaUsedUp(Misconfigured):
    """OpenAI has not been paid for more: that passes when a person raises the quota, not by waiting."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the SDK raises into the product's own errors.

    The cause is cut off on purpose: OpenAI's messages quote the key.
    """
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise _kind(error) from None
    except openai.OpenAIError as error:
        raise Unanswered(causes.did_not_answer("OpenAI", error)) from None


def _kind(error: openai.APIStatusError) -> Misconfigured | UpstreamError:
    what = f"status {error.status_code}, {error.code or error.type or 'no code'}"
    match error.status_code:
        case 429 if error.code == "insufficient_quota":
            return QuotaUsedUp(Translatable("OpenAI's quota is used up: a person has to raise it"))
        case 429:
            seconds = policy.rest_asked_for(error.response.headers, now=datetime.now(UTC))
            return RateLimited(causes.asks_to_slow_down("OpenAI"), retry_after=seconds)
        case 401 | 403:
            return Misconfigured(causes.refuses_our_key("OpenAI", "openai/api-key", what))
        case 404:
            return Misconfigured(
                Translatable("OpenAI does not know OPENAI_MODEL, or OPENAI_BASE_URL is another's: {what}", what=what)
            )
        case status if status in {408, 409} or status >= 500:
            return Unanswered(causes.failed("OpenAI", what))
        case _:
            return UpstreamRejected(causes.refused("OpenAI", what))
