"""When which report comes to whom, what came, and who the team's people are, by the API alone."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import MailStop, Role
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.reports import Report, ReportChannel, ReportKind, Section, SentReport, Skip
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from tests.builders import ACME, DOING, ENG, NOW, a_member, a_ticket
from tests.cli.customers import KEY, Customer

LONG = "Dorothea Wilhelmina von Hohenstein"
COMMANDS = (["people"], ["person", "ada"], ["subscriptions"], ["reports"])


@pytest.fixture
def team(customer: Customer) -> Customer:
    """Ada and a colleague of a long name, a channel and a team."""
    stores = customer.world.stores
    stores.directory.put_members(
        ACME, [a_member(time_zone="America/Argentina/Buenos_Aires"), a_member("bob", name=LONG)]
    )
    stores.directory.put_teams(ACME, [ENG])
    stores.tickets.put(ACME, a_ticket(1, title="Build it", state=DOING))
    channel = Channel(id="C0ENGINEERS", name="eng")
    place = Position(source=Provider.SLACK, workspace="T0ACME", place=channel.id, channel=channel)
    stores.readings.put_position(ACME, place)
    return customer


def test_a_report_is_wished_for_listed_and_ended_for_a_person_and_a_channel(team: Customer) -> None:
    """Also of a team, each by itself."""
    for_ada = ("--person", "ada", "--team", ENG.id)
    in_channel = ("--channel", "C0ENGINEERS")

    said = team.pm("subscribe", "standup", *for_ada, "--at", "09:30", "--on", "MON", "--by", "email")
    posted = team.pm("subscribe", "weekly", *in_channel, "--zone", "Asia/Kolkata")
    named = team.pm("subscribe", "overview", *for_ada)

    assert "It comes 09:30 MON by email\n" == said.err
    assert "It comes 09:00 Asia/Kolkata FRI by slack\n" == posted.err
    assert "It comes 09:00 MON by slack\n" == named.err
    shown = team.pm("subscriptions").out
    for part in ("Ada", "C0ENGINEERS", ENG.id, "09:00 Asia/Kolkata FRI by slack", "3 subscriptions"):
        assert part in shown
    assert ["overview", "standup", "weekly"] == sorted(wish["kind"] for wish in team.pm("subscriptions", "--json").json)
    for kind, whose in (("standup", for_ada), ("overview", for_ada), ("weekly", in_channel)):
        assert 0 == team.pm("unsubscribe", kind, *whose).code
    assert "No subscriptions." in team.pm("subscriptions").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["subscribe", "standup"], "--member-id NAME or --channel ID"),
        (["subscribe", "standup", "--person", "ada", "--channel", "C0ENGINEERS"], "--member-id NAME or --channel ID"),
        (["subscribe", "standup", "--person", "ada", "--at", "nine"], "HH:MM"),
        (["subscribe", "overview", "--person", "ada"], "say which"),
        (["subscribe", "standup", "--person", "ada", "--team", "team-nowhere"], "no such team"),
        (["reports", "1"], "only 0 are kept"),
    ],
)
def test_what_is_not_meant_so_is_said(team: Customer, arguments: list[str], said: str) -> None:
    """In one line, with status 1."""
    answer = team.pm(*arguments)

    assert (1, 1) == (answer.code, answer.err.count("\n"))
    assert said in answer.err


def test_a_report_comes_again(team: Customer) -> None:
    """Later, as somebody says."""
    answer = team.pm("snooze", "standup", "--person", "ada", "--until", "tomorrow")

    [(due, at)] = team.world.app.schedules.once
    assert (0, "U0ADA", True) == (answer.code, due.member_id, f"{at:%F}" in answer.err)


def test_what_was_sent_can_be_read_again(team: Customer) -> None:
    """One of them in full; why another did not come; those of a team by themselves."""
    team.callers[KEY] = team.world.as_person(Role.ADMIN, email="ada@acme.test")
    report = Report(
        id="r",
        kind=ReportKind.STANDUP,
        title="Standup for Ada",
        day=NOW.date(),
        notes=("Late: this was due before.",),
        sections=(Section(title="Done", lines=()),),
    )
    came = SentReport(
        kind=report.kind,
        subscription_id="standup.U0ADA",
        day=report.day,
        at=NOW,
        delivery=ReportChannel.SLACK,
        report=report,
    )
    skipped = came.model_copy(
        update={"at": NOW + timedelta(days=1), "delivery": None, "report": None, "skipped": Skip.AWAY}
    )
    of_team = came.model_copy(update={"subscription_id": f"standup.U0ADA.team:{ENG.id}"})
    for sent in (came, skipped, of_team):
        team.world.stores.deliveries.keep(ACME, sent, keep_days=9_999)

    listed = team.pm("reports").out

    assert "2 reports" in listed
    assert "none: away" in listed
    assert "1 report" in team.pm("reports", "--team", ENG.id).out
    in_full = team.pm("reports", "2").out
    assert "Standup for Ada\n  Late: this was due before.\n  Done\n" in in_full
    assert "None came" in team.pm("reports", "1").out
    assert 2 == len(team.pm("reports", "--json").json)


def test_the_overview_of_a_team_is_shown(team: Customer) -> None:
    """With its totals, by person."""
    shown = team.pm("overview", ENG.id, "--person", "ada").out

    for part in ("Overview of Engineering", "Done: 0 · In progress: 1", "In progress: ENG-1 Build it"):
        assert part in shown


def test_people_are_listed_with_what_is_in_the_way_and_changed(team: Customer) -> None:
    """What they read, until when they are away, and that mail to them is stopped, until an admin lifts that."""
    team.world.stores.mail.stop(ACME, MailStop(email="ada@acme.test", reason="Bounce", at=NOW))

    changed = team.pm("person", "ada", "--language", "de", "--away-until", "2026-12-01")

    assert 0 == changed.code
    shown = team.pm("people").out
    for part in ("Ada", "de", "back on 2026-12-01; no mail since 2026-11-20 (bounce)", "3 people"):
        assert part in shown
    assert "--mail-again" in changed.out
    lifted = team.pm("person", "ada", "--back", "--mail-again", "--json")
    assert ("de", None, None) == tuple(lifted.json[name] for name in ("language", "away_until", "mail_stop"))
    assert ["U0ADA"] == [item["id"] for item in team.pm("people", "ada", "--json").json]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_listed_fits_in_eighty_columns(
    team: Customer, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever people are called; nothing of it is cut."""
    team.pm("subscribe", "standup", "--person", LONG, "--team", ENG.id)
    team.pm("subscribe", "weekly", "--channel", "C0ENGINEERS", "--zone", "America/Argentina/Buenos_Aires")
    monkeypatch.setenv("COLUMNS", "80")

    shown = team.pm(*command).out

    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown
