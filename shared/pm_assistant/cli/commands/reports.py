"""When which report comes to whom, what came, and the overview of a team."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

import typer

from pm_assistant.cli import report_views, views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.members import find_member
from pm_assistant.cli.models import QuestionnaireTold, ReportTold, SentTold, SubscriptionTold
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.paths import below
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.reports import ReportChannel, ReportKind, Weekday

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api

Kind = Annotated[ReportKind, typer.Argument(help="Which report.")]
Whom = Annotated[str | None, typer.Option("--member-id", "--person", help="Who gets it: id, name or e-mail.")]
ChannelId = Annotated[str | None, typer.Option("--channel", help="The chat's id of a channel to post it in.")]
TeamId = Annotated[str | None, typer.Option("--team", help="The tracker's id of the team that it tells of.")]


def subscriptions(target: ApiTarget, as_json: AsJson = False) -> None:
    """Who gets which report when, people and channels."""
    with target.api() as api:
        subscriptions = [SubscriptionTold.model_validate(item) for item in api.items("/v1/subscriptions")]
        names = {item["id"]: item["name"] for item in api.items("/v1/members")}
    show_json(subscriptions) if as_json else show(report_views.subscriptions(subscriptions, names))


def subscribe(  # noqa: PLR0913, each is an option
    target: ApiTarget,
    kind: Kind,
    whom: Whom = None,
    channel: ChannelId = None,
    team: TeamId = None,
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="Local time.")] = "09:00",
    days: Annotated[list[Weekday] | None, typer.Option("--on", help="Weekday; repeatable. As usual if none.")] = None,
    way: Annotated[ReportChannel | None, typer.Option("--by", help="How it reaches a person.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help="Whose local time; of a channel only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Have a report come to a person or in a channel; what was wished for it before is replaced."""
    hour, _, minute = at.partition(":")
    if not (hour.isdecimal() and minute.isdecimal()):
        raise InvalidRequest("say when as HH:MM, such as 09:30", field="at")
    subscription: dict[str, Any] = {"hour": int(hour), "minute": int(minute), "weekdays": days, "delivery": way}
    subscription |= {"time_zone": zone}
    with target.api() as api:
        path = _path(api, kind, whom, channel)
        made = SubscriptionTold.model_validate(
            api.put(f"{path}{_of(team)}", **{k: v for k, v in subscription.items() if v is not None})
        )
    show_json(made) if as_json else note(f"It comes {report_views.when(made)}")


def unsubscribe(
    target: ApiTarget, kind: Kind, whom: Whom = None, channel: ChannelId = None, team: TeamId = None
) -> None:
    """Have a report come no longer."""
    with target.api() as api:
        api.delete(f"{_path(api, kind, whom, channel)}{_of(team)}")
    note("It comes no longer")


def snooze(
    target: ApiTarget,
    kind: Kind,
    whom: Whom = None,
    team: TeamId = None,
    until: Annotated[Literal["hour", "tomorrow"], typer.Option("--until", help="When it comes again.")] = "hour",
) -> None:
    """Have a report come again later, as things stand then; today's own still comes."""
    with target.api() as api:
        again = api.post(f"{_path(api, kind, whom, None)}/again{_of(team)}", until=until)
    note(f"It comes again at {again['at']}")


def reports(
    target: ApiTarget,
    number: Annotated[int | None, typer.Argument(min=1, max=200, help="Show this one in full; 1 came last.")] = None,
    team: TeamId = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many, the last first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What was sent to you, and what was not and why; a number shows one in full."""
    query = {"team_id": team} if team else {}
    with target.api() as api:
        page = api.get("/v1/reports", limit=str(number or limit), **query)
    sent: Sequence[SentTold] = [SentTold.model_validate(item) for item in page["items"]]
    if number is not None:
        if len(sent) < number:
            raise NotFound(f"only {len(sent)} are kept")
        one = sent[number - 1]
        show_json(one) if as_json else show(report_views.sent_in_full(one))
        return
    show_json(sent) if as_json else show(report_views.sent(sent))


def overview(
    target: ApiTarget,
    team: Annotated[str, typer.Argument(metavar="TEAM", help="The tracker's id of the team.")],
    whom: Annotated[str | None, typer.Option("--member-id", "--person", help="For whom; for you if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Of each person of a team what moved, is blocked and waits; for admins, and whom an admin has it sent."""
    with target.api() as api:
        query = {"member_id": find_member(api, whom)["id"]} if whom else {}
        shown = ReportTold.model_validate(api.get("/v1/overview", team_id=team, **query))
    show_json(shown) if as_json else show(views.reports([shown]))


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


def _path(api: "Api", kind: ReportKind, whom: str | None, channel: str | None) -> str:
    """Where the API has a subscription.

    Raises:
        InvalidRequest: it is to be for one of the two.
    """
    if (whom is None) is (channel is None):
        raise InvalidRequest("say who gets it, --member-id NAME or --channel ID", field="member_id")
    if channel is not None:
        return f"{below('/v1/channels', channel)}/subscriptions/{kind}"
    return f"{below('/v1/subscriptions', find_member(api, whom or '')['id'])}/{kind}"


def _of(team: str | None) -> str:
    return f"?team_id={quote(team, safe='')}" if team else ""
