"""What people say with an emoji."""

from enum import StrEnum


class Reaction(StrEnum):
    """What a reaction to a message can mean."""

    APPROVE = "approve"
    """A check mark on our card: yes to what it asks."""
    UNDO = "undo"
    """Thumbs down on it: no, or away with what was done."""
    TICKET = "ticket"
    """A ticket on anybody's message: one is wanted for it."""
