"""Commands about what one says for the team's report: as everybody, by the API."""

from typing import Annotated

import typer

from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import QuestionnaireTold
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show_json
from pm_assistant.domain.errors import InvalidRequest


def answers(
    target: ApiTarget,
    given: Annotated[
        list[str] | None, typer.Argument(metavar="[ANSWER]...", help="To each question, in their order.")
    ] = None,
    words: Annotated[str, typer.Option("--words", help="What nobody asked for.")] = "",
    as_json: AsJson = False,
) -> None:
    """What the team asks for its report and what you said; answers take the place of what you said today."""
    with target.api() as api:
        told = QuestionnaireTold.model_validate(api.get("/v1/reports/answers"))
        if len(given or ()) > len(told.questions):
            asked = len(told.questions)
            raise InvalidRequest(f"the team asks {asked} questions; say more with --words", field="answers")
        if given or words:
            named = dict(zip((question.text for question in told.questions), given or (), strict=False))
            told = QuestionnaireTold.model_validate(api.put("/v1/reports/answers", answers=named, words=words))
    if as_json:
        show_json(told)
        return
    said = {answer.question: answer.text for answer in told.answers}
    for text in (*(question.text for question in told.questions), ""):
        typer.echo(f"{text or 'Beside that'}: {said.get(text, '-')}")
    note("Said for the team's post, in your name" if said else "Nothing said today; say it with: pm answers ANSWER...")
