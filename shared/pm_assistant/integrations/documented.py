"""What a vendor says, held against what it documents."""

from pydantic import BaseModel, ValidationError

from pm_assistant.domain import causes
from pm_assistant.domain.errors import UpstreamUnavailable


def documented[T: BaseModel](model: type[T], said: object, *, vendor: str) -> T:
    """Read what a vendor says.

    Raises:
        UpstreamUnavailable: it is of another form; names the field, never its content.
    """
    try:
        return model.model_validate(said)
    except ValidationError as error:
        where = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        raise UpstreamUnavailable(causes.is_of_another_form(vendor, where)) from None
