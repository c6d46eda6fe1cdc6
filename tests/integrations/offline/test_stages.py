"""Statements of how work stands for which a team has places of its own: tried out, and sent back to work."""

import pytest

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.work import StateType, TicketState
from pm_assistant.integrations.offline.acts import Stage, stages
from tests.builders import ENG
from tests.integrations.offline.test_analyst import COUPON, judge, thread

BOARD = tuple(
    TicketState(id=name, name=name, type=type)
    for name, type in (
        ("Drawer", StateType.BACKLOG),
        ("Up next", StateType.UNSTARTED),
        ("On the bench", StateType.STARTED),
        ("Second eyes", StateType.STARTED),
        ("Round the corner", StateType.STARTED),
        ("Out of the door", StateType.COMPLETED),
        ("In the bin", StateType.CANCELED),
    )
)
TEAM = ENG.model_copy(update={"states": BOARD})


def moves(said: str, now: str) -> list[MoveTicket]:
    """How a ticket that stands so is moved by what is said of it."""
    [state] = [each for each in BOARD if each.name == now]
    ticket = COUPON.model_copy(update={"state": state})
    talk = thread("the checkout drops the coupon", said)
    proposals = judge(talk, candidates=[ticket], team=TEAM).proposals
    return [each.action for each in proposals if isinstance(each.action, MoveTicket)]


@pytest.mark.parametrize(
    "said",
    [
        "two shops have it on trial at the counter since this morning",
        "seit heute früh läuft das bei zwei Filialen zur Probe",
        "c'est à l'essai chez trois clients depuis ce matin",
        "昨日から2店舗で試してもらっています",
        "lo tienen dos tiendas a prueba desde ayer",
    ],
)
def test_what_is_tried_out_goes_to_where_that_is_done_though_no_state_is_named_so(said: str) -> None:
    """Behind what is looked at, before what is done; it is asked."""
    assert ["Round the corner"] == [move.to.name for move in moves(said, "On the bench")]
    assert ["Round the corner"] == [move.to.name for move in moves(said, "Second eyes")]
    assert [] == moves(said, "Round the corner")


@pytest.mark.parametrize(
    "said",
    [
        "did not pass, the tester found two holes, so it's mine again",
        "beim Test durchgefallen, liegt wieder bei mir auf dem Tisch",
        "la prueba no pasó, me vuelve a tocar arreglarlo",
    ],
)
def test_what_did_not_pass_is_asked_to_go_back_to_work(said: str) -> None:
    """From where it is looked at or tried out; what is in work stays there."""
    for now in ("Second eyes", "Round the corner"):
        [back] = moves(said, now)
        assert ("On the bench", True) == (back.to.name, back.backwards)
    assert [] == moves(said, "On the bench")


def test_who_asks_whether_it_is_tried_out_moves_nothing() -> None:
    """Nor who plans to."""
    for said in ("is it at the pilot shops already?", "we should try it out at two shops next week"):
        assert [] == moves(said, "On the bench")


def test_how_work_stands_is_one_of_all_stages() -> None:
    """They add up to 1; of small talk with the same words none is stated."""
    assert {*Stage} == {*stages("my driving test is on friday")}
    assert 1 == pytest.approx(sum(stages("my driving test is on friday").values()))
    assert max(stages("my driving test is on friday").items(), key=lambda each: each[1])[0] is Stage.NONE
