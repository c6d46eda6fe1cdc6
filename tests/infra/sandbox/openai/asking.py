"""Asking the sandbox's OpenAI."""

import httpx

from tests.infra.sandbox.running import OPENAI_KEY, Json, Sandbox


def closed(**properties: object) -> Json:
    """A schema of an object with these properties, as strict output wants it."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


ECHO = closed(said={"type": "string"})
"""What the tests' model answers."""


def formatted(schema: object = ECHO, **changes: object) -> Json:
    """Structured output by a schema; None takes a field away."""
    wanted: Json = {"type": "json_schema", "strict": True, "name": "Echo", "schema": schema} | changes
    return {"format": {name: value for name, value in wanted.items() if value is not None}}


def a_request(**changes: object) -> Json:
    """A request that is right but for the changes; None takes a field away."""
    request: Json = {"model": "gpt-5.1", "input": "Hello", "text": formatted()} | changes
    return {name: value for name, value in request.items() if value is not None}


def ask(sandbox: Sandbox, authorization: str = f"Bearer {OPENAI_KEY}", **changes: object) -> httpx.Response:
    """Send it."""
    headers = {"authorization": authorization} if authorization else {}
    return sandbox.http.post("/openai/v1/responses", json=a_request(**changes), headers=headers)


def refused(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    """Status, code and param of an error, which has the form of all of OpenAI's errors."""
    error = answer.json()["error"]
    assert {"message", "type", "param", "code"} == error.keys()
    assert error["message"]
    assert error["type"] == ("server_error" if answer.status_code >= 500 else "invalid_request_error")
    return answer.status_code, error["code"], error["param"]
