"""What a team's people have decided once for all."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Cursor, Id, Limit, Moment, Page, paginate_sorted
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.bounds import Name, Wording
from pm_assistant.domain.model import Model
from pm_assistant.domain.rules import Effect, Kind, TeamRule
from pm_assistant.workflows.accounts.rules import (
    RuleSeen,
    change_rule,
    make_rule,
    rules_seen,
    take_back_rule,
)
from pm_assistant.workflows.connections.queries import channel_names
from pm_assistant.workflows.pipeline.muting import wished_rule

router = APIGatewayHttpRouter()


class RuleRequest(Model):
    """A rule: it is about what fits all that it names, and names at least one thing."""

    effect: Effect = Field(default="never", description="`never` asks nothing; `ask` does nothing unasked")
    kind: Kind | None = Field(default=None, description="only of this kind")
    channel: str | None = Field(
        default=None, min_length=1, max_length=64, description="only in this channel that we are in, by its id or name"
    )
    root_ts: str | None = Field(default=None, min_length=1, max_length=64, description="only in this thread of it")
    ticket: str | None = Field(
        default=None, min_length=1, max_length=64, description="only about this ticket, by its key"
    )
    label: Name | None = Field(default=None, min_length=1, description="only about tickets with this label")
    until: Moment | None = Field(default=None, description="when it ends; never if left out")
    note: Wording = Field(default="", description="why")


class RuleChange(Model):
    """What can be changed about a rule; what is left out stays."""

    effect: Effect | None = None
    until: Moment | None = Field(default=None, description="when it ends")
    note: Wording | None = Field(default=None, description="why")
    take_over: bool = Field(
        default=False, description="be its owner from now on; one that ended with its owner counts again"
    )


@router.get("/v1/rules", **needs(Scope.READ, tag="rules"))
def list_rules(limit: Limit = 50, cursor: Cursor = "") -> Page[RuleSeen]:
    """List what is never asked about, or asked first, by whom and until when; those that are over, too.

    `conflicts` names the rules that say otherwise of what both may be about; there the stricter one counts.
    """
    request = current_request(router)
    channels = channel_names(request.unit) if any(rule.channel for rule in request.tenant.rules) else {}
    seen = rules_seen(request.tenant, channels, at=request.unit.now())
    items, next_cursor = paginate_sorted(seen, lambda rule: rule.id, cursor=cursor, limit=limit)
    return Page(items=tuple(items), next=next_cursor)


@router.post("/v1/rules", status_code=201, **needs(Scope.RUN, tag="rules"))
def make_rule_of_team(requested: Annotated[RuleRequest, Body()]) -> TeamRule:
    """Make a rule; what is asked and is what it says is not to be asked is withdrawn.

    With `channel` and `root_ts` it mutes a thread: orders given there are obeyed all the same.
    """
    request = current_request(router)
    wished = wished_rule(request.caller.actor, requested.model_dump(exclude={"ticket"}), requested.ticket, request.unit)
    rule = make_rule(wished, request.unit)
    request.note("rule.made", rule.id, **rule.said)
    return rule


@router.patch("/v1/rules/<rule_id>", **needs(Scope.RUN, 404, tag="rules"))
def change_rule_of_team(rule_id: Id, requested: Annotated[RuleChange, Body()]) -> TeamRule:
    """Change a rule's effect, end or note, or take it over."""
    request = current_request(router)
    changes = requested.model_dump(exclude_unset=True, exclude={"take_over"})
    changes |= {"owner": request.caller.actor, "ended": None} if requested.take_over else {}
    rule = change_rule(rule_id, lambda before: before.model_copy(update=changes), request.unit)
    request.note("rule.changed", rule.id, **rule.said)
    return rule


@router.delete("/v1/rules/<rule_id>", status_code=204, **needs(Scope.RUN, 404, tag="rules"))
def take_back_rule_of_team(rule_id: Id) -> None:
    """Take a rule back; what it kept from being asked is asked again once it is talked of."""
    request = current_request(router)
    rule = take_back_rule(rule_id, request.unit)
    request.note("rule.ended", rule_id, **rule.said)
