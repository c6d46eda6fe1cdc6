"""The sandbox's brain: OpenAI's model finds what the offline analyst finds, and words facts as they are worded.

The sandbox knows nothing of the product and so takes this in as `--brain infra.local.brain:answer`.
"""

from datetime import datetime

from pydantic import ValidationError

from pm_assistant.domain.people import Participant
from pm_assistant.domain.work import Conversation, Message, Team, Ticket
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.integrations.openai.wire import Answer, AskedMessage, AskedTicket, Question
from pm_assistant.integrations.openai.writer import Facts, Wording

SHORTLISTED = 2.0
"""How much likelier than none a ticket is taken to be that the question comes with: retrieval found it near."""


def answer(question_json: str) -> str:
    """Answer a question of the product's, both as JSON.

    Raises:
        ValueError: it is no such question; the text says what is wrong with it.
    """
    if (facts := _facts(question_json)) is not None:
        return Wording(sentences=facts.facts).model_dump_json()
    try:
        question = Question.model_validate_json(question_json)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ValueError(f"{error.title}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    candidates = [_ticket(ticket, question.now) for ticket in question.tickets]
    judgement = OfflineAnalyst().judge(
        _conversation(question),
        candidates=candidates,
        odds={ticket.id: SHORTLISTED for ticket in candidates},
        teams=[Team(id=t.id, key=t.key, name=t.name, states=t.states) for t in question.teams],
        people=[Participant(name=p.name, chat_id=p.id, tracker_id=p.id) for p in question.people],
        now=question.now,
    )
    return Answer.of(judgement).model_dump_json()


def _facts(question_json: str) -> Facts | None:
    try:
        return Facts.model_validate_json(question_json)
    except ValidationError:
        return None


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


def _ticket(ticket: AskedTicket, now: datetime) -> Ticket:
    return Ticket(
        id=ticket.id,
        key=ticket.key,
        former_keys=ticket.former_keys,
        title=ticket.title,
        description=ticket.description,
        url="",
        state=ticket.state,
        team_id=ticket.team_id,
        assignee_id=ticket.assignee_id,
        assignee_name=ticket.assignee,
        labels=ticket.labels,
        created_at=now,
        updated_at=ticket.updated_at,
    )
