"""What DynamoDB answers is read quicker than botocore reads it, and is the same."""

import base64
import json
from typing import Any

import pytest
from botocore.parsers import JSONParser
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.aws.parsing import ItemParser, ItemParserFactory
from tests.aws.emulated import session

TEXTS = st.text(max_size=5)
BYTES = st.binary(max_size=5).map(lambda value: base64.b64encode(value).decode())
PLAIN: list[st.SearchStrategy[Any]] = [
    st.fixed_dictionaries({"S": TEXTS}),
    st.fixed_dictionaries({"N": st.integers().map(str)}),
    st.fixed_dictionaries({"SS": st.lists(TEXTS, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"NS": st.lists(st.integers().map(str), min_size=1, max_size=2)}),
    st.fixed_dictionaries({"BOOL": st.booleans()}),
    st.just({"NULL": True}),
    st.fixed_dictionaries({"B": BYTES}),
    st.fixed_dictionaries({"BS": st.lists(BYTES, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"a kind to come": TEXTS}),
]
VALUES = st.recursive(
    st.one_of(PLAIN),
    lambda inner: (
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"M": st.dictionaries(TEXTS, inner, max_size=3)})
    ),
    max_leaves=5,
)
ITEMS = st.dictionaries(TEXTS, VALUES, max_size=4)


@given(items=st.lists(ITEMS, max_size=3))
def test_items_are_what_botocore_would_have_made_of_them(items: list[dict[str, Any]]) -> None:
    """Whatever they hold, wherever an answer has them."""
    first = items[0] if items else {}
    answers: dict[str, dict[str, Any]] = {
        "Query": {"Items": items, "Count": len(items), "LastEvaluatedKey": first},
        "BatchGetItem": {"Responses": {"table": items}, "UnprocessedKeys": {"table": {"Keys": items}}},
        "GetItem": {"Item": first, "ConsumedCapacity": {"CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}},
        "UpdateItem": {"Attributes": first},
    }
    service = session()._session.get_service_model("dynamodb")
    for operation, answer in answers.items():
        shape = service.operation_model(operation).output_shape
        assert shape
        sent = {"status_code": 200, "headers": {}, "body": json.dumps(answer).encode()}
        assert JSONParser().parse(sent, shape) == ItemParser().parse(sent, shape)


@pytest.mark.parametrize("protocol", ["query", "rest-json", "rest-xml"])
def test_what_others_answer_is_read_by_botocore(protocol: str) -> None:
    """S3's, SES's and the scheduler's answers hold no items."""
    assert not isinstance(ItemParserFactory().create_parser(protocol), ItemParser)
    assert isinstance(ItemParserFactory().create_parser("json"), ItemParser)
