"""What a message of a chat has room for, and what goes into its thread."""

from collections.abc import Sequence

from pm_assistant.domain.reports import Line, Report, Section

MOST_CHARACTERS = 6_000
"""Of one message, addresses included: what is longer is scrolled past, and a chat may refuse it."""
MOST_SECTIONS = 20
LONGEST_LINE = 300
LONGEST_ADDRESS = 1_500
"""What a chat shows of one line, and the longest address that it links."""


def folded(report: Report) -> Sequence[Report]:
    """A report as one message and those of its thread, in order; every line is in exactly one of them.

    A heading whose lines go on in the next message is said again there.
    """
    messages: list[list[Section]] = [[]]
    room = MOST_CHARACTERS
    for section in report.sections:
        lines: list[Line] = []
        if len(messages[-1]) == MOST_SECTIONS:
            messages.append([])
            room = MOST_CHARACTERS
        for line in section.lines:
            if (length := _length(line)) > room and (lines or messages[-1]):
                messages[-1] += [section.model_copy(update={"lines": tuple(lines)})] if lines else []
                messages.append([])
                lines, room = [], MOST_CHARACTERS
            lines.append(line)
            room -= length
        messages[-1].append(section.model_copy(update={"lines": tuple(lines)}))
    parts = [report.model_copy(update={"sections": tuple(sections)}) for sections in messages]
    below = [part.model_copy(update={"id": f"{report.id}.{number}"}) for number, part in enumerate(parts[1:], 1)]
    return [parts[0].model_copy(update={"folded": sum(part.lines for part in below)}), *below]


def _length(line: Line) -> int:
    return min(len(line.text), LONGEST_LINE) + min(len(line.url), LONGEST_ADDRESS)
