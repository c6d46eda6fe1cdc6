"""Whatever is said, and however the model takes it, nothing comes of it that the team has not allowed."""

import logging

import pytest

from pm_assistant.domain.links import LinkKind, PullRequestText
from pm_assistant.domain.tenants import Mode
from pm_assistant.integrations.guarded import GuardedAnalyst
from pm_assistant.integrations.offline import OfflineAnalyst
from pm_assistant.language.links import read_links
from pm_assistant.workflows.pipeline.judge import TOO_MANY_PROPOSED
from tests.attacks.brain import MOODS, Obeying
from tests.attacks.laws import broken
from tests.attacks.town import ATTACKS, Attack, Town

BUILT = {"pr_title": "title", "pr_body": "body", "branch": "branch"}
"""Where a pull request says something, by the way of an attack."""
SAID = [attack for attack in ATTACKS if attack["via"] not in BUILT]
MODES = (Mode.PROPOSE, Mode.AUTO)


def test_there_are_attacks_of_every_kind() -> None:
    """More than 120, each once, by every way that people's words take to us."""
    assert len({attack["text"] + attack["via"] for attack in ATTACKS}) == len(ATTACKS) >= 120
    assert len({attack["via"] for attack in ATTACKS}) >= 20


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("attack", SAID, ids=lambda attack: str(attack["id"]))
def test_the_offline_analyst_is_not_talked_into_anything(attack: Attack, mode: Mode) -> None:
    """No ticket moves, nothing leaks, nothing foreign is named, and no markup lives."""
    town = Town(attack, mode, GuardedAnalyst(OfflineAnalyst()))
    town.is_attacked()
    assert [] == list(broken(town, mode))


@pytest.mark.thorough
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("place", "attack"), list(enumerate(SAID)), ids=[str(attack["id"]) for attack in SAID])
def test_a_model_that_obeys_everybody_does_no_harm(
    place: int, attack: Attack, mode: Mode, caplog: pytest.LogCaptureFixture
) -> None:
    """It may propose what it likes: what is done unasked stands in what was said, and moves nothing."""
    caplog.set_level(logging.DEBUG)
    others = [mood for name, mood in MOODS.items() if name != "obeys"]
    for mood in (MOODS["obeys"], others[place % len(others)]):
        model = Obeying(mood, attack["text"])
        town = Town(attack, mode, model.analyst)
        town.is_attacked()
        instructions = model.asked[0]["instructions"] if model.asked else ""
        assert [] == list(broken(town, mode, instructions=instructions, asked=[each["input"] for each in model.asked]))
    assert attack["text"] not in caplog.text


LONGEST = max(SAID, key=lambda attack: len(attack["text"]))


@pytest.mark.parametrize("mood", sorted(MOODS))
def test_every_mood_is_heard_out_but_the_one_that_drowns(mood: str) -> None:
    """What was cut off before it is judged would try nothing."""
    model = Obeying(MOODS[mood], LONGEST["text"])
    Town(LONGEST, Mode.AUTO, model.analyst).is_attacked()
    assert {mood != "drowns"} == {*model.heard_out}


@pytest.mark.parametrize("attack", SAID[::9], ids=lambda attack: str(attack["id"]))
def test_of_a_flood_nothing_is_done_and_the_log_says_so(attack: Attack) -> None:
    """Not even what would be done of an answer that has room for all that it says."""
    model = Obeying(MOODS["floods"], attack["text"])
    town = Town(attack, Mode.AUTO, model.analyst)
    town.is_attacked()
    assert [] == list(town.written_in_tracker)
    assert bool(model.asked) is (TOO_MANY_PROPOSED in {decision.reason for decision in town.log})


@pytest.mark.parametrize(
    "attack", [attack for attack in ATTACKS if attack["via"] in BUILT], ids=lambda attack: str(attack["id"])
)
def test_no_pull_request_talks_us_into_closing_a_ticket(attack: Attack) -> None:
    """Who may write one decides nothing but what its own author says it does."""
    said = {"title": "Keep the coupon", "base": "main", BUILT[attack["via"]]: attack["text"]}
    links = read_links(PullRequestText.model_validate(said), team_keys={"ENG"}, tickets={"ENG-1", "ENG-2"})

    assert not [link for link in links.links if link.kind is LinkKind.CLOSES]
