"""What a model is told, a file for each version: one that has been used is never changed, a better one is another file.

Decisions name the version; so a change of the words can be compared, and taken back. Below its rule of dashes a file
says how the tenant's own guidance is introduced.
"""

from functools import cache
from pathlib import Path

from pm_assistant.domain.errors import Misconfigured
from pm_assistant.domain.languages import Translatable

CURRENT = "v1"
"""What is used where nobody asks for another."""


@cache
def _parts(version: str) -> tuple[str, str]:
    path = Path(__file__).parent / f"{version}.txt"
    if not (version.isascii() and version.isalnum() and path.is_file()):
        raise Misconfigured(Translatable("there is no prompt of that version"))
    rules, _, introduction = path.read_text(encoding="utf-8").partition("\n----\n")
    return rules, introduction


def instructions(version: str, guidance: str | None) -> str:
    """All that a model is told before it sees what people wrote: our rules first, then the tenant's own guidance.

    Raises:
        Misconfigured: there is no such version.
    """
    rules, introduction = _parts(version)
    return f"{rules}\n{introduction}\n{guidance.strip()}\n" if guidance and guidance.strip() else rules
