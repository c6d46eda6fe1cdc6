"""A page is as long as was asked for, as long as it can be answered with."""

import json
from typing import Any

import pytest

from pm_assistant.api import paging
from pm_assistant.api.paging import LARGEST_PAGE, decode_cursor, paginate, paginate_sorted
from pm_assistant.domain.jobs import JobState
from pm_assistant.domain.model import Model
from tests.api.conftest import World, on_all_stores
from tests.api.test_openapi import OPERATIONS
from tests.builders import ACME, ENG, NOW, a_comment, a_decision, a_job, a_message, a_ticket, an_entry


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without its being left out, and without what has a form or a list of its own."""
    [found] = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    return {} if {"format", "enum"} & found.keys() else found


LAMBDA_ANSWERS = 6_291_556
"""Bytes at most, as its error for a larger answer says."""


WORDS = {"action", "actor", "cursor", "name", "q"}
"""Parameters that take any words, or what a page gave."""
NAMING = sorted(
    (path, parameter["name"])
    for method, path, operation in OPERATIONS
    if method == "get" and "cursor" in {each["name"] for each in operation.get("parameters", ())}
    for parameter in operation["parameters"]
    if "query" == parameter["in"]
    and {"type": "string"}.items() <= _plain(parameter["schema"]).items()
    and parameter["name"] not in WORDS
)
"""What names something by which a list is narrowed."""


class Word(Model):
    """Something to list."""

    text: str


@pytest.mark.parametrize(("path", "name"), NAMING)
def test_a_list_of_what_is_not_there_is_refused_by_the_name_that_was_sent(world: World, path: str, name: str) -> None:
    """An empty list would say that there is nothing of it; what not everybody may see is as little there."""
    world.stores.messages.record(ACME, a_message(), keep_days=90)
    world.stores.directory.put_teams(ACME, [ENG, ENG.model_copy(update={"id": "hr", "private": True})])

    for unknown in ("nobody", "hr"):
        answer = world.owner.get(path, **{name: unknown})

        assert (400, name) == (answer.status, answer.json.get("field"))


def test_all_that_narrows_a_list_is_tried() -> None:
    """By the API's own description."""
    assert ("/v1/tickets", "assignee") in NAMING
    assert ("/v1/reports", "team_id") in NAMING
    assert 9 <= len(NAMING)


def test_an_item_that_is_larger_than_a_page_has_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would get past it otherwise."""
    monkeypatch.setattr(paging, "LARGEST_PAGE", 100)
    words = [Word(text=text) for text in ("a", "b" * 200, "c", "d" * 30, "e")]

    pages, cursor = [], ""
    while True:
        page, more = paginate_sorted(words, lambda word: word.text, cursor=cursor, limit=2)
        pages.append([word.text[0] for word in page])
        if more is None:
            break
        cursor = more

    assert [["a"], ["b"], ["c", "d"], ["e"]] == pages


def test_a_list_that_just_fits_has_no_next_page() -> None:
    """And an empty one has none either."""
    words = [Word(text=text) for text in "abc"]

    assert (tuple(words), None) == paginate(words, lambda word: word.text, limit=3)
    assert ((), None) == paginate(words[:0], lambda word: word.text, limit=3)
    page, more = paginate(words, lambda word: word.text, limit=2)
    assert (words[:2], "b") == (list(page), decode_cursor(more or ""))


@pytest.mark.parametrize("letter", ["x", "\n", "ä", "字", "🧾", "\x01"])
def test_what_is_answered_fits_into_what_lambda_may_answer(letter: str) -> None:
    """Whatever has to be escaped, within JSON within JSON."""
    words = [Word(text=letter * 20_000) for _ in range(200)]

    page, more = paginate(words, lambda word: "key", limit=200)

    inner = json.dumps({"items": [word.model_dump(mode="json") for word in page], "next": more})
    assert len(json.dumps({"statusCode": 200, "body": inner}).encode()) < LAMBDA_ANSWERS


def whole(world: World, of: str) -> tuple[list[Any], int]:
    """All of a list, and on how many pages it came."""
    found: list[Any] = []
    pages, cursor = 0, ""
    while cursor is not None:
        answer = world.admin.get(f"/v1/{of}", limit=200, cursor=cursor)
        assert len(json.dumps(answer.text)) < LARGEST_PAGE * 1.5
        found, pages, cursor = found + answer.json["items"], pages + 1, answer.json["next"]
    return found, pages


@on_all_stores
@pytest.mark.parametrize("of", ["tickets", "decisions", "audit", "runs"])
def test_every_list_is_given_in_pages_that_can_be_answered_with(
    world: World, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    """Put together they are the list."""
    monkeypatch.setattr(paging, "LARGEST_PAGE", 12_000)
    stores, long = world.stores, "long " * 800
    stores.directory.put_teams(ACME, [ENG])
    for number in range(6):
        stores.tickets.put(ACME, a_ticket(number, description=long))
        message = a_message(number)
        stores.decisions.save(a_decision(action=a_comment(summary=long), message=message, updated_at=NOW))
        stores.audit.add(ACME, an_entry(number, target=long))
        stores.jobs.put(a_job(number=number, state=JobState.FAILED, error=long))

    found, pages = whole(world, of)

    assert 6 == len({each["id"] for each in found}) == len(found)
    assert 3 == pages
