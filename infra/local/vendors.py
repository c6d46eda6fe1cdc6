"""Where the functions find the vendors, and the secrets they share with them."""

import json
import secrets as randomness
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from infra.local.tools import write_private
from pm_assistant.integrations.vendor import CalendarVendor, Urls, Vendor
from pm_assistant.integrations.vendors import CALENDARS, VENDORS

_PLAYED: Mapping[str, tuple[str, str]] = {
    "slack.web": ("SLACK_URL", "slack"),
    "slack.api": ("SLACK_API_URL", "slack/api/"),
    "linear.web": ("LINEAR_URL", "linear"),
    "linear.api": ("LINEAR_API_URL", "linear/graphql"),
    "linear.oauth": ("LINEAR_OAUTH_URL", "linear/oauth"),
    "github.web": ("GITHUB_URL", "github"),
    "github.api": ("GITHUB_API_URL", "github/api"),
    "google.web": ("GOOGLE_URL", "google"),
    "google.oauth": ("GOOGLE_OAUTH_URL", "google"),
    "google.api": ("GOOGLE_API_URL", "google/calendar/v3"),
}
"""Where the sandbox plays each vendor, and the variable by which a developer says otherwise."""
_PLAYERS = dict.fromkeys(place.partition(".")[0] for place in _PLAYED)
PLAYED_VENDORS = tuple(vendor for vendor in VENDORS.values() if vendor.provider in _PLAYERS)
"""The vendors that can be connected without leaving this machine."""
PLAYED_CALENDARS = tuple(vendor for vendor in CALENDARS.values() if vendor.provider in _PLAYERS)
"""Likewise of people's calendars."""


def secret_name(vendor: Vendor | CalendarVendor, name: str) -> str:
    """What a secret of a vendor's is called here and in the sandbox, such as `slack_client_id`."""
    return f"{vendor.provider}_{name.replace('-', '_')}"


SECRETS = (
    {
        secret_name(vendor, name): f"{vendor.provider}/{name}"
        for vendor in PLAYED_VENDORS
        for name in (vendor.webhook_secret, *vendor.app_secrets)
    }
    | {
        secret_name(vendor, name): f"{vendor.provider}/{name}"
        for vendor in PLAYED_CALENDARS
        for name in vendor.app_secrets
    }
    | {
        "openai_api_key": "openai/api-key",
        "stripe_secret_key": "stripe/secret-key",
        "stripe_webhook_secret": "stripe/webhook-secret",
    }
)
"""Names here and below the functions' SECRETS_PREFIX."""
SIGNING = tuple(secret_name(vendor, vendor.webhook_secret) for vendor in PLAYED_VENDORS)
"""What a webhook is signed with: the only ones that the stack's description shows."""


def _private_key() -> str:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


_FORMS = {"stripe_secret_key": "sk_test_", "stripe_webhook_secret": "whsec_"}
"""What secrets begin with that are of a form."""
_MAKERS: Mapping[str, Callable[[], str]] = {
    "github_app_id": lambda: str(100_000 + randomness.randbelow(900_000)),
    "github_app_slug": lambda: "pm-assistant",
    "github_private_key": _private_key,
}


def played_urls(vendor: Vendor, sandbox_url: str) -> Urls:
    """Where the sandbox plays a vendor, by what is there."""
    return {
        place.removeprefix(f"{vendor.provider}."): f"{sandbox_url}/{path}"
        for place, (_, path) in _PLAYED.items()
        if place.startswith(f"{vendor.provider}.")
    }


def shared_secrets(path: Path, own: Mapping[str, str]) -> dict[str, str]:
    """The stack's secrets: made once and kept to the owner's eyes; the developer's own come first."""
    stored = json.loads(path.read_text()) if path.exists() else {}
    stored = {name: _kept(name, stored.get(name, "")) or _made(name) for name in SECRETS}
    write_private(path, stored)
    return {name: own.get(name.upper(), value) for name, value in stored.items()}


def _kept(name: str, stored: str) -> str:
    """What was made before, unless it was made without its form."""
    return stored if stored.startswith(_FORMS.get(name, "")) else ""


def _made(name: str) -> str:
    return _MAKERS[name]() if name in _MAKERS else f"{_FORMS.get(name, '')}{randomness.token_hex(32)}"


def vendor_urls(sandbox_url: str, own: Mapping[str, str]) -> dict[str, str]:
    """The template's parameters that say where the vendors are: in the sandbox, unless own credentials are given."""
    real_tenant, real_model = own.keys() >= {"SLACK_TOKEN", "LINEAR_API_KEY"}, "OPENAI_API_KEY" in own
    urls = {
        name: own.get(variable, "" if real_tenant else f"{sandbox_url}/{path}")
        for name, (variable, path) in _PLAYED.items()
    }
    model_url = own.get("OPENAI_BASE_URL", "" if real_model else f"{sandbox_url}/openai/v1")
    parameters = {
        "VendorUrls": ",".join(f"{name}={url}" for name, url in urls.items() if url),
        "OpenAiBaseUrl": model_url,
        **_sold(sandbox_url, own),
    }
    return {name: value for name, value in parameters.items() if value}


def _sold(sandbox_url: str, own: Mapping[str, str]) -> dict[str, str]:
    """What is sold and where: in the sandbox, unless the developer has a key, at prices of theirs."""
    if "STRIPE_SECRET_KEY" in own:
        return {"StripeBaseUrl": own.get("STRIPE_BASE_URL", ""), "StripePrices": own.get("STRIPE_PRICES", "")}
    prices = ",".join(f"{plan}=price_sandbox_{plan}" for plan in ("team", "business"))
    return {"StripeBaseUrl": f"{sandbox_url}/stripe", "StripePrices": prices}
