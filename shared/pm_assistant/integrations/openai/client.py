"""OpenAI as an `Analyst`: a cheap model, once more if its answer cannot be used, and a stronger one if it is unsure."""

from __future__ import annotations

import copy
import hashlib
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pydantic import ValidationError

from pm_assistant.domain import causes
from pm_assistant.domain.actions import Comment
from pm_assistant.domain.decisions import NO_ODDS, Judgement, Proposal, RunnerUp
from pm_assistant.domain.errors import UpstreamError, UpstreamRejected
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.people import Participant
from pm_assistant.domain.policy import flaw
from pm_assistant.domain.spending import QUOTA_USED_UP
from pm_assistant.domain.work import Conversation, Team, Ticket
from pm_assistant.integrations import policy
from pm_assistant.integrations.alternatives import asked_which
from pm_assistant.integrations.openai.connection import Connection
from pm_assistant.integrations.openai.failures import QuotaUsedUp, translated
from pm_assistant.integrations.openai.leaks import without_leaks
from pm_assistant.integrations.openai.prices import Price, Tokens, microdollars, price_of
from pm_assistant.integrations.openai.prompts import CURRENT, instructions
from pm_assistant.integrations.openai.wire import Answer, Question, worth_showing
from pm_assistant.integrations.policy import Unanswered

if TYPE_CHECKING:
    import openai
    from openai.types.responses import Response, ResponseInputParam

MOST_OUTPUT_TOKENS = 8_000
"""What a model may think and write; the longest answer that was wanted so far is a tenth of it."""
UNSURE_BELOW = 0.7
"""A proposal less sure than this has a stronger model look at it."""
CLOSE = 0.15
"""So has one whose ticket is hardly likelier than the next one."""
ANOTHER_BEGINS_WITHIN = 20.0
"""Seconds since the first request: so all of them together end before the function has to."""

REFUSED = "the model refused to answer"
CUT_OFF = "the model's answer was cut off"
UNREADABLE = "the model's answer is of the wrong form"
REJECTED = "the model does not take this conversation"

MAY_BE_THIS = "It was hard to tell whether this ticket is meant or {ticket}."
REPAIR = """\
That answer cannot be used as it stands. Answer the same question once more, in full, without what is wrong with it:
"""


class Reply(NamedTuple):
    """What a model answered: proposals, or what is the `trouble` with the answer."""

    model: str
    tokens: Tokens
    text: str = ""
    proposals: tuple[Proposal, ...] = ()
    trouble: str | None = None
    flaws: tuple[str, ...] = ()

    @property
    def unsure(self) -> bool:
        """Whether a stronger model is to be asked: no usable answer, an unlikely one, or two tickets close together."""
        return self.trouble is not None or bool(self.flaws) or any(_unsure(proposal) for proposal in self.proposals)


class OpenAIAnalyst:
    """Models behind one key.

    Args:
        api_key: of the project that pays.
        base_url: of the API, ending in `/v1`.
        model: name of a model that supports structured output.
        strong_model: is asked where that one is unsure; None if none is.
        prompt: version of what they are told.
        prices: that the deployment knows better than we do.
        http_client: replaces the network in tests.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str,
        model: str,
        *,
        strong_model: str | None = None,
        prompt: str = CURRENT,
        prices: Mapping[str, Price] | None = None,
        http_client: openai.DefaultHttpxClient | None = None,
    ) -> None:
        self._model, self._strong_model = model, strong_model
        self._prompt, self._prices = prompt, prices or {}
        self._guidance: str | None = None
        self._connection = Connection(api_key, base_url, http_client=http_client)

    def tuned(self, *, guidance: str | None = None, prompt: str | None = None, model: str | None = None) -> Self:
        """The same behind the same connection, for one team or one side of an experiment; what is None stays."""
        other = copy.copy(self)
        other._guidance = self._guidance if guidance is None else guidance
        other._prompt, other._model = prompt or self._prompt, model or self._model
        return other

    def judge(
        self,
        conversation: Conversation,
        *,
        candidates: Sequence[Ticket],
        teams: Sequence[Team],
        people: Sequence[Participant],
        now: datetime,
        language: str | None = None,
        odds: Mapping[str, float] = NO_ODDS,
    ) -> Judgement:
        """Ask the model; a conversation of which nothing stands any more costs no request.

        What it answered may still hold what cannot be used, which `policy.flaw` finds. Where there is no answer at all
        that repeating would better, the judgement is empty, and `fallback` says why.

        Raises:
            Misconfigured: OpenAI does not accept our key, or has no such model.
            UpstreamUnavailable: no answer; a later one may come.
        """
        if not conversation.undeleted_messages:
            return Judgement(proposals=(), model=self._model)
        shown = worth_showing(candidates, odds)
        question = Question.of(conversation, candidates=shown, teams=teams, people=people, now=now, language=language)
        told = instructions(self._prompt, self._guidance)
        tickets, workflows = {ticket.id: ticket for ticket in shown}, {team.id: team for team in teams}

        def ask(model: str, *more: tuple[str, str]) -> Reply:
            reply = self._reply(model, told, question, teams, more)
            flaws = (
                flaw(proposal, conversation=conversation, tickets=tickets, teams=workflows)
                for proposal in reply.proposals
            )
            numbered = (f"proposal {number}: {each}" for number, each in enumerate(flaws, start=1) if each)
            return reply._replace(flaws=tuple(numbered))

        started = time.perf_counter()
        try:
            replies = self._replies(ask, started)
        except QuotaUsedUp:
            return Judgement(proposals=(), model=self._model, prompt=self._prompt, fallback=QUOTA_USED_UP)
        except UpstreamRejected:
            return Judgement(proposals=(), model=self._model, prompt=self._prompt, fallback=REJECTED)
        best = min(reversed(replies), key=lambda reply: (reply.trouble is not None, len(reply.flaws)))
        return Judgement(
            proposals=_with_runners_up(without_leaks(best.proposals, told), tickets),
            model=best.model,
            prompt=self._prompt,
            tokens_in=sum(reply.tokens.input for reply in replies),
            tokens_out=sum(reply.tokens.output for reply in replies),
            latency_ms=round((time.perf_counter() - started) * 1000),
            cost_microdollars=sum(microdollars(reply.tokens, price_of(reply.model, self._prices)) for reply in replies),
            fallback=best.trouble,
        )

    def _replies(self, ask: Any, started: float) -> Sequence[Reply]:
        """Ask the cheap model, once more if its answer cannot be used, and then the strong one if it is unsure.

        What comes after the first answer makes that better if it can: that it fails costs nothing but the better one.
        """
        replies = [policy.retried(lambda: ask(self._model), repeatable=True)]

        def one_more(model: str, *more: tuple[str, str]) -> None:
            if time.perf_counter() - started < ANOTHER_BEGINS_WITHIN:
                try:
                    replies.append(ask(model, *more))
                except (UpstreamError, QuotaUsedUp):
                    return

        first = replies[0]
        if first.flaws or first.trouble in {CUT_OFF, UNREADABLE}:
            wrong = "\n".join(first.flaws) or f"{first.trouble}."
            said = [("assistant", first.text)] if first.text else []
            one_more(self._model, *said, ("user", REPAIR + wrong))
        if self._strong_model is not None and replies[-1].unsure:
            one_more(self._strong_model)
        return replies

    def _reply(
        self, model: str, told: str, question: Question, teams: Sequence[Team], more: Sequence[tuple[str, str]]
    ) -> Reply:
        """One request; what came back is paid for, so whatever it is worth it is a reply.

        Raises:
            ProductError: nothing that can be used came back, nor is it paid for.
        """
        asked: ResponseInputParam = [{"role": "user", "content": question.model_dump_json()}]
        asked += [{"role": role, "content": text} for role, text in more]  # type: ignore[misc]
        with translated():
            raw = self._connection.client.responses.with_raw_response.parse(
                model=model,
                instructions=told,
                input=asked,
                text_format=Answer,
                max_output_tokens=MOST_OUTPUT_TOKENS,
                # What begins alike is sent to where the beginning is kept.
                prompt_cache_key=hashlib.sha256(told.encode()).hexdigest()[:32],
                store=False,
            )
        response = read_response(raw.http_response.content)
        usage = response.usage
        details = usage.input_tokens_details if usage else None
        reply = Reply(
            model=response.model,
            tokens=Tokens(usage.input_tokens, details.cached_tokens or 0 if details else 0, usage.output_tokens)
            if usage
            else Tokens(),
            text=response.output_text,
        )
        if response.status == "incomplete":
            return reply._replace(trouble=CUT_OFF)
        if any(part.type == "refusal" for item in response.output if item.type == "message" for part in item.content):
            return reply._replace(trouble=REFUSED)
        try:
            return reply._replace(proposals=Answer.model_validate_json(reply.text).domain(teams))
        except ValidationError:  # which quotes the answer
            return reply._replace(trouble=UNREADABLE)


def read_response(content: bytes) -> Response:
    """Read a response leniently, as the SDK does: what it does not know, or no longer finds, is no error.

    Raises:
        UpstreamUnavailable: it is none, or says that OpenAI failed.
    """
    import json

    from openai.types.responses import Response

    try:
        response = Response.construct(**json.loads(content))
        failed = response.status not in {"completed", "incomplete"}
    except (ValueError, TypeError, AttributeError):
        raise Unanswered(causes.is_of_another_form("OpenAI", "response")) from None
    if failed:
        raise Unanswered(Translatable("OpenAI failed while the model answered"))
    return response


def _unsure(proposal: Proposal) -> bool:
    return proposal.confidence < UNSURE_BELOW or _is_close(proposal)


def _is_close(proposal: Proposal) -> bool:
    return bool(proposal.runners_up) and proposal.confidence - proposal.runners_up[0].score < CLOSE


def _with_runners_up(proposals: Sequence[Proposal], tickets: Mapping[str, Ticket]) -> tuple[Proposal, ...]:
    """What was proposed; where a model was left unsure between two tickets, people are asked which of them it is."""
    taken = {id for proposal in proposals for id in proposal.action.tickets}
    asked = [*proposals]
    for comment in proposals:
        other = _of_runner_up(comment, tickets)
        if other is not None and taken.isdisjoint(other.action.tickets):
            readings = (comment.action.about_ticket, comment.evidence)
            likeliest = [each for each in asked if (each.action.about_ticket, each.evidence) == readings]
            asked = [each for each in asked if each not in likeliest] + [*asked_which(likeliest, [other])]
            taken |= {*other.action.tickets}
    return tuple(asked)


def _of_runner_up(proposal: Proposal, tickets: Mapping[str, Ticket]) -> Proposal | None:
    """The same told to the ticket that came next, where nobody can say which of both is meant."""
    told = proposal.action
    if not isinstance(told, Comment) or proposal.confidence >= UNSURE_BELOW or not _is_close(proposal):
        return None
    first, second = tickets.get(told.ticket_id), tickets.get(proposal.runners_up[0].ticket_id)
    if first is None or second is None:
        return None
    return proposal.model_copy(
        update={
            "action": told.model_copy(update={"ticket_id": second.id}),
            "confidence": proposal.runners_up[0].score,
            "reason": MAY_BE_THIS.format(ticket=first.key),
            "runners_up": (RunnerUp(ticket_id=first.id, score=proposal.confidence), *proposal.runners_up[1:]),
        }
    )
