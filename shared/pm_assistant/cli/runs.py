"""Waiting for work that takes longer than a request."""

from time import sleep
from typing import TYPE_CHECKING

from pm_assistant.cli.paths import below
from pm_assistant.cli.terminal import waiting
from pm_assistant.domain.errors import InvalidRequest, UpstreamRejected

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api, Json

PAUSE = 2.0


def results_of(api: "Api", id: str, *, kind: str, what: str) -> "list[Json]":
    """Wait for a run's end, and take what came of it; `what` is shown to whoever watches.

    Raises:
        InvalidRequest: it is a run of another kind.
        UpstreamRejected: it has failed; says why.
    """
    run = api.get(below("/v1/runs", id))
    if run["kind"] != kind:
        raise InvalidRequest(f"run {id} is no {kind}, but {run['kind']}", field="run")
    with waiting(what):
        while run["state"] in {"waiting", "running"}:
            sleep(PAUSE)
            run = api.get(below("/v1/runs", id))
    if run["state"] == "failed":
        raise UpstreamRejected(f"Run {id} has failed: {run['error']}")
    results: list[Json] = run["results"]
    return results
