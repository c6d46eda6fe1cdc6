"""Let people set from their page when they are told what, in which language, and, admins, when nobody is asked."""

from collections.abc import Mapping
from contextlib import suppress
from typing import assert_never

from pm_assistant.domain.errors import AccessRevoked, InvalidRequest, NotConnected, NotFound
from pm_assistant.domain.forms import Form, SettingsForm
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import OWN_REPORTS, ReportChannel, ReportKind, Subscription
from pm_assistant.domain.surfaces import SettingsAsked, SettingsChosen, SurfaceRequest
from pm_assistant.domain.tenants import Member, QuietHours, Settings
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.settings import (
    AS_IN_CHAT,
    END,
    LANGUAGE,
    NEVER,
    START,
    TIME,
    WAY,
    WEEKDAYS,
    language_form,
    quiet_hours_form,
    reports_form,
)
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.reports.kinds import REPORTS
from pm_assistant.workflows.reports.subscribe import subscribe, unsubscribe
from pm_assistant.workflows.surfaces.home import show_home, wishes_of
from pm_assistant.workflows.surfaces.viewers import is_admin, viewer_of
from pm_assistant.workflows.tenants.members import speak_to
from pm_assistant.workflows.tenants.settings import change_settings


def answer_settings(wanted: SettingsAsked | SettingsChosen, request: SurfaceRequest, unit: Unit) -> None:
    """Show what somebody may set, or set what they have chosen.

    Raises:
        UpstreamUnavailable: the chat or the clockwork did not answer; repeat.
    """
    match wanted:
        case SettingsAsked():
            open_settings(wanted, request, unit)
        case SettingsChosen():
            apply_settings(wanted, request, unit)
        case _:
            assert_never(wanted)


def open_settings(asked: SettingsAsked, request: SurfaceRequest, unit: Unit) -> None:
    """Show whoever has pressed what they may set as it is set now; changes nothing.

    What lets us show it counts for three seconds; who comes too late presses once more.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    viewer = _setter(asked.form, request.user_id, unit)
    if viewer is not None:
        with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
            unit.chat.open_form(asked.trigger_id, _form(asked.form, viewer, unit))


def apply_settings(chosen: SettingsChosen, request: SurfaceRequest, unit: Unit) -> None:
    """Set what somebody has chosen, if they may by now, and show it on their page; the same again changes nothing.

    Raises:
        UpstreamUnavailable: the chat or the clockwork did not answer; repeat.
    """
    viewer = _setter(chosen.form, request.user_id, unit)
    if viewer is None:
        return
    with suppress(InvalidRequest):  # What the form does not offer was not chosen there.
        match chosen.form:
            case "reports":
                _set_reports(chosen.filled, viewer, request.user_id, unit)
            case "language":
                _set_language(chosen.filled.get(LANGUAGE, ""), viewer, request.user_id, unit)
            case "quiet_hours":
                _set_quiet_hours(chosen.filled, viewer, request.user_id, unit)
            case _:
                assert_never(chosen.form)
    show_home(request.user_id, unit, since=request.asked_at)


def _setter(form: SettingsForm, account: str, unit: Unit) -> Member | None:
    """Whoever may set that: people their own reports and language, admins what holds for the team."""
    people = unit.stores.directory.members(unit.tenant_id)
    viewer = viewer_of(account, people, unit)
    if viewer is None or form != "quiet_hours":
        return viewer
    with suppress(NotConnected, AccessRevoked):
        if is_admin(viewer, people, unit) and reason_to_refuse(account, unit) is None:
            return viewer
    return None


def _form(form: SettingsForm, viewer: Member, unit: Unit) -> Form:
    texts = texts_in(viewer.language)
    match form:
        case "reports":
            usual = {kind: REPORTS[kind].usual_weekdays for kind in OWN_REPORTS}
            return reports_form(wishes_of(viewer, unit), usual, texts)
        case "language":
            return language_form(viewer, texts)
        case "quiet_hours":
            return quiet_hours_form(_settings(unit).quiet_hours, viewer.time_zone, texts)
        case _:
            assert_never(form)


def _settings(unit: Unit) -> Settings:
    return unit.stores.tenants.get(unit.tenant_id).settings


def _set_reports(filled: Mapping[str, str], viewer: Member, by: str, unit: Unit) -> None:
    known = wishes_of(viewer, unit)
    for kind in OWN_REPORTS:
        before, time = known.get(kind), filled.get(f"{kind}.{TIME}", "")
        if time == NEVER:
            if before is not None:
                unsubscribe(viewer.id, kind, unit)
                _note("subscription.ended", viewer.id, by, unit, kind=kind)
            continue
        after = _wish(before, kind, time, filled, viewer)
        if after != before:
            subscribe(after, unit)
            _note("subscription.made", viewer.id, by, unit, kind=kind)


def _wish(
    before: Subscription | None, kind: ReportKind, time: str, filled: Mapping[str, str], viewer: Member
) -> Subscription:
    """What somebody wishes for now; of what the form does not ask, all stays.

    Raises:
        InvalidRequest: that is no wish.
    """
    hour, _, minute = time.partition(":")
    wished = {
        "member_id": viewer.id,
        "kind": kind,
        "hour": hour,
        "minute": minute,
        "weekdays": tuple(filled.get(f"{kind}.{WEEKDAYS}", "").split(",")),
        "delivery": filled.get(WAY, ReportChannel.SLACK),
    }
    try:
        return Subscription.model_validate({**(before.model_dump() if before else {}), **wished})
    except ValueError as error:
        raise InvalidRequest("no such time, day or way") from error


def _set_language(chosen: str, viewer: Member, by: str, unit: Unit) -> None:
    if chosen != AS_IN_CHAT and chosen not in Language:
        raise InvalidRequest("no such language")
    after = speak_to(viewer, None if chosen == AS_IN_CHAT else Language(chosen), unit)
    if after != viewer:
        _note("member.changed", viewer.id, by, unit, fields="language")


def _set_quiet_hours(filled: Mapping[str, str], viewer: Member, by: str, unit: Unit) -> None:
    before, start, end = _settings(unit).quiet_hours, filled.get(START, ""), filled.get(END, "")
    zone = before.time_zone if before else viewer.time_zone
    try:
        after = None if start == NEVER else QuietHours(start=start, end=end, time_zone=zone)
    except ValueError as error:
        raise InvalidRequest("no such hours") from error
    changed = change_settings(Settings(quiet_hours=after), unit)
    if changed.changes:
        _note("settings.changed", "", by, unit, **changed.changes)


def _note(action: str, target: str, by: str, unit: Unit, **detail: str) -> None:
    unit.stores.audit.add(unit.tenant_id, entry(action, at=unit.now(), actor=by, target=target, **detail))
