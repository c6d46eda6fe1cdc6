"""What a team takes along and brings in, at a terminal."""

from pathlib import Path

import pytest

from pm_assistant.cli import runs
from pm_assistant.domain.jobs import JobKind
from pm_assistant.domain.tenants import TenantState
from tests.builders import ACME
from tests.cli.customers import KEY, Customer


def test_an_export_is_waited_for_and_its_link_printed_alone(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a program that fetches it."""

    def write(*_: object) -> None:
        [job] = customer.world.stores.jobs.latest(ACME, limit=9)
        customer.world.app.archives.publish(ACME, f"{job.id}.zip", b"zip")
        customer.finish()

    monkeypatch.setattr(runs, "sleep", write)
    answer = customer.pm("data", "export")
    [job] = customer.world.stores.jobs.latest(ACME, limit=9)
    assert (0, f"https://archives.test/acme/exports/{job.id}.zip\n") == (answer.code, answer.out)


def test_a_file_is_put_where_the_link_leads_and_brought_in(customer: Customer, tmp_path: Path) -> None:
    """As large as was said before."""
    file = tmp_path / "export.zip"
    file.write_bytes(b"a zip file")
    answer = customer.pm("data", "import", str(file))
    [job] = customer.world.stores.jobs.latest(ACME, limit=9)
    assert (0, JobKind.IMPORT) == (answer.code, job.order.kind), answer.err
    assert b"a zip file" == customer.world.app.archives.read(ACME, job.order.upload_id or "")


def test_a_file_that_is_not_taken_is_not_brought_in(customer: Customer, tmp_path: Path) -> None:
    """Nor is one that is not there."""
    file = tmp_path / "export.zip"
    file.write_bytes(b"a zip file")
    customer.archives_answer = 403
    refused = customer.pm("data", "import", str(file))
    assert (1, "The file was not taken; begin again\n") == (refused.code, refused.err)
    assert 2 == customer.pm("data", "import", str(tmp_path / "none.zip")).code
    assert [] == customer.world.stores.jobs.latest(ACME, limit=9)


def test_the_end_of_a_team_takes_its_typed_name_and_can_be_called_off(customer: Customer) -> None:
    """Any other name ends nothing; a program that means it gives the name with the command."""
    customer.callers[KEY] = customer.world.owner
    tenants = customer.world.stores.tenants
    refused = customer.pm("data", "end", typed="yes\n")
    assert (1, TenantState.ACTIVE) == (refused.code, tenants.get(ACME).state)

    announced = customer.pm("data", "end", typed=f"{tenants.get(ACME).name}\n")
    assert (0, True) == (announced.code, "to keep it: pm data keep" in announced.err), announced.err
    assert TenantState.CLOSING is tenants.get(ACME).state
    assert (0, TenantState.ACTIVE) == (customer.pm("data", "keep").code, tenants.get(ACME).state)

    assert 0 == customer.pm("data", "end", "--confirm", tenants.get(ACME).name).code
    assert TenantState.CLOSING is tenants.get(ACME).state


def test_only_an_owner_ends_a_team(customer: Customer) -> None:
    """The command says what the API says."""
    customer.callers[KEY] = customer.world.admin
    assert 1 == customer.pm("data", "end", "--confirm", "Acme").code
    assert TenantState.ACTIVE is customer.world.stores.tenants.get(ACME).state
