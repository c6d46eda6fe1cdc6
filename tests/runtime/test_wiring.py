"""What a container keeps for its life."""

from collections.abc import Iterator

import botocore.session
import pytest
from botocore.stub import Stubber

from pm_assistant.runtime import wiring


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A container that has just begun."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    kept = (wiring.session, wiring.client, wiring.stores)
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


def test_all_clients_are_made_of_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another would read AWS's endpoints and look for credentials once more; PynamoDB makes none of its own."""
    made = []
    make = botocore.session.get_session

    def counted() -> botocore.session.Session:
        made.append(make())
        return made[-1]

    monkeypatch.setattr("botocore.session.get_session", counted)
    monkeypatch.setattr("pynamodb.connection.base.get_session", counted)

    assert wiring.client("sqs") is wiring.client("sqs")
    assert wiring.stores("table") is wiring.stores("table")
    wiring.client("ssm")

    assert 1 == len(made)


@pytest.mark.parametrize(("service", "timeouts"), [("dynamodb", (1, 2)), ("sqs", (3, 10))])
def test_no_client_waits_long_or_lets_its_connection_go(service: str, timeouts: tuple[int, int]) -> None:
    """Three attempts fit into the time of whoever waits, and the next request finds the connection open."""
    config = wiring.client(service).meta.config

    assert timeouts == (config.connect_timeout, config.read_timeout)
    assert (3, True) == (config.retries["total_max_attempts"], config.tcp_keepalive)
    # What requests bear is not put together anew for each.
    assert wiring.USER_AGENT == config.user_agent


def test_a_code_that_ses_does_not_take_is_told_to_operators(caplog: pytest.LogCaptureFixture) -> None:
    """As an error, by which an alarm rings: whoever waits for the code is told nothing, and cannot tell us."""
    with Stubber(wiring.client("cognito-idp")) as cognito:
        cognito.add_response("describe_user_pool_client", {"UserPoolClient": {"ClientSecret": "s" * 24}})
        cognito.add_client_error("resend_confirmation_code", "CodeDeliveryFailureException")

        wiring.users("eu-central-1_pool", "aclient").resend("ada@acme.test")

    assert ["ERROR"] == [record.levelname for record in caplog.records]
