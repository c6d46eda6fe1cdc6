"""How botocore reads what DynamoDB answers: the values of items as they were sent.

botocore looks for each of the ten kinds that a value may have in every value, by its description of the service. That
takes longer than all else which is done with a list of rows, and comes to what was sent, but for bytes.
"""

from typing import Any

from botocore.model import MapShape
from botocore.parsers import JSONParser, ResponseParser, ResponseParserFactory

_AS_SENT = {"S", "N", "SS", "NS", "BOOL", "NULL"}
"""The kinds of values that JSON says as botocore does (docs.aws.amazon.com/amazondynamodb, AttributeValue)."""


class ItemParser(JSONParser):
    """Reads answers as botocore does, and items quicker."""

    def _handle_map(self, shape: MapShape, value: dict[str, Any]) -> dict[str, Any]:
        if shape.value.name != "AttributeValue":
            return super()._handle_map(shape, value)  # type: ignore[misc,no-any-return]  # the stubs know no parts
        return {
            name: part if part.keys() <= _AS_SENT else self._parse_shape(shape.value, part)  # type: ignore[attr-defined]
            for name, part in value.items()
        }


class ItemParserFactory(ResponseParserFactory):
    """Has items read so."""

    def create_parser(self, protocol_name: str) -> ResponseParser:
        """What reads answers of a protocol; DynamoDB's is `json`."""
        return ItemParser() if protocol_name == "json" else super().create_parser(protocol_name)
