"""How trust that is earned looks at a terminal."""

from rich.console import Group, RenderableType

from pm_assistant.cli.terminal import add, counted, table, text
from pm_assistant.domain.decisions import percent
from pm_assistant.workflows.pipeline.trust import Autonomy, CalibrationView, StreamView


def autonomy(found: Autonomy) -> RenderableType:
    """What has been earned, by kind and confidence, and what confidences are worth."""
    columns = ("Kind", "Confidence", "Judged by", "Rule", "Acts", "Why")
    rows = table(*columns)
    for stream in found.streams:
        add(rows, *map(text, _row(stream)))
    if not found.calibrations:
        return counted(rows, len(found.streams), "track record")
    figures = ("Kind", "Judged by", "Version", "Answers", "Said, and right", "Off by", "Before", "Log loss after")
    worth = table(*figures)
    for calibration in found.calibrations:
        add(worth, *map(text, _worth(calibration)))
    streams = counted(rows, len(found.streams), "track record")
    return Group(streams, text(""), counted(worth, len(found.calibrations), "calibration"))


def _row(stream: StreamView) -> tuple[str, ...]:
    band = f"{percent(stream.at_least)} to {percent(stream.below)}"
    return stream.kind, band, stream.judged_by, stream.mode, "unasked" if stream.acts else "asks", stream.reason


def _worth(calibration: CalibrationView) -> tuple[str, ...]:
    bins = ", ".join(
        f"{percent(each.confidence)}: {percent(each.right)} of {each.answers}" for each in calibration.bins
    )
    low, high = calibration.error_interval
    following = calibration.following_week
    surprise = "" if following is None else f"{following.log_loss:.2f}, as said {following.raw_log_loss:.2f}"
    return (
        calibration.kind,
        calibration.judged_by,
        str(calibration.version),
        str(calibration.answers),
        bins,
        f"{calibration.error:.1%} ({low:.1%} to {high:.1%})",
        f"{calibration.raw_error:.1%}",
        surprise,
    )
