"""What long work is called, and where it stands, in words."""

from collections.abc import Mapping

from pm_assistant.domain.jobs import JobKind, JobState
from pm_assistant.presentation.i18n import gettext_noop

KINDS: Mapping[JobKind, str] = {
    JobKind.PROCESS: gettext_noop("Judge what was said"),
    JobKind.MOVE_TICKETS: gettext_noop("Judge what was said, for moves alone"),
    JobKind.UNTRACKED: gettext_noop("Look for work without tickets"),
    JobKind.STANDUP: gettext_noop("Standups"),
    JobKind.WEEKLY: gettext_noop("Weekly reports"),
    JobKind.SYNC: gettext_noop("Read everything from the vendors"),
    JobKind.RECONCILE: gettext_noop("Compare what was built with the tickets"),
    JobKind.CALIBRATE: gettext_noop("Fit confidences to your answers"),
    JobKind.FLOW: gettext_noop("Measure how work flows"),
    JobKind.EXPORT: gettext_noop("Export"),
    JobKind.IMPORT: gettext_noop("Import"),
    JobKind.DELETE: gettext_noop("Deletion of the team"),
    JobKind.ERASE_PERSON: gettext_noop("Erasure of a person"),
    JobKind.CATCH_UP: gettext_noop("Catch up with what was missed"),
    JobKind.BACKTEST: gettext_noop("Try other settings on what was said"),
    JobKind.FINETUNE: gettext_noop("Train the model on your answers"),
    JobKind.ADOPT_MODEL: gettext_noop("Judge with a trained model"),
    JobKind.RESUME: gettext_noop("Do what waited while the team was suspended"),
    JobKind.UNDO: gettext_noop("Undo all that a job did"),
}
"""What each kind of job does."""
STATES: Mapping[JobState, str] = {
    JobState.WAITING: gettext_noop("Waiting"),
    JobState.RUNNING: gettext_noop("Running"),
    JobState.DONE: gettext_noop("Done"),
    JobState.FAILED: gettext_noop("Failed"),
}
BROKE_OFF = gettext_noop("it broke off")
"""What a job says that nobody has ended."""
