"""All that a team can choose, in groups that are saved one by one."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from pydantic import ValidationError

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import Conflict, InvalidRequest, NotFound
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.tenants import Settings
from pm_assistant.web.html import page, see_other
from pm_assistant.web.request import PageRequest, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.web.settings_fields import GROUPS, Group, Kind, Setting, filled, said
from pm_assistant.workflows.connections.queries import channel_names
from pm_assistant.workflows.tenants.settings import change_settings

router = Router()


class SettingView(NamedTuple):
    """A setting as it is shown.

    Attributes:
        form: what its fields are filled in with.
        options: what can be chosen, in the page's language.
    """

    setting: Setting
    form: Mapping[str, Sequence[str]]
    options: Mapping[str, str]
    error: str


class GroupView(NamedTuple):
    """A group as it is shown; `seen` names what its values were."""

    group: Group
    seen: str
    settings: Sequence[SettingView]


@router.get("/settings", **needs(Scope.READ))
def show_settings() -> Response[str]:
    """Every setting, and what it does."""
    return _page(current_request(router))


@router.post("/settings/<group_id>", **needs(Scope.ADMIN))
def save_group(group_id: str) -> Response[str]:
    """Save a group, unless somebody else has meanwhile: then their values stand beside what was filled in."""
    request = current_request(router)
    group = next((each for each in GROUPS if each.id == group_id), None)
    if group is None:
        raise NotFound("there are no such settings")
    wanted, errors = _wanted(group, request)
    if errors:
        return _page(request, group, errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        changed = change_settings(wanted, request.unit, check=lambda now: _check_seen(group, now, request))
    except InvalidRequest as error:
        return _page(request, group, {error.field}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Conflict:
        return _page(request, group, status=HTTPStatus.CONFLICT)
    request.note("settings.changed", **changed.changes)
    return see_other(request, f"/settings?answered={group.id}")


def _wanted(group: Group, request: PageRequest) -> tuple[Settings, set[str]]:
    """What the form of a group asks for; and the names of settings that cannot be as it says."""
    ids = {name: id for id, name in _channels(request).items()}
    wanted: dict[str, Any] = {}
    errors = set()
    for setting in group.settings:
        top, _, part = setting.name.partition(".")
        try:
            value = said(setting, request.form, ids)
        except ValueError:
            errors.add(setting.name)
            continue
        if part:
            wanted.setdefault(top, {})[part] = value
        else:
            wanted[top] = value
    try:
        # What is not filled in at all is none; half of it is refused.
        return Settings.model_validate({name: _or_none(name, value) for name, value in wanted.items()}), errors
    except ValidationError as error:
        return Settings(), errors | {_named(".".join(map(str, flaw["loc"])), group) for flaw in error.errors()}


def _or_none(name: str, value: Any) -> Any:
    match name:
        case "quiet_hours" if not (value["start"] or value["end"]):
            return None
        case "holidays" if not any(value.values()):
            return None
        case _:
            return value


def _named(place: str, group: Group) -> str:
    """The setting that a flaw is about: the one at its place, or the first one within it."""
    names = [setting.name for setting in group.settings]
    within = (name for name in names if f"{place}.".startswith(f"{name}.") or name.startswith(place))
    return next(within, names[0])


def _check_seen(group: Group, now: Settings, request: PageRequest) -> None:
    """Make sure that what the form replaces is what it showed.

    Raises:
        Conflict: somebody has changed it since.
    """
    if request.field("seen") != _state(group, now):
        raise Conflict(Translatable("these settings were changed meanwhile"))


def _state(group: Group, settings: Settings) -> str:
    """Names the values of a group."""
    values = settings.model_dump(mode="json", include=group.names)
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _page(
    request: PageRequest,
    posted: Group | None = None,
    errors: set[str] | frozenset[str] = frozenset(),
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response[str]:
    settings, channels, texts = (
        request.stores.tenants.get(request.tenant.id).settings,
        _channels(request),
        request.texts,
    )
    values = settings.model_dump(mode="json")
    is_admin = request.caller.scope.covers(Scope.ADMIN)
    teams = {team.id: team.name for team in request.stores.directory.teams(request.tenant.id) if not team.private}

    def view(setting: Setting, *, is_posted: bool) -> SettingView:
        top, _, part = setting.name.partition(".")
        value = (values[top] or {}).get(part) if part else values[top]
        now = filled(setting, value, channels)
        if setting.name == "quiet_hours.time_zone" and not now and is_admin:
            now = {setting.name: [request.zone.key]}
        own = {name: sent for name, sent in request.form.items() if _is_of(setting, name)} if is_posted else now
        options = {each: texts.gettext(label) for each, label in setting.options.items()}
        if setting.kind is Kind.TEAM:
            options = teams | ({value: texts.gettext("a private team")} if value and value not in teams else {})
        error = ""
        if is_posted and setting.name in errors:
            error = texts.gettext(setting.wrong, least=str(setting.least), most=str(setting.most))
        elif is_posted and status is HTTPStatus.CONFLICT and _plain(own) != _plain(now):
            meanwhile = _told(setting, now, options, request)
            error = texts.gettext("Somebody else has meanwhile saved: {value}", value=meanwhile)
        return SettingView(setting, own, options, error)

    return page(
        request,
        "settings.html",
        status=status,
        groups=[
            GroupView(
                group, _state(group, settings), [view(each, is_posted=group is posted) for each in group.settings]
            )
            for group in GROUPS
        ],
        told=lambda shown: _told(shown.setting, shown.form, shown.options, request),
        saved=request.query.get("answered", ""),
        failed=posted.id if posted else "",
        conflict=status is HTTPStatus.CONFLICT,
        is_admin=is_admin,
    )


def _is_of(setting: Setting, name: str) -> bool:
    return name == setting.name or (setting.kind is Kind.QUESTIONS and name.startswith(f"{setting.name}."))


def _plain(form: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """What is filled in, however its lines end, without what is empty."""
    lines = {name: [each.replace("\r\n", "\n").strip() for each in sent] for name, sent in form.items()}
    return {name: sorted(sent) for name, sent in lines.items() if any(sent) and not name.endswith(".meaning")}


def _told(setting: Setting, form: Mapping[str, Sequence[str]], options: Mapping[str, str], request: PageRequest) -> str:
    """A setting's value in words."""
    texts = request.texts
    words = {"yes": texts.gettext("yes"), **options}
    parts = [words.get(each, each) for sent in form.values() for each in sent if each]
    return ", ".join(parts) or (texts.gettext("no") if setting.kind is Kind.CHECK else texts.gettext("nothing"))


def _channels(request: PageRequest) -> Mapping[str, str]:
    """What channels are called by their ids, where one alone is called so."""
    names = {id: name.removeprefix("#") for id, name in channel_names(request.unit).items()}
    counts = Counter(names.values())
    return {id: name for id, name in names.items() if counts[name] == 1}
