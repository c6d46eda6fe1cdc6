"""Who acts at the code host: a person, or which sort of program."""

import pytest

from pm_assistant.domain.bots import Actor, AuthorKind, Bots


@pytest.mark.parametrize(
    ("actor", "kind"),
    [
        (None, AuthorKind.HUMAN),
        (Actor(login="ada"), AuthorKind.HUMAN),
        (Actor(login="dependabot[bot]", bot=True), AuthorKind.DEPENDENCY_BOT),
        (Actor(login="Renovate[bot]"), AuthorKind.DEPENDENCY_BOT),
        (Actor(login="copilot-swe-agent[bot]", bot=True), AuthorKind.CODING_AGENT),
        (Actor(login="coderabbitai[bot]", bot=True), AuthorKind.REVIEW_BOT),
        (Actor(login="release-train[bot]", bot=True), AuthorKind.OTHER_BOT),
        (Actor(login="acme-bumper"), AuthorKind.DEPENDENCY_BOT),
        (Actor(login="ACME-coder"), AuthorKind.CODING_AGENT),
        (Actor(login="claude"), AuthorKind.HUMAN),
    ],
)
def test_programs_are_told_apart_by_name_and_by_the_teams_own_word(actor: Actor | None, kind: AuthorKind) -> None:
    """A program that uses a person's account looks like one until the team says otherwise, and the other way round."""
    bots = Bots(dependency_bots=("Acme-Bumper",), coding_agents=("acme-coder",), humans=("Claude",))
    assert kind is bots.kind(actor)
