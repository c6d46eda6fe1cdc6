"""Values are built late, and wherever that may be, they come out the same."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from pm_assistant.domain.events import EventEnvelope, PlanningChanged
from pm_assistant.domain.planning import PlanName
from pm_assistant.domain.workspaces import TenantId
from tests.builders import NOW, a_decision

FIRST_USE = """
from pm_assistant.domain.work import StateType, Team, TicketState

def teams(rows):
    made = [
        Team(id=row["id"], key="T", name="Team", states=[TicketState(**state) for state in row["states"]])
        for row in rows
    ]
    for row in rows:
        next(team for team in made if team.id == row["id"])
    return made

state = {"id": "s", "name": "Open", "type": StateType.UNSTARTED}
print(teams([{"id": "t", "states": [state]}])[0].states[0].name)
"""


def test_a_kind_may_be_used_first_anywhere() -> None:
    """Also inside a comprehension, where Python 3.13.0 dies when somebody looks at the variables around it."""
    shared = Path(__file__).parents[2] / "shared"
    done = subprocess.run(
        [sys.executable, "-c", FIRST_USE], env={"PYTHONPATH": str(shared)}, capture_output=True, text=True
    )

    assert (0, "Open\n") == (done.returncode, done.stdout)


def test_a_copy_changes_only_fields_that_there_are() -> None:
    """What was to be changed by a misspelt name would stay as it was."""
    with pytest.raises(TypeError, match=r"^Decision has no field eror, remrak$"):
        a_decision().model_copy(update={"error": "locked", "remrak": "wrong ticket", "eror": "locked"})


READING = """
import sys
from pm_assistant.domain.events import EventEnvelope

loaded = "pm_assistant.domain.planning" in sys.modules
envelope = EventEnvelope.model_validate_json(sys.stdin.read())
print(loaded, envelope.event.parts[0].name)
"""


def test_a_part_whose_kind_is_not_loaded_is_read_as_what_it_is() -> None:
    """Its module is loaded when one is met, whoever reads it has loaded before."""
    shared = Path(__file__).parents[2] / "shared"
    part = PlanName(id="p1", name="Checkout", at=NOW)
    queued = EventEnvelope(tenant_id=TenantId("acme"), event=PlanningChanged(parts=(part,))).model_dump_json()
    done = subprocess.run(
        [sys.executable, "-c", READING], env={"PYTHONPATH": str(shared)}, input=queued, capture_output=True, text=True
    )

    assert (0, "False Checkout\n") == (done.returncode, done.stdout)


def test_a_part_of_no_known_kind_is_refused() -> None:
    """Where a kind is looked for late it is as closed as where it is looked for at once."""
    with pytest.raises(ValidationError, match="kind"):
        PlanningChanged.model_validate({"parts": [{"kind": "wish", "id": "p1"}]})
