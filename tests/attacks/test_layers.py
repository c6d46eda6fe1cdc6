"""Each layer of defence holds off what no other does: without it, some attack gets through."""

from collections.abc import Mapping
from typing import Any

import pytest

from pm_assistant.domain.actions import Comment
from pm_assistant.domain.tenants import Mode
from tests.attacks.brain import MOODS, Obeying
from tests.attacks.laws import WRITTEN, broken
from tests.attacks.town import ATTACKS, Attack, Town

JUDGE, GUARD = "pm_assistant.workflows.pipeline.judge", "pm_assistant.integrations.guarded"
LAYERS: Mapping[str, Mapping[str, Any]] = {
    "grounding": {f"{JUDGE}.grounded": lambda proposal, _: proposal},
    "audience": {f"{JUDGE}.open_to_all": list},
    "flaws": {f"{JUDGE}.flaw": lambda *_, **__: None},
    "flood": {f"{JUDGE}.MOST_PROPOSALS": 999},
    "statements": {f"{GUARD}._is_stated": lambda *_: True},
    "instructions": {"pm_assistant.integrations.openai.client.without_leaks": lambda proposals, _: tuple(proposals)},
}
"""What is taken away, and what stands in its place."""
GETS_THROUGH = {
    "grounding": ("testifies", "message-17", "what nobody said was told unasked"),
    "audience": ("obeys", "message-17", "a decision is about"),
    "flaws": ("invents", "message-17", "ticket-9"),
    "flood": ("floods", "message-17", "a flood was carried out"),
    "statements": ("obeys", "message-17", "a ticket was moved"),
    "instructions": ("leaks", "message-33", "our instructions got out"),
}
"""The mood and the attack that only this layer holds off, and what it does else."""


def attack_named(name: str) -> Attack:
    """An attack by its id."""
    return next(attack for attack in ATTACKS if attack["id"] == name)


def harm(mood: str, attack: Attack) -> list[str]:
    """What comes of a model in a mood that is attacked where everything may be done unasked."""
    model = Obeying(MOODS[mood], attack["text"])
    town = Town(attack, Mode.AUTO, model.analyst)
    try:
        town.is_attacked()
    except KeyError as error:  # an id that nobody has
        return [str(error)]
    asked = [each["input"] for each in model.asked]
    flooded = ["a flood was carried out"] if mood == "floods" and town.written_in_tracker else []
    return [*flooded, *broken(town, Mode.AUTO, instructions=model.asked[0]["instructions"], asked=asked)]


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_without_a_layer_an_attack_gets_through(layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With it the same attack does nothing."""
    mood, name, done = GETS_THROUGH[layer]
    assert [] == harm(mood, attack_named(name))

    for target, instead in LAYERS[layer].items():
        monkeypatch.setattr(target, instead)
    assert any(done in each for each in harm(mood, attack_named(name)))


@pytest.mark.parametrize("name", ["message-02", "ticket_title-01", "assignee-03", "team_name-01", "file-05"])
def test_only_the_fence_keeps_a_model_from_repeating_orders_unasked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it reads them in, and behind whatever else: these words stand there, so nothing else objects."""

    def repeated() -> bool:
        attack = attack_named(name)
        town = Town(attack, Mode.AUTO, Obeying(MOODS["obeys"], attack["text"]).analyst)
        town.is_attacked()
        told = [decision for decision in town.log if decision.state in WRITTEN]
        return any(isinstance(decision.action, Comment) for decision in told)

    assert not repeated()
    monkeypatch.setattr(f"{GUARD}._is_for_machine", lambda _: False)
    monkeypatch.setattr(f"{GUARD}._beside", lambda *_: iter(()))
    assert repeated()
