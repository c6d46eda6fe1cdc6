"""Where the functions find the vendors, and the secrets they share with them."""

import json
import secrets as randomness
from collections.abc import Mapping
from pathlib import Path

from infra.local.tools import write_private

SECRETS = {
    "slack_signing_secret": "slack/signing-secret",
    "linear_webhook_secret": "linear/webhook-secret",
    "openai_api_key": "openai/api-key",
}
"""Names here and below the functions' SECRETS_PREFIX."""


def shared_secrets(path: Path, own: Mapping[str, str]) -> dict[str, str]:
    """The stack's secrets: made once and kept to the owner's eyes; the developer's own come first."""
    made = json.loads(path.read_text()) if path.exists() else {}
    made = {name: made.get(name) or randomness.token_hex(32) for name in SECRETS}
    write_private(path, made)
    return {name: own.get(name.upper(), value) for name, value in made.items()}


def vendor_urls(sandbox_url: str, own: Mapping[str, str]) -> dict[str, str]:
    """The template's parameters that say where the vendors are: in the sandbox, unless own credentials are given."""
    real_tenant, real_model = own.keys() >= {"SLACK_TOKEN", "LINEAR_API_KEY"}, "OPENAI_API_KEY" in own
    played = {
        "SlackApiUrl": ("SLACK_API_URL", real_tenant, f"{sandbox_url}/slack/api/"),
        "LinearApiUrl": ("LINEAR_API_URL", real_tenant, f"{sandbox_url}/linear/graphql"),
        "OpenAiBaseUrl": ("OPENAI_BASE_URL", real_model, f"{sandbox_url}/openai/v1"),
    }
    chosen = {name: own.get(key, "" if real else sandbox) for name, (key, real, sandbox) in played.items()}
    return {name: url for name, url in chosen.items() if url}
