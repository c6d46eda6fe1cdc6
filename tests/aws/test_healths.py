"""How a tenant fared on a day is forgotten in time; how it fares is kept as long as it is there."""

from pm_assistant.aws.tables import Row
from pm_assistant.ports.health import KEPT_DAYS
from tests.aws.emulated import dynamo
from tests.builders import ACME, NOW, a_health


def test_a_day_ends_with_its_time_and_the_latest_look_does_not() -> None:
    """By DynamoDB's own clock."""
    with dynamo() as stores:
        stores.healths.put(a_health(ACME))

        ends = {row.sk.partition("#")[0]: row.expires_at for row in Row.each(ACME)}

    assert {"HEALTH": None, "HEALTHDAY": NOW + KEPT_DAYS} == ends
