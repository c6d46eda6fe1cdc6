"""A running sandbox and a stand-in for the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.infra.sandbox.running import (
    OPENAI_KEY,
    SECRETS,
    STRIPE_KEY,
    STRIPE_SECRET,
    Receiver,
    Sandbox,
    receiving,
    serving,
    write_demo,
)


@pytest.fixture(scope="session")
def registered() -> dict[str, str]:
    """What our app is registered with at the vendors; the key is made anew each time."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    ids = {"github_app_id": "4021", "github_app_slug": "pm-assistant", "github_private_key": pem}
    ids |= {"openai_api_key": OPENAI_KEY, "stripe_secret_key": STRIPE_KEY, "stripe_webhook_secret": STRIPE_SECRET}
    return ids | {
        f"{vendor}_client_{half}": f"{vendor}-{half}"
        for vendor in ("slack", "linear", "github", "google")
        for half in ("id", "secret")
    }


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, registered: dict[str, str]) -> Iterator[Sandbox]:
    """One server, which all tests share."""
    directory = tmp_path_factory.mktemp("sandbox")
    with serving(directory, write_demo(directory / "demo"), secrets=SECRETS | registered) as sandbox:
        yield sandbox


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Stands where the app stands; nothing can come here that was on its way to another test's."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def sandbox(running: Sandbox, receiver: Receiver) -> Sandbox:
    """A sandbox as it is seeded, that repeats quickly."""
    running.control("reset")
    quick = {"retry_delays": [0.05, 0.1, 0.2], "ack_seconds": 10, "duplicates": 0}
    stripe = {"stripe_after_retries": "cancel", "stripe_lost_events": 0, "stripe_late_seconds": 0}
    slack = {"slack_token_rotation": False, "slack_enterprise": "none", "slack_history_limit": False}
    github = {"github_requests_an_hour": 5_000, "github_points_an_hour": 5_000, "github_nodes_in_time": 500_000}
    running.control("config", app_url=receiver.url, **slack, **github, **stripe, **quick)
    running.http.cookies.clear()
    return running


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The files of a small team."""
    return write_demo(tmp_path / "demo")
