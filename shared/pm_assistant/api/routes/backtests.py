"""What would have been done with what was said, had things been judged otherwise."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Moment
from pm_assistant.api.routes.runs import RunSummary, start
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.jobs import DEFAULT_COST, Backtest, JobKind, Order
from pm_assistant.domain.model import Model
from pm_assistant.domain.spending import DOLLAR

router = APIGatewayHttpRouter()


Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
MostDollars = Annotated[
    float, Field(ge=0.01, le=1_000, description="no conversation is begun once the model has cost so much")
]


class BacktestRequest(Model):
    """What is to be judged once more, and how."""

    since: Moment | None = Field(default=None, description="how far back to look; two weeks if left out")
    threshold: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="holds today's settings against every kind that is not off acting unasked from this confidence",
    )
    ask_from: float | None = Field(
        default=None, ge=0, le=1, description="holds today's settings against asking people from this confidence"
    )
    prompt: Name | None = Field(default=None, description="holds today against another version of the prompt")
    model: Name | None = Field(default=None, description="holds today against another model, by the vendor's name")
    analyst: Literal["offline"] | None = Field(
        default=None, description="`offline` judges without a model, which costs nothing; else whoever judges today"
    )
    most_dollars: MostDollars = DEFAULT_COST / DOLLAR


@router.post("/v1/workflows/backtest", status_code=202, **needs(Scope.RUN, 400, tag="runs"))
def run_backtest(requested: Annotated[BacktestRequest, Body()]) -> Response[RunSummary]:
    """Have conversations of before judged once more, without acting, and held against what people did.

    The run's one result has, by kind of action, what would be done or asked, what of it people wanted (they said yes,
    or did it themselves) or did not (they said no, or took it back), and what they wanted and would have missed; with
    precision, recall and agreement, and examples. With a variant there are two such sides.
    """
    request = current_request(router)
    if requested.since is not None and requested.since > request.now:
        raise InvalidRequest("it is yet to come", field="since")
    if requested.analyst == "offline" and (requested.prompt or requested.model):
        raise InvalidRequest("without a model there is none to be told or named", field="analyst")
    variant = Variant(**{name: getattr(requested, name) for name in Variant.model_fields})
    most = round(requested.most_dollars * DOLLAR)
    backtest = Backtest(
        variant=variant if variant != Variant() else None, analyst=requested.analyst, most_microdollars=most
    )
    return start(request, Order(kind=JobKind.BACKTEST, since=requested.since, backtest=backtest))
