"""What `POST /v1/responses` takes, as far as it is played; nothing else is let through.

Refusals carry the status, code and `param` of the API's own. Of the parameters that exist there, those that change what
comes back in a way that is not played here are refused too, as a model refuses one that it does not support.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from infra.sandbox.core.state import Json
from infra.sandbox.openai.strict import strict_flaw
from infra.sandbox.openai.wire import Refused

NOT_PLAYED = frozenset(
    {
        *("background", "context_management", "conversation", "include", "max_tool_calls"),
        *("moderation", "parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_options"),
        *("prompt_cache_retention", "service_tier", "stream", "stream_options", "tool_choice", "tools"),
        *("top_logprobs", "truncation", "user"),
    }
)


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class InputText(_Sent):
    """A part of a message; pictures and files are not played."""

    type: Literal["input_text"]
    text: str


class InputMessage(_Sent):
    """A message of the input; a bare text stands for one part."""

    type: Literal["message"] = "message"
    role: Literal["user", "assistant", "system", "developer"]
    content: list[InputText] = Field(min_length=1)

    @field_validator("content", mode="before")
    @classmethod
    def _parts(cls, content: object) -> object:
        return [{"type": "input_text", "text": content}] if isinstance(content, str) else content


class PlainText(_Sent):
    """Free text."""

    type: Literal["text"]


class JsonSchema(_Sent):
    """Structured output."""

    type: Literal["json_schema"]
    name: str = Field(pattern="^[a-zA-Z0-9_-]+$", max_length=64)
    definition: Json = Field(alias="schema")
    description: str | None = None
    strict: bool | None = None


class Text(_Sent):
    """How the answer is to look."""

    format: Annotated[PlainText | JsonSchema, Field(discriminator="type")] = PlainText(type="text")
    verbosity: Literal["low", "medium", "high"] | None = None


class Reasoning(_Sent):
    """How hard to think."""

    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    summary: Literal["auto", "concise", "detailed"] | None = None


class CreateResponse(_Sent):
    """The request; a bare text as input stands for one message."""

    model: str = Field(min_length=1)
    input: list[InputMessage] = Field(min_length=1)
    instructions: str | None = None
    max_output_tokens: int | None = Field(default=None, ge=16)
    text: Text = Text()
    store: bool | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    reasoning: Reasoning | None = None
    metadata: dict[str, str] | None = Field(default=None, max_length=16)
    safety_identifier: str | None = Field(default=None, max_length=64)
    prompt_cache_key: str | None = None

    @field_validator("input", mode="before")
    @classmethod
    def _messages(cls, content: object) -> object:
        return [{"role": "user", "content": content}] if isinstance(content, str) else content

    @property
    def said(self) -> str:
        """The question: what the user says first; what comes after it is about its answer."""
        asked = next((message for message in self.input if message.role == "user"), self.input[-1])
        return "".join(part.text for part in asked.content)

    @property
    def prefix(self) -> str:
        """The request as a model reads it, from its beginning."""
        form = self.text.model_dump_json(by_alias=True)
        messages = (f"{message.role}: {part.text}" for message in self.input for part in message.content)
        return "\n".join((form, self.instructions or "", *messages))


def read(body: object) -> CreateResponse:
    """Read a request.

    Raises:
        Refused: the API would not take it either.
    """
    if not isinstance(body, dict):
        raise Refused(400, None, "The body of the request is not a JSON object.")
    unplayed = next((name for name in body if name in NOT_PLAYED), None)
    if unplayed:
        what = f"Unsupported parameter: '{unplayed}' is not supported with this model."
        raise Refused(400, "unsupported_parameter", what, unplayed)
    try:
        request = CreateResponse.model_validate(body)
    except ValidationError as error:
        raise _refused(error.errors(include_url=False)[0]) from error
    answer_format = request.text.format
    if (
        isinstance(answer_format, JsonSchema)
        and answer_format.strict
        and (flaw := strict_flaw(answer_format.definition))
    ):
        what = f"Invalid schema for response_format '{answer_format.name}': {flaw}"
        raise Refused(400, "invalid_json_schema", what, "text.format.schema")
    return request


_CODES: Mapping[str, tuple[str, str]] = {
    "missing": ("missing_required_parameter", "Missing required parameter: '{param}'."),
    "union_tag_not_found": ("missing_required_parameter", "Missing required parameter: '{param}.type'."),
    "extra_forbidden": ("unknown_parameter", "Unknown parameter: '{param}'."),
    "literal_error": ("invalid_value", "Invalid value: {given!r}. Supported values are: {expected}."),
    "union_tag_invalid": ("invalid_value", "Invalid value: {given!r}. Supported values are: {expected}."),
    "string_pattern_mismatch": ("invalid_value", "Invalid '{param}': {message}."),
    "string_too_long": ("string_above_max_length", "Invalid '{param}': {message}."),
    "string_too_short": ("empty_string", "Invalid '{param}': {message}."),
    "too_short": ("empty_array", "Invalid '{param}': {message}."),
    "too_long": ("object_above_max_properties", "Invalid '{param}': {message}."),
    "less_than_equal": ("decimal_above_max_value", "Invalid '{param}': {message}."),
    "greater_than_equal": ("decimal_below_min_value", "Invalid '{param}': {message}."),
}
_OTHERWISE = ("invalid_type", "Invalid type for '{param}': {message}.")


def _refused(error: ErrorDetails) -> Refused:
    code, wording = _CODES.get(error["type"], _OTHERWISE)
    context = error.get("ctx", {})
    message = wording.format(
        param=_param(error["loc"]),
        message=error["msg"],
        given=context.get("tag", error["input"]),
        expected=context.get("expected_tags", context.get("expected")),
    )
    return Refused(400, code, message, _param(error["loc"]))


def _param(place: tuple[int | str, ...]) -> str:
    """A place in the request as the API writes it, such as `input[0].role`."""
    # Below a format stands which of them it was taken for, which is no part of the request.
    parts = [part for above, part in pairwise(("", *place)) if above != "format"]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
