"""The one kind of value the product passes around: frozen, closed and checked."""

import os

from pydantic import BaseModel, ConfigDict

# Pydantic looks for plugins of its own in the metadata of every installed package, which takes as long as most of our
# modules together; there are none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

LATE = ConfigDict(defer_build=True)
"""A validator is built when it is first used: a function loads far more kinds of values than most requests need."""


class Model(BaseModel):
    """A frozen value that refuses unknown fields, so a misspelt field is an error and not a loss."""

    # Errors never quote their input: it may be what people wrote, and errors are logged.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, **LATE)
