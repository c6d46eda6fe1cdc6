"""What the offline analyst asks beside what it takes to be likeliest, of told conversations."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from pm_assistant.cli.gold import ToldConversation, ToldTeam, answer
from pm_assistant.domain.decisions import Judgement, Proposal
from pm_assistant.domain.tenants import ActionKind, Mode
from pm_assistant.domain.work import Conversation
from pm_assistant.integrations.offline.analyst import OfflineAnalyst

SETS = Path(__file__).parent, Path(__file__).parent / "held_out"


class _Recorder:
    """The offline analyst, and what it has answered."""

    def __init__(self) -> None:
        self.answers: list[Judgement] = []

    def judge(self, conversation: Conversation, **context: Any) -> Judgement:
        self.answers.append(OfflineAnalyst().judge(conversation, **context))
        return self.answers[-1]


@cache
def judgements() -> Sequence[Sequence[Proposal]]:
    """What is proposed of each conversation of the sets."""
    return [judgement.proposals for folder in SETS for judgement in _judged(folder)]


def _judged(folder: Path) -> Iterator[Judgement]:
    rows = json.loads((folder / "teams.json").read_text("utf-8"))
    teams = {row["id"]: ToldTeam.model_validate(row) for row in rows}
    for line in (folder / "conversations.jsonl").read_text("utf-8").splitlines():
        told, recorder = ToldConversation.model_validate_json(line), _Recorder()
        answer(told, teams[told.team], mode=Mode.AUTO, analyst=cast("Any", recorder))
        yield from recorder.answers


def exclusive() -> Sequence[Sequence[Proposal]]:
    """What of each of these cannot all be right."""
    found = ([each for each in proposals if each.exclusive] for proposals in judgements())
    return [each for each in found if each]


def test_what_cannot_all_be_right_is_never_done_unasked() -> None:
    """However a team's rules have it: it asks first, and is not sure."""
    assert all(each.asks_first and each.confidence < 0.8 for found in exclusive() for each in found)


def test_each_has_an_alternative_in_the_same_words_about_something_else() -> None:
    """About another ticket, or a new one."""
    for found in exclusive():
        for each in found:
            others = {o.action.about_ticket for o in found if o.evidence == each.evidence}
            assert others - {each.action.about_ticket}


def test_there_is_one_new_ticket_in_an_answer_and_one_comment_on_each_at_most() -> None:
    """Whatever may be instead of what."""
    for proposals in judgements():
        kinds = [each.action.kind for each in proposals]
        commented = [each.action.about_ticket for each in proposals if each.action.kind is ActionKind.COMMENT]
        assert kinds.count(ActionKind.CREATE) <= 1
        assert len(commented) == len({*commented})


@pytest.mark.parametrize(
    ("first", "beside"),
    [
        (ActionKind.COMMENT, ActionKind.COMMENT),
        (ActionKind.COMMENT, ActionKind.CREATE),
        (ActionKind.CREATE, ActionKind.COMMENT),
    ],
)
def test_people_are_asked_of_another_ticket_and_of_new_work(first: ActionKind, beside: ActionKind) -> None:
    """Where these are hardly less likely; of one conversation in ten at most."""
    found = [each for each in exclusive() if each[0].action.kind is first and each[-1].action.kind is beside]
    assert found
    assert 10 * len(exclusive()) <= len(judgements())


def test_talk_that_names_its_ticket_is_of_no_other() -> None:
    """Nor is it asked whether it is."""
    named = (each for found in exclusive() for each in found if "is named in the conversation" in each.reason)
    assert not [*named]
