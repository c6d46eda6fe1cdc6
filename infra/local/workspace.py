"""Ties the tenant `local` to a developer's own workspace by the tokens in `.env`, past every consent page.

Customers get their connections through OAuth, and so does the demo. This door exists on the local stack alone, because
only here does an operator hold both the tokens and the keys of the table; nothing that is deployed knows of it.
"""

from datetime import UTC, datetime

import httpx
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from infra.local.tools import LocalError
from pm_assistant.cli.client import StackClient
from pm_assistant.domain.tenants import Connection, Credentials, Provider, Settings, Tenant, TenantId
from pm_assistant.runtime.wiring import urls

OWN = TenantId("local")
WHO_AM_I = "query { viewer { id } organization { id name urlKey } }"


def connect(client: StackClient, *, settings: Settings, slack_token: str, linear_token: str) -> Tenant:
    """Create or renew the tenant `local` with these two connections.

    Raises:
        LocalError: the stack is not a local one, the tenant another, or a vendor does not know its token.
    """
    if client.stack.aws_endpoint_url is None or client.tenant_id != OWN:
        raise LocalError(f"tokens of one's own are for the tenant {OWN} of a local stack; all others connect by OAuth")
    slack = _slack_identity(slack_token, urls(Provider.SLACK, client.stack.settings)["api"])
    linear = _linear_identity(linear_token, urls(Provider.LINEAR, client.stack.settings)["api"])
    tenant = Tenant(id=OWN, name=slack["team"], settings=settings)
    client.stores.tenants.put(tenant)
    home = f"https://linear.app/{linear['urlKey']}/"
    _keep(client, tenant, Provider.SLACK, (slack["team_id"], slack["user_id"], slack["url"]), slack_token)
    _keep(client, tenant, Provider.LINEAR, (linear["id"], linear["viewer"], home), linear_token)
    return tenant


def _keep(client: StackClient, tenant: Tenant, provider: Provider, identity: tuple[str, str, str], token: str) -> None:
    external_id, app_user_id, base_url = identity
    credentials = Credentials(access_token=SecretStr(token))
    client.stores.connections.put(
        Connection(
            tenant_id=tenant.id,
            provider=provider,
            external_id=external_id,
            app_user_id=app_user_id,
            base_url=base_url,
            name=tenant.name,
            sealed_credentials=client.vault().seal(tenant.id, provider, credentials),
            settle_seconds=tenant.settings.settle_seconds,
            retention_days=tenant.settings.retention_days,
            connected_at=datetime.now(UTC),
        )
    )


def _slack_identity(token: str, url: str) -> dict[str, str]:
    try:
        answer = WebClient(token=token, base_url=url).auth_test()
    except SlackApiError as error:
        raise LocalError(f"Slack does not accept SLACK_TOKEN: {error.response['error']}") from error
    return {name: str(answer[name]) for name in ("team", "team_id", "user_id", "url")}


def _linear_identity(token: str, url: str) -> dict[str, str]:
    authorization = token if token.startswith("lin_api_") else f"Bearer {token}"
    answer = httpx.post(url, json={"query": WHO_AM_I}, headers={"authorization": authorization}, timeout=15).json()
    if "errors" in answer:
        raise LocalError(f"Linear does not accept LINEAR_API_KEY: {answer['errors'][0]['message']}")
    organization = answer["data"]["organization"]
    return {"id": organization["id"], "urlKey": organization["urlKey"], "viewer": answer["data"]["viewer"]["id"]}
