"""Which tickets pull requests hang together with, as what is told of both changes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import CodePart, Description, PullRequestFacts
from pm_assistant.domain.events import (
    CodeChanged,
    EventEnvelope,
    PlanningChanged,
    TicketChanged,
    TicketChangedInPart,
    TicketRemoved,
)
from pm_assistant.domain.links import LinkKind, LinkSource
from pm_assistant.domain.planning import PlanningPart, Relation, RelationList, RelationType
from pm_assistant.domain.tenants import Settings
from pm_assistant.domain.work import StateType, Ticket, TicketState
from pm_assistant.workflows.code.linking import MOST_LINKS, link_anew
from pm_assistant.workflows.code.queries import list_pull_requests_of
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.connections.relations import keep_relations
from pm_assistant.workflows.pipeline.analyze import analyze
from tests.builders import (
    ACME,
    ENG,
    NOW,
    a_code_comment,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
    an_attachment,
)
from tests.fakes.unit import FakeUnit


class Linking(FakeUnit):
    """A tenant with a team, two tickets and a repository."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant(settings=Settings.model_validate(settings)))
        self.stores.directory.put_teams(ACME, [ENG])
        for number in (1, 2):
            self.stores.tickets.put(ACME, a_ticket(number))
        self.record(a_repository(default_branch="Trunk-2", private=False))

    def record(self, *parts: CodePart) -> None:
        """Take in what the code host tells."""
        record_code(CodeChanged(parts=parts), self)

    def tell(self, change: TicketChanged | TicketChangedInPart | TicketRemoved) -> None:
        """Take in what the tracker tells."""
        analyze(EventEnvelope(tenant_id=ACME, event=change), self)

    def attach(self, *parts: PlanningPart) -> None:
        """Take in what the tracker tells of attachments."""
        analyze(EventEnvelope(tenant_id=ACME, event=PlanningChanged(parts=parts)), self)

    def links(self, facts: PullRequestFacts | None = None) -> dict[str, str | None]:
        """What the pull request does for which ticket; None: it takes its work back."""
        known = self.stores.code.pull_request(ACME, (facts or a_pull_request()).pull_request_id)
        if known is None or known.ticket_links is None:
            return {}
        links = {each.ticket_id: each.link.kind.value for each in known.ticket_links.links}
        return {**links, **dict.fromkeys(known.ticket_links.contradicts)}


def parts_of(text: str, **changes: Any) -> tuple[CodePart, ...]:
    """A pull request with this text."""
    facts = a_pull_request(**changes)
    return facts, Description(pull_request_id=facts.pull_request_id, at=facts.at, text=text)


def test_a_pull_request_is_linked_when_it_is_told_and_anew_when_its_words_change() -> None:
    """An edit may take a link away; what was told before it comes too late."""
    unit, later = Linking(), NOW + timedelta(minutes=1)
    unit.record(*parts_of("Fixes ENG-1"))
    assert {"ticket-1": "closes"} == unit.links()
    unit.record(*parts_of("Part of ENG-2", at=later))
    unit.record(*parts_of("Fixes ENG-1"))
    assert {"ticket-2": "contributes"} == unit.links()
    assert [] == list(list_pull_requests_of("ticket-1", unit))
    assert ["900:1"] == [view.id for view in list_pull_requests_of("ticket-2", unit)]


@pytest.mark.parametrize(("base", "kind"), [("trunk-2", "closes"), ("main", "closes"), ("a-feature", "contributes")])
def test_work_has_arrived_in_the_branch_that_the_repository_says(base: str, kind: str) -> None:
    """Whatever it is called; in another pull request's branch it has not."""
    unit = Linking()
    unit.record(*parts_of("Fixes ENG-1", base=base))
    assert {"ticket-1": kind} == unit.links()


def test_a_teams_own_dependency_bot_links_nothing() -> None:
    """Its texts tell of other projects."""
    for bots, links in (((), {"ticket-1": "closes"}), (("bumper",), {})):
        unit = Linking(bots={"dependency_bots": bots})
        unit.record(*parts_of("Fixes ENG-1", author=Actor(login="bumper")))
        assert links == unit.links()


def test_a_link_leads_to_where_its_comment_stands_now() -> None:
    """A repository may be called otherwise since, which its comments are read with."""
    unit = Linking()
    said = a_code_comment("1", text="See ENG-1")
    unit.record(*parts_of(""), said)
    renamed = said.model_copy(update={"url": said.url.replace("/shop/", "/store/"), "read": True})
    unit.record(renamed)
    known = unit.stores.code.pull_request(ACME, a_pull_request().pull_request_id)
    assert known is not None
    assert known.ticket_links is not None
    assert [renamed.url] == [each.link.evidence.url for each in known.ticket_links.links]


def test_a_revert_takes_its_tickets_work_back() -> None:
    """It closes nothing, though its branch says so."""
    unit = Linking()
    facts = a_pull_request(title='Revert "Keep the coupon ENG-1"', branch="revert-1-ada/eng-1-keep")
    unit.record(facts, Description(pull_request_id=facts.pull_request_id, at=NOW, text="Reverts acme/shop#1"))
    assert None is unit.links(facts).get("ticket-1", "nothing")
    (shown,) = list_pull_requests_of("ticket-1", unit)
    assert [("ENG-1", None)] == [(ticket.key, ticket.kind) for ticket in shown.tickets if ticket.kind is None]


def test_a_pull_request_is_linked_to_a_ticket_that_is_told_of_later() -> None:
    """At once, be it merged by then, and beside the others that it names; what only reads like a key is none."""
    unit = Linking()
    merged = {"closed_at": NOW, "merged_at": NOW}
    unit.record(*parts_of("Part of ENG-1. Fixes ENG-3, ENG-4 and what UTF-8 broke", **merged))
    assert {"ticket-1": "contributes"} == unit.links()
    unit.tell(TicketChanged(ticket=a_ticket(3)))
    assert {"ticket-1": "contributes", "ticket-3": "closes"} == unit.links()
    moved = a_ticket(7, key="ENG-4")
    unit.tell(TicketChangedInPart(ticket_id=moved.id, told=moved.model_dump(mode="json")))
    assert {"ticket-1", "ticket-3", "ticket-7"} == unit.links().keys()
    assert ["900:1"] == [view.id for view in list_pull_requests_of("ticket-3", unit)]


def test_a_ticket_that_is_gone_is_linked_no_more_until_it_is_back() -> None:
    """Pull requests say the same all along, and hang together with the same tickets whenever they are read for them."""
    unit, ticket, removed_at = Linking(), a_ticket(1), NOW + timedelta(hours=1)
    unit.record(*parts_of("Closes ENG-1, part of ENG-2"))
    linked = unit.links()

    unit.tell(TicketRemoved(ticket_id=ticket.id, at=removed_at))
    assert {"ticket-2": "contributes"} == unit.links()
    unit.tell(TicketChanged(ticket=ticket))
    assert {"ticket-2": "contributes"} == unit.links()
    unit.tell(TicketChanged(ticket=ticket.model_copy(update={"updated_at": removed_at + timedelta(hours=1)})))
    assert {"ticket-1": "closes", "ticket-2": "contributes"} == linked == unit.links()


def test_a_ticket_that_changed_teams_is_linked_by_either_name_once() -> None:
    """Also where its former team is gone, and whether the move is told of before the pull request or after it."""
    moved = a_ticket(7, key="ENG-7", former_keys=("OPS-3",))
    unit = Linking()
    unit.record(*parts_of("Fixes OPS-3, which is part of ENG-7"))
    assert {} == unit.links()
    unit.tell(TicketChanged(ticket=moved))
    assert {"ticket-7": "closes"} == unit.links()
    unit.record(*parts_of("Part of OPS-3", at=NOW + timedelta(minutes=1)))
    assert {"ticket-7": "contributes"} == unit.links()


def test_a_key_that_another_ticket_has_by_now_means_that_one() -> None:
    """Whoever had it before is linked by the keys that are its own."""
    unit = Linking()
    unit.tell(TicketChanged(ticket=a_ticket(7, key="ENG-9", former_keys=("ENG-1", "ENG-5"))))
    unit.record(*parts_of("Fixes ENG-1"))
    assert {"ticket-1": "closes"} == unit.links()
    unit.record(*parts_of("Fixes ENG-9 and ENG-5", at=NOW + timedelta(minutes=1)))
    assert {"ticket-7": "closes"} == unit.links()


@pytest.mark.parametrize("moves_first", [True, False])
def test_a_link_is_the_same_whether_its_ticket_changed_teams_before_or_after(moves_first: bool) -> None:
    """It goes by the first of the ticket's keys, which no move changes."""
    unit, moved = Linking(), TicketChanged(ticket=a_ticket(1, key="ENG-9", former_keys=("ENG-1",), updated_at=NOW))
    if moves_first:
        unit.tell(moved)
    unit.record(*parts_of("Fixes ENG-1"))
    unit.tell(moved)
    known = unit.stores.code.pull_request(ACME, a_pull_request().pull_request_id)
    assert known
    assert known.ticket_links
    assert [("ticket-1", "ENG-1")] == [(each.ticket_id, each.link.ticket) for each in known.ticket_links.links]


ATTACHED = an_attachment(link=LinkKind.CLOSES)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_a_pull_request_that_the_tracker_attaches_is_linked_to_the_ticket(order: Sequence[int]) -> None:
    """Whichever of the three is told of first."""
    unit, pull_request = Linking(), parts_of("Tidy up")
    tell = (
        lambda: unit.record(*pull_request),
        lambda: unit.tell(TicketChanged(ticket=a_ticket(3))),
        lambda: unit.attach(an_attachment(ticket_id="ticket-3", link=LinkKind.CLOSES)),
    )
    for number in order:
        tell[number]()
    assert {"ticket-3": "closes"} == unit.links()
    (shown,) = list_pull_requests_of("ticket-3", unit)
    assert [(LinkSource.ATTACHMENT, "Keep the coupon")] == [(ticket.source, ticket.words) for ticket in shown.tickets]


def test_what_is_attached_without_a_word_contributes_and_what_is_taken_off_links_no_more() -> None:
    """Nothing is closed of which nobody has said so."""
    unit = Linking()
    unit.record(*parts_of("Tidy up"))
    unit.attach(an_attachment())
    assert {"ticket-1": "contributes"} == unit.links()
    gone = an_attachment(removed=True, at=NOW + timedelta(minutes=1))
    unit.attach(gone)
    unit.attach(an_attachment())
    assert {} == unit.links()


@pytest.mark.parametrize(
    ("text", "changes", "kind"),
    [
        ("Part of ENG-1", {}, "contributes"),
        ("Tidy up", {"base": "a-feature"}, "contributes"),
        ("Backport of #1", {"title": "[backport] Keep the coupon (#1)", "base": "release/1.2"}, "mentions"),
        ("Tidy up", {"labels": ("no-ticket",)}, None),
    ],
)
def test_an_attachment_closes_no_more_than_words_could(text: str, changes: dict[str, Any], kind: str | None) -> None:
    """What a pull request says of a ticket itself counts more; stacked ones and copies close nothing."""
    unit = Linking()
    unit.record(*parts_of(text, **changes))
    unit.attach(ATTACHED)
    assert kind == unit.links().get("ticket-1")


@pytest.mark.parametrize(
    "url", ["https://github.com/acme/other/pull/1", "https://shop.test/pull/x", "https://shop.test"]
)
def test_other_pages_link_nothing(url: str) -> None:
    """Be they of a repository that we may not read."""
    unit = Linking()
    unit.record(*parts_of("Tidy up"))
    unit.attach(an_attachment(url=url))
    assert {} == unit.links()


def test_a_link_stays_when_the_repository_is_renamed() -> None:
    """The tracker keeps the old address."""
    unit, later = Linking(), NOW + timedelta(minutes=1)
    unit.record(*parts_of("Tidy up"))
    unit.attach(ATTACHED)
    unit.record(a_repository(name="acme/store", url="https://github.com/acme/store", at=later))
    unit.record(*parts_of("Tidy up well", url="https://github.com/acme/store/pull/1", at=later))
    assert {"ticket-1": "closes"} == unit.links()


def test_a_comment_links_a_ticket_that_comes_after_it() -> None:
    """As the words of the pull request itself do."""
    unit = Linking()
    unit.record(*parts_of("Faster"), a_code_comment("7", text="this is what ENG-3 is about"))
    assert {} == unit.links()
    unit.tell(TicketChanged(ticket=a_ticket(3)))
    assert {"ticket-3": "mentions"} == unit.links()


def test_a_ticket_that_was_read_and_not_told_of_is_linked_when_the_sources_are_compared() -> None:
    """So is one of a team that was not known; what awaits none that is there is not read again."""
    unit, tenant = Linking(), a_tenant()
    unit.record(*parts_of("Fixes ENG-3 and OPS-1"))
    unit.stores.tickets.put_all(ACME, [a_ticket(3), a_ticket(8, key="OPS-1", team_id="team-ops")])
    pull_requests = [pr for _, pr in unit.stores.code.latest_pull_requests(ACME, over=False, limit=9)]
    assert link_anew(pull_requests, tenant, unit)
    assert {"ticket-3": LinkKind.CLOSES} == unit.links()
    pull_requests = [pr for _, pr in unit.stores.code.latest_pull_requests(ACME, over=False, limit=9)]
    assert not link_anew(pull_requests, tenant, unit)
    unit.stores.directory.put_teams(ACME, [ENG, ENG.model_copy(update={"id": "team-ops", "key": "OPS"})])
    assert link_anew(pull_requests, tenant, unit)
    assert {"ticket-3": LinkKind.CLOSES, "ticket-8": LinkKind.CLOSES} == unit.links()


@given(st.permutations(range(5)))
def test_links_do_not_depend_on_what_was_told_first(order: Sequence[int]) -> None:
    """Tickets, pull requests and their texts come as they like."""
    later = NOW + timedelta(minutes=1)
    told: list[CodePart | Ticket] = [a_ticket(3), a_ticket(4), *parts_of("Fixes ENG-3. See ENG-4 and ENG-5")]
    told.append(a_pull_request(at=later, title="Once more ENG-4"))
    unit = Linking()
    for number in order:
        each = told[number]
        if isinstance(each, Ticket):
            unit.tell(TicketChanged(ticket=each))
        else:
            unit.record(each)
    assert {"ticket-3": "closes", "ticket-4": "contributes"} == unit.links()


def test_a_list_of_all_tickets_links_the_first_hundred() -> None:
    """What closes comes before what mentions; a row has to hold it."""
    unit = Linking()
    for number in range(3, 150):
        unit.stores.tickets.put(ACME, a_ticket(number))
    keys = " ".join(f"ENG-{number}" for number in range(2, 150))
    unit.record(*parts_of(f"See {keys}\n\nFixes ENG-1"))
    assert MOST_LINKS == len(unit.links())
    assert "closes" == unit.links()["ticket-1"]


def test_a_comment_links_the_tickets_that_it_names_and_no_more_once_it_is_deleted() -> None:
    """It closes none, whatever it says, adds nothing to what the text says, and leads to where it stands."""
    unit, ask = Linking(), a_code_comment("7", text=f"Doesn't this fix {a_ticket(2).url}, after ENG-1?\n> Closes ENG-3")
    unit.stores.tickets.put(ACME, a_ticket(3))
    unit.record(*parts_of("Part of ENG-1"), ask)
    assert {"ticket-1": "contributes", "ticket-2": "mentions"} == unit.links()
    (view,) = list_pull_requests_of("ticket-2", unit)
    assert [("ENG-1", None), ("ENG-2", ask.url)] == [(ticket.key, ticket.evidence_url) for ticket in view.tickets]

    unit.record(ask.model_copy(update={"text": "Fixes ENG-3", "at": NOW + timedelta(minutes=1)}), ask)
    assert {"ticket-1": "contributes", "ticket-3": "mentions"} == unit.links()
    unit.record(ask.model_copy(update={"text": "", "deleted": True, "at": NOW + timedelta(minutes=1)}))
    assert {"ticket-1": "contributes"} == unit.links()


def test_comments_that_come_before_their_pull_request_or_are_a_bots_are_no_trouble() -> None:
    """What dependency bots say is of other projects; a label that silences silences comments, too."""
    unit = Linking()
    bot = a_code_comment("8", text="Closes ENG-2", author=Actor(login="dependabot[bot]", bot=True))
    unit.record(a_code_comment("7", text="See ENG-1"), bot)
    unit.record(*parts_of(""))
    assert {"ticket-1": "mentions"} == unit.links()
    unit.record(a_pull_request(labels=("no-ticket",), at=NOW + timedelta(minutes=1)))
    assert {} == unit.links()


def test_tickets_of_private_teams_are_not_shown() -> None:
    """Whoever may read the pull request may not read those."""
    unit = Linking()
    unit.record(*parts_of("Fixes ENG-1"))
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"private": True})])
    assert [()] == [view.tickets for view in list_pull_requests_of("ticket-1", unit)]


def test_where_no_pull_request_awaits_a_ticket_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As mostly, every hour and of every team."""
    unit = Linking()
    unit.record(*parts_of("Fixes ENG-1"))
    pull_requests = [known for _, known in unit.stores.code.latest_pull_requests(ACME, over=False, limit=9)]

    def refuse(*_: object) -> None:
        raise AssertionError("the index was read for nothing")

    monkeypatch.setattr(unit.stores.index, "read", refuse)
    assert not link_anew(pull_requests, unit.stores.tenants.get(ACME), unit)


def test_a_pull_request_of_a_duplicate_counts_for_the_ticket_with_which_people_go_on() -> None:
    """Whether it was linked before the two were merged or after, also by the tracker; parted, it is as it was."""
    unit = Linking()
    duplicate = TicketState(id="s-dup", name="Duplicate", type=StateType.DUPLICATE)
    before, after = a_pull_request(1), a_pull_request(2)
    unit.record(*parts_of("Fixes ENG-1"))
    relation = Relation(id="r-1", ticket_id="ticket-1", other_id="ticket-2", type=RelationType.DUPLICATE, at=NOW)
    unit.stores.tickets.put(ACME, a_ticket(1, state=duplicate, updated_at=NOW + timedelta(minutes=1)))
    for listed, kept in ((RelationList(relations=(relation,)), "ticket-2"), (RelationList(), "ticket-1")):
        keep_relations(listed, unit)
        for put in unit.queues.events.puts[:]:
            assert isinstance(put.message, EventEnvelope)
            analyze(put.message, unit)
        unit.queues.events.puts.clear()
        unit.record(*parts_of("Fixes ENG-1", number=2))
        unit.attach(an_attachment(ticket_id="ticket-1", url=after.url))
        assert [{kept: "closes"}] * 2 == [unit.links(before), unit.links(after)]
