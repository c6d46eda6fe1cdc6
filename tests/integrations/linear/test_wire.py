"""Who changed a field of an issue last."""

from typing import Any

import pytest

from pm_assistant.integrations.linear.wire import (
    AssigneeBefore,
    FieldBefore,
    PriorityBefore,
    Standing,
    StateBefore,
    WithoutLabel,
)

CHANGES: list[tuple[FieldBefore, dict[str, Any]]] = [
    (StateBefore(stateId="s-1"), {"toStateId": "s-2"}),
    (AssigneeBefore(assigneeId=None), {"toAssigneeId": "kim"}),
    (AssigneeBefore(assigneeId="kim"), {"fromAssigneeId": "kim"}),
    (PriorityBefore(priority=0), {"fromPriority": 0, "toPriority": 2}),
    (WithoutLabel(removedLabelIds=("l-1",)), {"addedLabelIds": ["l-1"]}),
    (WithoutLabel(removedLabelIds=("l-1",)), {"removedLabelIds": ["l-1", "l-2"]}),
]


def standing(*history: dict[str, Any]) -> Standing:
    """An issue with these changes, the earliest first."""
    blank = {"actor": None, "botActor": None, "descriptionUpdatedBy": None, "toStateId": None}
    nodes = [{"createdAt": f"2026-01-0{day}T00:00:00Z", **blank, **change} for day, change in enumerate(history, 1)]
    some: dict[str, Any] = {"nodes": [], "pageInfo": {"hasNextPage": False}}
    return Standing.model_validate(
        {
            **dict.fromkeys(("comments", "children", "relations", "inverseRelations", "attachments", "labels"), some),
            **{"id": "i", "trashed": None, "state": {"id": "s-2"}, "assignee": None, "priority": 2, "botActor": None},
            "history": {**some, "nodes": nodes},
        }
    )


@pytest.mark.parametrize(("field", "change"), CHANGES)
def test_a_field_is_a_persons_who_changed_it_last(field: FieldBefore, change: dict[str, Any]) -> None:
    """Though it may be as we had left it: somebody has put it back there."""
    ours, theirs = ({**change, "actor": {"isMe": is_me}} for is_me in (True, False))
    assert standing(ours, theirs).changed_by_person(field)
    assert not standing(theirs, ours).changed_by_person(field)
    assert not standing(ours, {"toTitle": "Theirs", "actor": {"isMe": False}}).changed_by_person(field)


def test_another_label_is_another_field() -> None:
    """Whoever gives one more leaves ours."""
    theirs = {"addedLabelIds": ["l-2"], "actor": {"isMe": False}}
    assert not standing(theirs).changed_by_person(WithoutLabel(removedLabelIds=("l-1",)))
