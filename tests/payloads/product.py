"""Our product as whoever delivers a webhook meets it: the function that takes it in, and all that comes of it."""

import base64
import json
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel

from functions.receive import app as receive_function
from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.domain.events import EventEnvelope
from pm_assistant.domain.surfaces import SurfaceRequest
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.domain.work import Team
from pm_assistant.integrations.github.webhook import GitHubWebhook
from pm_assistant.integrations.linear.webhook import LinearWebhook
from pm_assistant.integrations.offline.analyst import OfflineAnalyst
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.runtime.batch import FailureHandling, handling_of
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.surfaces.answer import answer
from tests.builders import ACME, NOW, TRUSTING, a_connection, a_tenant
from tests.fakes.unit import FakeUnit
from tests.integrations.signing import SECRET

WORKSPACES = {Provider.SLACK: "T0TEST", Provider.LINEAR: "0a1b2c3d-0000-4000-8000-0000000000aa", Provider.GITHUB: "61"}
"""By what each vendor knows the tenant."""
APP_USER = "U0BOT"
LARGEST_MESSAGE = 1_048_576
"""Bytes that SQS takes (docs.aws.amazon.com/AWSSimpleQueueService, quotas for messages)."""
CONNECTED_AT = NOW.replace(year=1970)
"""Before anything was recorded: what ends our access there is not of an earlier connection."""


class WrittenQueue:
    """A queue whose messages are written down, and read again, as on their way through SQS."""

    def __init__(self) -> None:
        self.waiting: list[BaseModel] = []

    def put(self, message: BaseModel, *, group: str, delay_seconds: int = 0) -> None:
        """Enqueue; time does not pass here."""
        text = message.model_dump_json()
        assert len(text.encode()) <= LARGEST_MESSAGE
        self.waiting.append(type(message).model_validate_json(text))


class Product(FakeUnit):
    """A tenant that has connected all three vendors.

    Attributes:
        given_up: the errors that messages would be parked for.
    """

    def __init__(self, *teams: Team) -> None:
        super().__init__()
        self.given_up: list[Exception] = []
        self.analyst = OfflineAnalyst()  # type: ignore[assignment]
        self.webhook_sources = {
            Provider.SLACK: SlackWebhook(SECRET),
            Provider.LINEAR: LinearWebhook(SECRET),
            Provider.GITHUB: GitHubWebhook(SECRET),
        }
        self.events, self.actions = WrittenQueue(), WrittenQueue()
        self.queues.events, self.queues.actions = self.events, self.actions  # type: ignore[assignment]
        self.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"settle_seconds": 0})))
        self.stores.directory.put_teams(ACME, teams)
        for provider, name in WORKSPACES.items():
            connection = a_connection(provider=provider, external_id=name, app_user_id=APP_USER)
            changes = {"connected_at": CONNECTED_AT, "settle_seconds": 0, "retention_days": 36_500}
            self.stores.connections.put(connection.model_copy(update=changes))

    def unit(self, tenant_id: TenantId) -> "Product":
        """There is one tenant."""
        assert tenant_id == ACME
        return self

    def receive(self, provider: Provider, request: WebhookRequest) -> tuple[int, dict[str, Any]]:
        """What the vendor is answered, through the function that API Gateway calls."""
        path = f"/webhooks/{provider}"
        event: dict[str, Any] = {
            "version": "2.0",
            "rawPath": path,
            "headers": request.headers,
            "body": base64.b64encode(request.body).decode(),
            "isBase64Encoded": True,
            "requestContext": {"stage": "$default", "http": {"method": "POST", "path": path}},
        }
        with (
            patch.object(receive_function, "settings", lambda: None),
            patch.object(receive_function, "AwsApplication", lambda _: self),
        ):
            answer = receive_function.handler(event, None)
        return answer["statusCode"], json.loads(answer["body"] or "{}")

    def work(self) -> None:
        """Do what comes of what was received, as the functions behind the queues do."""
        while self.events.waiting or self.actions.waiting:
            queue = self.events if self.events.waiting else self.actions
            message = queue.waiting.pop(0)
            try:
                match message:
                    case EventEnvelope():
                        analyze(message, self)
                    case ActionRequest():
                        act(message, self)
                    case SurfaceRequest():
                        answer(message, self)
            except Exception as error:
                if handling_of(error) is not FailureHandling.WAIT:
                    self.given_up.append(error)
