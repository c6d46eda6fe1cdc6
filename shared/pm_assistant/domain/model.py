"""The one kind of value the product passes around: frozen, closed and checked."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A frozen value that refuses unknown fields, so a misspelt field is an error and not a loss."""

    # Errors never quote their input: it may be what people wrote, and errors are logged.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
