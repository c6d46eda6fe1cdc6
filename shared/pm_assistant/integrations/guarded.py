"""An analyst that is believed only as far as rules which no words can talk over let it be.

Whatever people write may be meant for whoever reads it for us: a model may do as it is told there, and tell us that it
is certain. So a second reader goes over what was read: rules that obey nobody.
"""

import re
from collections.abc import Iterator
from typing import Self, Unpack

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.decisions import NO_ODDS, Judgement, Proposal
from pm_assistant.domain.work import Conversation, StateType
from pm_assistant.integrations.offline import cues
from pm_assistant.integrations.offline.gate import is_surely_nothing
from pm_assistant.integrations.offline.progress import Progress, claims
from pm_assistant.language import text
from pm_assistant.language.lookalikes import unmasked
from pm_assistant.ports.vendors import Analyst, JudgingContext, ModelAnalyst

_TO_MACHINE = re.compile(
    r"\b(?:assistant|bot|llm|ai|language model)\b(?: ?[,:]|.{0,20}\b(?:shall|must|ha[sv]e? to|should|will"
    r"|(?:is|are) allowed|closes|moves|says?)\b)"
    r"|\b(?:your|system) (?:\w+ )?(?:rules|prompt|instructions|guidelines|policy|api[- ]?key)\b"
    r"|\b(?:confidence|threshold) ?(?:=|:|must|is (?:0|1|always)|1\b)|\b(?:override|base64|rot13)\b|\btool_?calls?\b"
    r"|\bstatus ?= ?\w"
    r"|</?(?:system|assistant|user|messages?|input|tickets?|people|states?|instructions?)>"
    r"|[\"\u201c]?proposals[\"\u201d]?:|\bautonomous mode\b|\bpretend that\b|\b[a-z](?:\.[a-z]){4,}"
    r"|\b(?:instru[ckz]|instru\xe7|talimat|ohjee?t|polece)\w*.{0,30}\b[a-z][a-z0-9]*-\d+\b"
    r"|\b(?:close|cancel|move|set|mark|reopen|delete|complete|shall be)\b[^.!?\n]{0,40}\b[a-z][a-z0-9]*-\d+\b"
    r"|\b[a-z][a-z0-9]*-\d+\b ?(?:->|=>|\u2192|=)"
)
"""Talk to a machine, or of how it judges, and orders about tickets; in doubt a person is asked."""
_MASKS = re.compile("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
"""What turns the direction of letters, and letters that nobody sees: no talk among people needs them."""
_SAYS = {
    Progress.STARTED: {StateType.STARTED},
    Progress.REVIEW: {StateType.STARTED},
    Progress.COMPLETED: {StateType.COMPLETED},
    Progress.CANCELED: {StateType.CANCELED},
}
"""What a statement of progress can be taken to move a ticket to."""


class GuardedAnalyst:
    """Implements `ports.Analyst`: another's proposals, of which some are never to be done without a person's word.

    These are all of them where anything that was read speaks to a machine, and every move that nobody states in words
    of their own.

    Args:
        analyst: is asked.
    """

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst

    def judge(self, conversation: Conversation, **context: Unpack[JudgingContext]) -> Judgement:
        """Ask the analyst, and note what of its answer is to be asked first; it raises what that raises."""
        judgement = self._analyst.judge(conversation, **context)
        spoken_to = any(_is_for_machine(message.text) for message in conversation.undeleted_messages) or any(
            _is_order(part) for part in _beside(conversation, context)
        )
        proposals = (
            proposal.model_copy(update={"asks_first": True})
            if spoken_to or not _is_stated(proposal, conversation)
            else proposal
            for proposal in judgement.proposals
        )
        return judgement.model_copy(update={"proposals": tuple(proposals)})


NOTHING_OF_WORK = "it is surely no work"


class GuardedModel(GuardedAnalyst):
    """The same of a model (`ports.ModelAnalyst`), which is not asked about what is surely no work.

    Args:
        model: is asked.
    """

    def __init__(self, model: ModelAnalyst) -> None:
        super().__init__(model)
        self._model = model

    def judge(self, conversation: Conversation, **context: Unpack[JudgingContext]) -> Judgement:
        """The same, where there is something to ask about."""
        candidates, odds = context["candidates"], context.get("odds", NO_ODDS)
        if is_surely_nothing(conversation, candidates=candidates, people=context["people"], odds=odds):
            return Judgement(proposals=(), model="", fallback=NOTHING_OF_WORK)
        return super().judge(conversation, **context)

    def tuned(self, *, guidance: str | None = None, prompt: str | None = None, model: str | None = None) -> Self:
        """The same with its model told otherwise."""
        return type(self)(self._model.tuned(guidance=guidance, prompt=prompt, model=model))


def _is_order(written: str) -> bool:
    return _MASKS.search(written) is not None or cues.is_order_to_machine(written)


def _is_for_machine(said: str) -> bool:
    return _is_order(said) or _TO_MACHINE.search(text.fold(unmasked(said)).replace("\u2019", "'")) is not None


def _beside(conversation: Conversation, context: JudgingContext) -> Iterator[str]:
    """What else the model reads that others wrote: of tickets nobody is told to do anything, as in talk."""
    for message in conversation.undeleted_messages:
        yield from message.files
    for ticket in context["candidates"]:
        yield from (ticket.title, ticket.description, *ticket.labels, ticket.assignee_name or "")
    for team in context["teams"]:
        yield from (team.name, *(state.name for state in team.states))
    yield from (person.name for person in context["people"])


def _is_stated(proposal: Proposal, conversation: Conversation) -> bool:
    """Whether what a proposal moves was said to be there, by somebody it cites, in words of their own."""
    if not isinstance(proposal.action, MoveTicket):
        return True
    cited = (message for message in conversation.undeleted_messages if message.id in proposal.evidence)
    spoken = (text.plain(message.text, {}, spoken=True) for message in cited)
    stated = {claim.progress for said in spoken for claim in claims(said)} - {Progress.REOPENED}
    return any(proposal.action.to.type in _SAYS[progress] for progress in stated)
