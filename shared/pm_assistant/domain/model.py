"""The one kind of value the product passes around: frozen, closed and checked."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value that refuses unknown fields, so a misspelt field is an error and not a loss."""

    model_config = ConfigDict(frozen=True, extra="forbid")
