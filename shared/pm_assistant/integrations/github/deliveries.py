"""What GitHub could not tell our app: it lists that for three days, and sends again what it is asked to.

Form: docs.github.com, "Handling failed webhook deliveries" and "REST API endpoints for GitHub App webhooks".
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime

from pm_assistant.domain.deliveries import Delivery, DeliveryPage
from pm_assistant.domain.errors import UpstreamRejected
from pm_assistant.integrations.github.api import GitHubEndpoints, Missing
from pm_assistant.integrations.github.app import GitHubApp
from pm_assistant.integrations.rows import rows_that_fit
from pm_assistant.integrations.transport import json_in
from pm_assistant.integrations.webhooks import Payload

if TYPE_CHECKING:
    import httpx

PER_PAGE = 100


class DeliveryRow(Payload):
    """A delivery in the list."""

    id: int
    guid: str
    delivered_at: AwareDatetime
    status_code: int = 0
    installation_id: int | None = None


class GitHubDeliveries:
    """GitHub as a `Redelivery`.

    Args:
        app: how GitHub knows us.
        api_url: of the REST API, without slash at the end.
        transport: replaces the network in tests.
        clock: tells the time of our proofs.
    """

    def __init__(
        self,
        app: GitHubApp,
        *,
        api_url: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._registered = app
        self._api = GitHubEndpoints(api_url, transport=transport, clock=clock)
        self._clock = clock

    def failed(self, *, cursor: str | None) -> DeliveryPage:
        """A page of the deliveries that did not arrive; one that cannot be read is passed over."""
        query = {"status": "failure", "per_page": PER_PAGE} | ({"cursor": cursor} if cursor else {})
        response = self._call("GET", "/app/hook/deliveries", params=query)
        rows = json_in(response)
        deliveries = [
            Delivery(
                id=row.id,
                event_id=row.guid,
                at=row.delivered_at,
                external_id=None if row.installation_id is None else str(row.installation_id),
                status=row.status_code,
            )
            for row in rows_that_fit(DeliveryRow, rows if isinstance(rows, list) else ())
        ]
        following = response.links.get("next", {}).get("url", "")
        return DeliveryPage(deliveries=tuple(deliveries), cursor=_cursor_in(following))

    def send_again(self, delivery: Delivery) -> bool:
        """Have one sent again."""
        try:
            self._call("POST", f"/app/hook/deliveries/{delivery.id}/attempts")
        except (Missing, UpstreamRejected):
            return False
        return True

    def _call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        return self._api.call(method, path, self._registered.proof(self._clock()), of_ours=True, **arguments)


def _cursor_in(address: str) -> str | None:
    import httpx

    return httpx.URL(address).params.get("cursor") or None
