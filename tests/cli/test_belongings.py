"""What a team takes along and brings in, at a terminal."""

import time
from pathlib import Path

import pytest

from pm_assistant.domain.jobs import JobKind
from tests.builders import ACME
from tests.cli.customers import Customer


def test_an_export_is_waited_for_and_its_link_printed_alone(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a program that fetches it."""

    def write(*_: object) -> None:
        [job] = customer.world.stores.jobs.latest(ACME, limit=9)
        customer.world.app.archives.publish(ACME, f"{job.id}.zip", b"zip")
        customer.finish()

    monkeypatch.setattr(time, "sleep", write)
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
