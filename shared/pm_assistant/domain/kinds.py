"""The kinds of action there are."""

from enum import StrEnum


class ActionKind(StrEnum):
    """What the product can do in a tenant's name, and `ignore`: deliberately nothing."""

    COMMENT = "comment"
    CREATE = "create"
    MOVE = "move"
    CHANGE = "change"
    CLOSE = "close"
    LINK = "link"
    IGNORE = "ignore"
