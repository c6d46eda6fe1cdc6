"""The one kind of value the product passes around: frozen, closed and checked."""

import os
from collections.abc import Mapping, Sized
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, get_args

import pydantic
from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError, core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

# Pydantic looks for plugins of its own in the metadata of every installed package, which takes as long as most of our
# modules together; there are none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


class Late(BaseModel):
    """A value whose validator is built when it is first used: most requests need few of the kinds that are loaded."""

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def model_rebuild(cls, *, _parent_namespace_depth: int = 0, **options: Any) -> bool | None:
        """Build the validator.

        Of names where the kind was defined; pydantic would look among the variables of whoever uses it first, too,
        and asking for those of a comprehension ends Python 3.13.0.
        """
        return super().model_rebuild(_parent_namespace_depth=0, **options)


class Model(Late):
    """A frozen value that refuses unknown fields, so a misspelt field is an error and not a loss."""

    # Errors never quote their input: it may be what people wrote, and errors are logged.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy it with some fields changed; pydantic itself lets a misspelt one pass.

        Raises:
            TypeError: it has no such field.
        """
        if unknown := (update or {}).keys() - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        return super().model_copy(update=update, deep=deep)


def is_none(value: object) -> bool:
    """Whether a field is written only where it says something: an older version of us refuses one that it lacks."""
    return value is None


def is_empty(value: Sized) -> bool:
    """The same of a field that holds several things."""
    return not value


class BuiltWhenMet:
    """Marks a closed union of models, told apart by their `type`: a model's validator is built when one of it is met.

    A message tells of one thing out of many, and whoever waits for it to be queued waits for all that is built.
    """

    def __get_pydantic_core_schema__(self, union: object, _: "GetCoreSchemaHandler") -> core_schema.CoreSchema:
        """Read one by its `type`; it is written as what it is."""
        kinds: dict[str, type[BaseModel]] = {
            kind.model_fields["type"].default: kind for kind in get_args(union) or (union,)
        }
        models = tuple(kinds.values())

        def read(value: object) -> BaseModel:
            if isinstance(value, models):
                return value
            name = value.get("type") if isinstance(value, dict) else None
            if not isinstance(name, str) or name not in kinds:
                raise PydanticCustomError("unknown_type", f"its type is none of {', '.join(kinds)}")
            return kinds[name].model_validate(value)

        return core_schema.no_info_plain_validator_function(read)


class LoadedWhenMet:
    """Stands for a type whose module is not even loaded before a value of it is met.

    Args:
        module: where the type is defined.
        name: what it is called there.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def __get_pydantic_core_schema__(self, _: object, __: "GetCoreSchemaHandler") -> core_schema.CoreSchema:
        """Read it as the type says; it is written as what it is."""
        return core_schema.no_info_plain_validator_function(lambda value: self._type.validate_python(value))

    @cached_property
    def _type(self) -> "pydantic.TypeAdapter[Any]":
        return pydantic.TypeAdapter(getattr(import_module(self._module), self._name))
