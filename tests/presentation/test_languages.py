"""Whatever a card or an answer can say is said in the reader's language, and Slack takes it in the longest."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from gettext import NullTranslations
from typing import Any, get_args

import pytest

from pm_assistant.domain import actions, causes, decisions, policy, portability
from pm_assistant.domain.accounts import Mail, MailReturned
from pm_assistant.domain.actions import (
    Action,
    ChangeTicket,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
    TicketField,
)
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.autonomy import Fall
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome, Waiting
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.domain.due import Due
from pm_assistant.domain.languages import Language
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.reports import Card, CardEntry
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, Provider, Rule, Settings, TenantState
from pm_assistant.domain.work import MessageId
from pm_assistant.integrations.slack.blocks import card_blocks, card_text
from pm_assistant.integrations.slack.previews import entity
from pm_assistant.presentation import i18n, mails, replies
from pm_assistant.presentation.cards import Deciding, answer_to, card_of, logged_entry_of
from pm_assistant.presentation.due import words_of
from pm_assistant.presentation.i18n import Texts
from pm_assistant.presentation.previews import details_of, preview_of
from pm_assistant.presentation.reasons import REASONS, reason_in
from pm_assistant.runtime import batch
from pm_assistant.workflows.code import likeness, reconcile, trees
from pm_assistant.workflows.pipeline import act, closing, deciders, grading, judge, muting, obey, orders, permissions
from pm_assistant.workflows.surfaces import reactions
from pm_assistant.workflows.tenants import experiments
from tests.builders import ACME, DOING, DONE, NOW, a_comment, a_decision, a_tenant, a_ticket, a_track_record, a_tree
from tests.contracts.vendor_contracts import block_flaws, needs_contracts
from tests.integrations.slack.test_blocks import texts_in
from tests.presentation.mail_reader import Reader
from tests.presentation.mail_samples import account_mails
from tests.presentation.test_i18n import TRANSLATED, names

S = DecisionState
PATTERNS = {"d MMMM", "d MMM y", "EEEE d MMMM", "HH:mm"}
"""Messages that say how a date is written."""
DATA = re.compile(
    r"<https?:[^|>]*|\n/\S+|Æ+|ENG-\d+|UTC|Linear|Nov(?:ember)?|acme/shop#1|PM Assistant|test-1|scripted|Decision|Done"
    r"|vor|Minuten?|Stunden?|Tagen?"
)
"""What is somebody's words, or a name: it is written so in every language."""
WORDS = re.compile(r"[A-Za-z]{2,}")
TICKETS = {t.id: t for t in (a_ticket(n, title="Æ", state=DOING.model_copy(update={"name": "Æ"})) for n in (1, 2, 9))}
THERE = DONE.model_copy(update={"name": "Æ"})
ÆSOP = Suggestion(id="x", name="Æ", because="who said so")
NEW = CreateTicket(
    title="Æ", description="Æ" * 20_000, priority=1, team=ÆSOP, parent=ÆSOP, regression_of=ÆSOP, labels=(ÆSOP,),
    suggested_assignee=ÆSOP,
)  # fmt: skip
ACTIONS: tuple[Action, ...] = (
    a_comment(summary="Æ"),
    NEW,
    MoveTicket(ticket_id="ticket-1", to=THERE),
    *(ChangeTicket(ticket_id="ticket-1", field=field, to=ÆSOP.model_copy(update={"id": "1"})) for field in TicketField),
    *(a_tree(*numbers) for numbers in ((1,), (1, 2))),
    *(a_tree(*numbers).model_copy(update={"root_id": "ticket-9"}) for numbers in ((1,), (1, 2))),
    *(LinkPullRequest(pull_request_id="1", name="acme/shop#1", ticket_id="ticket-1", link=link) for link in LinkKind),
)
KNOWN = Deciding(names={"U0ADA": "somebody of the team"}, home_team="Æ", at=NOW + timedelta(days=1))
CHANGED = Outcome(external_id="ticket-1", url="", inverse='{"operation": "x"}')
DONE_ONCE: dict[str, Any] = {"outcome": CHANGED, "performed": "digest-1", "decided_by": "U0ADA"}
AWAY = Waiting(provider=Provider.LINEAR, since=NOW)
ORDER = GivenOrder(message_id=MessageId("C1:1"))
KINDS: Mapping[str, dict[str, Any]] = {
    "asked": {"state": S.PROPOSED},
    "asked again": {"state": S.PROPOSED, **DONE_ONCE},
    "undo asked": {"state": S.DONE, "undo_proposed": True, **DONE_ONCE},
    "undo asked of a tree": {
        "state": S.DONE, "undo_proposed": True, "subject": Subject.below("ticket-1"), **DONE_ONCE,
    },
    "done": {"state": S.DONE, **DONE_ONCE},
    "done already": {"state": S.DONE, **DONE_ONCE, "outcome": None},
    "failed": {"state": S.FAILED, "error": decisions.TICKET_IS_DUPLICATE},
    "not taken back": {"state": S.FAILED, "undoing": True, "error": act.OTHERS_REST_ON_IT, **DONE_ONCE},
    "dismissed": {"state": S.DISMISSED, "decided_by": "U0ADA"},
    "gone": {"state": S.DISMISSED, "error": decisions.TICKET_GONE},
    "expired": {"state": S.DISMISSED, "error": decisions.EXPIRED},
    "refused": {"state": S.DISMISSED, "error": orders.NO_SUCH_STATE, "order": ORDER, "decided_by": "U0ADA"},
    "undone": {"state": S.UNDONE, **DONE_ONCE},
    "waits": {"state": S.QUEUED, "waiting": AWAY},
    "waits to be undone": {"state": S.ACTING, "undoing": True, "waiting": AWAY, **DONE_ONCE},
    "logged": {"state": S.LOGGED},
}  # fmt: skip
ENDINGS = (
    "60 conversations on one side and 20 on the other are not what was shared out",
    "approved as it was: 100% on side a, 50% on side b", "its end came, and neither side is known to be better",
    *(f"20 of 20 were {what} on side b" for what in ("undone", "answered with another ticket", "not answered")),
    *(f"a judgement on side b takes 2.1 times the {what} of one on side a" for what in ("cost", "time")),
)  # fmt: skip
"""Why an experiment has ended, as `tests/domain/test_trials.py` has it."""
CONSTANTS = (
    decisions.MOVED_ON, decisions.TICKET_TAKEN_BACK, decisions.TICKET_GONE, decisions.TICKET_IS_DUPLICATE,
    decisions.EXPIRED, act.OTHERS_REST_ON_IT, f"{act.CHANGED_SINCE} (state, due date)", closing.ALL_GONE,
    closing.OPEN_AGAIN, f"{closing.KEPT}: ENG-1", orders.UNCLEAR, orders.NOTHING_SAID, orders.TOO_MANY,
    orders.WHICH_TICKET, orders.NOTHING_TO_UNDO, orders.BEING_MADE, orders.NO_SUCH_STATE, orders.CANCEL_OR_UNDO,
    obey.NOBODY_TO_ASK, muting.NO_THREAD, reactions.SEVERAL, likeness.AGREED, likeness.REASON, reconcile.AGREED,
    trees.AGREED, reconcile.ALL_MERGED.format("acme/shop#1"), reconcile.BEING_BUILT.format("acme/shop#1"),
    trees.ALL_OVER.format("ENG-1"), trees.LEFT_OPEN.format("ENG-1"), deciders.UNNAMED, deciders.PROGRAM,
    permissions.CLOSING, permissions.GONE, permissions.CHANGED_SINCE_SEEN, permissions.ANSWERED_BEFORE,
    permissions.NOT_ASKED, permissions.UNKNOWN, judge.TOO_MANY_NAMED, judge.TOO_MANY_MEANT, judge.TOO_MANY_PROPOSED,
    permissions.REMOVED, actions.TAKEN_BACK, actions.WITHHELD, experiments.STOPPED, judge.NOTHING_USABLE,
    batch.UNEXPECTED, grading.BEGINS_ANEW, portability.NOT_BROUGHT_ALONG,
    *(a_track_record(fallen=fall).reason for fall in (None, *Fall)), *ENDINGS,
    a_track_record(promoted_at=NOW, promoted_after=40).reason,
)  # fmt: skip
"""Reasons as the code that gives them writes them."""


class _Pseudo(NullTranslations):
    """A language of which every word is foreign: what is left in English was written past the catalogue."""

    def gettext(self, message: str) -> str:
        return message if message in PATTERNS else re.sub(r"\{\w+\}|[A-Za-z]", _foreign, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _foreign(part: re.Match[str]) -> str:
    return part.group() if part.group().startswith("{") else "ж"


PSEUDO = Texts(Language.GERMAN, _Pseudo())


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> Texts:
    """Everybody reads the pseudo-language."""
    monkeypatch.setattr(i18n, "_texts_in", lambda _: PSEUDO)
    return PSEUDO


MAIL_FOR: dict[str, Any] = {"to": "", "public_url": "", "texts": PSEUDO}
"""What every mail takes."""


def english_in(value: Any) -> set[str]:
    """The English words that are left in what is shown."""
    return {word for text in texts_in(value) for word in WORDS.findall(DATA.sub("", text))}


def cards(texts: Texts) -> Iterator[tuple[str, Card]]:
    """Every kind of card there is, in a language."""
    reason = "Æ told me so."
    for action in ACTIONS:
        for kind, changes in KINDS.items():
            decision = a_decision(action=action, **{"reason": reason, **changes})
            name = f"{action.kind}, {kind}"
            yield name, card_of([decision] * 40, TICKETS, texts, deciding=KNOWN)
            yield f"{name}, withheld", card_of([decision], {}, texts, withheld={*TICKETS}, deciding=KNOWN)
            outside = decision.model_copy(update={"outside": True})
            yield f"{name}, outside", card_of([outside], TICKETS, texts, deciding=KNOWN)
            blocking = {"ticket-1": [f"ENG-{number}" for number in range(9)]}
            yield f"{name}, blocked", card_of([decision], TICKETS, texts, blockers=blocking, deciding=KNOWN)
            ordered = decision.model_copy(update={"order": decision.order or ORDER})
            yield f"{name}, ordered", answer_to([ordered], [ordered], TICKETS, texts, deciding=KNOWN)
    for kind, changes in KINDS.items():
        ignored = a_decision(action=Ignore(), **{"reason": reason, **changes, "order": ORDER})
        yield f"ignored, {kind}", answer_to([ignored], [ignored], TICKETS, texts, deciding=KNOWN)
    logged = logged_entry_of(a_decision(reason=reason, state=S.LOGGED), TICKETS, texts, withheld=frozenset())
    assert logged is not None
    for entry in (logged, *answers(texts)):
        yield entry.headline, Card(id="c", entries=(entry,), language=texts.language)


def answers(texts: Texts) -> Iterator[CardEntry]:
    """Every line of an answer to a question."""
    ticket = TICKETS["ticket-1"]
    assigned = ticket.model_copy(update={"assignee_name": "Æ", "priority": 2, "due_date": date(2026, 11, 20)})
    for each in (ticket, assigned, assigned.model_copy(update={"state": THERE})):
        yield replies.people_line(each, texts)
        for passed in (timedelta(), timedelta(hours=3), timedelta(days=8)):
            yield replies.state_line(each, texts, blockers=["ENG-2"], at=each.updated_at + passed)
    asked = a_decision(state=S.PROPOSED)
    yield replies.waiting_line(asked, "Æ", "", texts)
    yield replies.talk_line("Æ", "", texts)
    yield replies.unknown_keys(["ENG-7"], texts)
    yield replies.nothing_in_progress("Æ", texts)
    yield replies.nothing_done_by("Æ", texts)
    yield from replies.bounded([replies.talk_line("Æ", "", texts)] * 12, texts)
    headlines = (replies.AWAITS_REVIEW, *replies.STAGES.values())
    sentences = (replies.OF_THE_TEAM_ONLY, replies.OTHERS_READ, replies.CAN_ANSWER, replies.OLDER, replies.NO_TALK)
    known = (replies.NO_TICKET, replies.NO_TICKET_ABOUT, replies.NOBODY, replies.NOT_KNOWN, replies.NOTHING_WAITS)
    yield from (replies.sentence(each, texts) for each in (*headlines, *sentences, *known))


def test_no_card_and_no_answer_says_a_word_past_the_catalogues(pseudo: Texts) -> None:
    """Neither its sentences, nor its buttons and menus, nor what a notification reads out."""
    for name, card in cards(pseudo):
        assert set() == english_in(card_blocks(card)) | english_in({"text": card_text(card)}), name


def test_no_preview_says_a_word_past_the_catalogues(pseudo: Texts) -> None:
    """For all who read its link, and for one who reads all of it."""
    for action in ACTIONS:
        for name, changes in KINDS.items():
            decision = a_decision(action=action, **{"reason": "Æ told me so.", **changes})
            preview = preview_of(decision, TICKETS, pseudo, withheld=frozenset(), url="", deciding=KNOWN)
            known = details_of(preview, decision, pseudo, deciding=KNOWN, base_url=None, withheld=False)
            shown = [preview.entry.headline, preview.entry.detail, preview.status]
            shown += [part for fact in known.facts for part in (fact.label, fact.text)]
            assert set() == english_in([{"text": text} for text in shown]), name
            assert entity(known)["url"] == ""


def notices(reason: str) -> Iterator[Mail]:
    """Every mail that is told to whoever can mend something, with the reason in it where it has one."""
    yield mails.connection_broken(team="Æ", vendor="Æ", since=NOW, reason=reason, **MAIL_FOR)
    yield mails.calendar_broken(**MAIL_FOR)
    for due in Due:
        words = words_of(due, PSEUDO)
        yield mails.payment_due("", team="Æ", words=words, address="", texts=PSEUDO)
    for why in get_args(MailReturned.model_fields["reason"].annotation):
        returned = MailReturned(tenant_id=ACME, email="Æ", reason=why, at=NOW)
        yield mails.mail_stopped(team="Æ", returned=returned, **MAIL_FOR)


def test_no_mail_about_a_login_says_a_word_past_the_catalogues() -> None:
    """Neither its subject, nor what a mailbox shows beside it, nor what a button leads to."""
    values = re.compile(r"\S*(?:https?://|@)\S*|(?:acme|s3cr3t-|s1gned-){2,}\S*|R&D <x>")
    for kind, mail in account_mails(PSEUDO).items():
        said = f"{mail.subject} {Reader(mail).preview} {mail.text}"
        assert set() == english_in({"text": values.sub("", said)}), kind


def test_no_notice_says_a_word_past_the_catalogues() -> None:
    """Whatever the reason: each of ours is said in the reader's language."""
    for message in REASONS:
        reason = message.format(**dict.fromkeys(names(message), "Æ"))
        for mail in notices(reason):
            assert set() == english_in({"text": f"{mail.subject} {mail.text}"}), reason
        chat = mails.words_of_loss("Æ", NOW, reason, PSEUDO)
        assert set() == english_in([{"text": text} for text in chat]), reason


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_reason_within_a_reason_is_read_in_the_readers_language_too(language: Language) -> None:
    """Such as what is wrong with a line of a file, and why trust has ended."""
    texts = i18n.texts_in(language)
    for problem in ("it is too large", "ids have 1 to 255 bytes"):
        said = reason_in(f"ticket.jsonl, record 2: {problem}", texts)
        assert (True, False) == (reason_in(problem, texts) in said, problem in said)
    away = str(causes.did_not_answer("Slack", TimeoutError()))
    said = reason_in(f"granted without chat:write; not given back: {away}", texts)
    assert (True, False) == (reason_in(away, texts) in said, away in said)
    for fall in Fall:
        said = reason_in(a_track_record(fallen=fall).reason, texts)
        assert (True, False) == (reason_in(fall, texts) in said, fall in said)


def objections() -> Iterator[str]:
    """What the policy says against a deed."""
    rules = {kind: Rule(mode=Mode.OFF) for kind in ActionKind}
    for tenant in (
        a_tenant(state=TenantState.CLOSING),
        *(
            a_tenant(settings=settings)
            for settings in (
                Settings(shadow=True),
                Settings(channels=Channels(deny=("C0ENG",))),
                Settings(rules=rules),
                Settings(),
            )
        ),
    ):
        found = policy.objection(a_decision(), tenant=tenant, cited=(), at=NOW)
        assert found is not None
        yield found.reason


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_reason_that_is_logged_is_read_in_the_readers_language(language: Language) -> None:
    """Also what holds data, which stays as it is; of what is none of ours nothing is changed."""
    texts = i18n.texts_in(language)
    logged = [message.format(**dict.fromkeys(names(message), "Æ")) for message in REASONS]
    for reason in (*logged, *CONSTANTS, *objections()):
        assert reason != reason_in(reason, texts), reason
    for message, reason in zip(REASONS, logged, strict=True):
        assert reason.count("Æ") <= reason_in(reason, texts).count("Æ"), message
    for foreign in ("La cliente attend {demain}.", "{ticket}", ""):
        assert foreign == reason_in(foreign, texts)


def test_what_people_have_changed_is_named_in_the_readers_language() -> None:
    """Field by field."""
    said = reason_in(f"{act.CHANGED_SINCE} (state, due date)", i18n.texts_in(Language.GERMAN))
    assert "nicht zurückgenommen: Leute haben es seither geändert (Status, Fälligkeit)" == said


@needs_contracts
@pytest.mark.parametrize("language", Language)
def test_slack_takes_every_card_in_every_language(language: Language) -> None:
    """By its own schema; what is longest in it is cut where Slack cuts it off."""
    for name, card in cards(i18n.texts_in(language)):
        blocks = card_blocks(card)
        assert [] == block_flaws(blocks), name
        assert len(blocks) <= 50, name
        assert [] == [label for label in labels(blocks) if len(label) > 75], name


def labels(blocks: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What stands on buttons and in menus."""
    for block in blocks:
        for element in block["elements"] if block["type"] == "actions" else ():
            texts = [element.get("text"), element.get("placeholder"), *(o["text"] for o in element.get("options", ()))]
            yield from (text["text"] for text in texts if text)


@pytest.mark.parametrize(
    ("language", "asked", "why"),
    [
        (Language.ENGLISH, "Shall I? Move to Done:", "90% sure: Ada told me so."),
        (Language.GERMAN, "Soll ich? Verschieben nach Done:", "Zu 90 % sicher: Ada hat es mir aufgetragen."),
        (Language.SPANISH, "¿Lo hago? Mover a Done:", "90 % de certeza: Ada me lo ordenó."),
        (Language.FRENCH, "Dois-je le faire ? Passer à Done :", "Sûr à 90 % : Ada me l\u2019a demandé."),
        (Language.JAPANESE, "実行しますか\uff1f Done に移動:", "確信度 90%: Ada の指示です。"),
    ],
)
def test_a_card_reads_as_people_there_would_say_it(language: Language, asked: str, why: str) -> None:
    """The question, and how sure it is; a state is called as the tracker calls it."""
    action = MoveTicket(ticket_id="ticket-1", to=DONE)
    decision: Decision = a_decision(action=action, state=S.PROPOSED, reason="Ada told me so.")
    [entry] = card_of([decision], TICKETS, i18n.texts_in(language)).entries
    assert (asked, why) == (entry.headline, entry.detail)
