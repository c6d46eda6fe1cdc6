"""A response of `POST /v1/responses`; what the model says comes from a brain that is handed in."""

import json
import time
import uuid
from collections.abc import Callable
from itertools import takewhile

from jsonschema_rs import Draft202012Validator

from infra.sandbox.core.state import Json
from infra.sandbox.openai.inventing import made_up
from infra.sandbox.openai.requests import CreateResponse, JsonSchema, read
from infra.sandbox.openai.wire import Refused

CHARACTERS_PER_TOKEN = 4

LEAST_CACHED, CACHED_IN = 1024, 128
"""In tokens: the shortest beginning that is kept, and in what steps (platform.openai.com, guide "Prompt caching")."""

type Brain = Callable[[str], str]
"""What the model says to a question; `Declined` where it refuses, a ValueError where it cannot."""


class Declined(Exception):
    """A model refuses to answer; the text is how it says so."""


class PromptCache:
    """Beginnings of requests that were read lately, by model and by the key under which they are kept."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str | None], str] = {}

    def cached_tokens(self, request: CreateResponse) -> int:
        """How many tokens of a request need not be read again; it is kept in place of the one before it."""
        key = (request.model, request.prompt_cache_key)
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(self._read.get(key, ""), request.prefix, strict=False))
        common = sum(1 for _ in alike) // CHARACTERS_PER_TOKEN
        self._read[key] = request.prefix
        return common // CACHED_IN * CACHED_IN if common >= LEAST_CACHED else 0


def create(body: object, brain: Brain | None, cache: PromptCache | None = None, *, invents: bool = False) -> Json:
    """Answer a request as the API does; where it `invents`, with something made up in what the brain says.

    Without a brain there is no model that could be named. A brain gets away with no more than a model could: what it
    says has the form that was asked for, or is an error of the server, unless it was cut off: what a model may write
    ends at `max_output_tokens`.

    Raises:
        Refused: the request is none that the API takes, or the brain failed.
    """
    request = read(body)
    if brain is None:
        message = f"The model '{request.model}' does not exist or you do not have access to it."
        raise Refused(404, "model_not_found", message)
    try:
        said = brain(request.said)
    except Declined as declined:
        return _response(request, str(declined), cache, refuses=True)
    except ValueError as error:
        raise Refused(500, None, f"The brain has no answer: {error}") from error
    said = made_up(said) if invents else said
    answer_format = request.text.format
    if isinstance(answer_format, JsonSchema) and (flaw := _answer_flaw(said, answer_format.definition)):
        raise Refused(500, None, f"The brain's answer does not fit the schema '{answer_format.name}': {flaw}")
    return _response(request, said, cache)


def _answer_flaw(said: str, schema: Json) -> str:
    try:
        answer = json.loads(said)
    except ValueError as error:
        return f"it is not JSON: {error}"
    mismatch = next(Draft202012Validator(schema).iter_errors(answer), None)
    return f"{'/'.join(map(str, mismatch.instance_path))}: {mismatch.message}" if mismatch else ""


def _response(request: CreateResponse, said: str, cache: PromptCache | None, *, refuses: bool = False) -> Json:
    now = int(time.time())
    cached = cache.cached_tokens(request) if cache else 0
    tokens_in, tokens_out = len(request.prefix) // CHARACTERS_PER_TOKEN, len(said) // CHARACTERS_PER_TOKEN
    most = request.max_output_tokens
    is_cut_off = most is not None and tokens_out > most
    if most is not None and is_cut_off:
        said, tokens_out = said[: most * CHARACTERS_PER_TOKEN], most
    content: Json = {"type": "output_text", "text": said, "annotations": [], "logprobs": []}
    if refuses:
        content = {"type": "refusal", "refusal": said}
    status = "incomplete" if is_cut_off else "completed"
    reasoning = request.reasoning.model_dump() if request.reasoning else {"effort": None, "summary": None}
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": now,
        "completed_at": None if is_cut_off else now,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if is_cut_off else None,
        "instructions": request.instructions,
        "max_output_tokens": most,
        "max_tool_calls": None,
        "model": request.model,
        "output": [
            {
                "type": "message",
                "id": f"msg_{uuid.uuid4().hex}",
                "status": status,
                "role": "assistant",
                "content": [content],
            }
        ],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "prompt_cache_key": request.prompt_cache_key,
        "reasoning": reasoning,
        "safety_identifier": request.safety_identifier,
        "service_tier": "default",
        "store": request.store is not False,
        "temperature": 1.0 if request.temperature is None else request.temperature,
        "text": request.text.model_dump(by_alias=True, exclude_none=True),
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0 if request.top_p is None else request.top_p,
        "truncation": "disabled",
        "usage": {
            "input_tokens": tokens_in,
            "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
            "output_tokens": tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens_in + tokens_out,
        },
        "metadata": request.metadata or {},
    }
