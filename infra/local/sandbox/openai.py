"""OpenAI's Responses API, with the offline analyst in the place of the model."""

import json
import time
import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pm_assistant.domain.tenants import Member
from pm_assistant.domain.work import Conversation, Message, Team, Ticket
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.integrations.openai.wire import Answer, AskedMessage, AskedTicket, Question

CHARACTERS_PER_TOKEN = 4


class InputMessage(BaseModel):
    """One message of the input list."""

    role: str
    content: str


class Request(BaseModel):
    """As much of a `POST /v1/responses` as the product sends."""

    model: str = Field(min_length=1)
    instructions: str = ""
    input: list[InputMessage] = Field(min_length=1)
    text: dict[str, object]
    store: bool = True

    model_config = ConfigDict(extra="ignore")


def answer(body: dict[str, object]) -> dict[str, object]:
    """Answer a request as the API does.

    Raises:
        ValueError: the request is not of the product's form; the text says what is wrong with it.
    """
    try:
        request = Request.model_validate(body)
        question = Question.model_validate_json(request.input[-1].content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"{error.title}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    judgement = OfflineAnalyst().judge(
        _conversation(question),
        candidates=[_ticket(ticket, question.now) for ticket in question.tickets],
        teams=[Team(id=t.id, key=t.key, name=t.name, states=t.states) for t in question.teams],
        people=[Member(id=p.id, name=p.name, slack_id=p.id, linear_id=p.id) for p in question.people],
        now=question.now,
    )
    return _response(request, Answer.of(judgement).model_dump_json(), asked=len(json.dumps(body)))


def _conversation(question: Question) -> Conversation:
    if not question.messages:
        raise ValueError("Question: messages: there are none to judge")
    channel, root_ts = _address(question.messages[0])
    messages = tuple(_message(message, channel, root_ts, private=question.private) for message in question.messages)
    return Conversation(channel=channel, messages=messages)


def _address(message: AskedMessage) -> tuple[str, str]:
    channel, _, ts = message.id.rpartition(":")
    if not channel or not ts.replace(".", "", 1).isdigit():
        raise ValueError("Question: messages: an id is not of the form channel:ts")
    return channel, ts


def _message(message: AskedMessage, channel: str, root_ts: str, *, private: bool) -> Message:
    ts = _address(message)[1]
    return Message(
        channel=channel,
        ts=ts,
        root_ts=root_ts if message.reply else ts,
        author=message.author_id,
        text=message.text,
        files=message.files,
        private=private,
        received_at=message.at,
    )


def _ticket(asked: AskedTicket, now: datetime) -> Ticket:
    return Ticket(
        id=asked.id,
        key=asked.key,
        title=asked.title,
        description=asked.description,
        url="",
        state=asked.state,
        team_id=asked.team_id,
        assignee_id=asked.assignee_id,
        assignee_name=asked.assignee,
        labels=asked.labels,
        created_at=now,
        updated_at=asked.updated_at,
    )


def _response(request: Request, text: str, *, asked: int) -> dict[str, object]:
    now = int(time.time())
    tokens_in, tokens_out = asked // CHARACTERS_PER_TOKEN, len(text) // CHARACTERS_PER_TOKEN
    content = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": now,
        "completed_at": now,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": request.instructions,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "model": request.model,
        "output": [
            {
                "type": "message",
                "id": f"msg_{uuid.uuid4().hex}",
                "status": "completed",
                "role": "assistant",
                "content": [content],
            }
        ],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "reasoning": {"effort": None, "summary": None},
        "safety_identifier": None,
        "service_tier": "default",
        "store": request.store,
        "temperature": 1,
        "text": request.text,
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1,
        "truncation": "disabled",
        "usage": {
            "input_tokens": tokens_in,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": tokens_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens_in + tokens_out,
        },
        "metadata": {},
    }
