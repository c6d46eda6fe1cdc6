"""What was talked about is kept of every conversation that was judged, as long as its words are, and no longer."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.history import Keeping, PastConversation
from pm_assistant.domain.tenants import Channels, Settings
from pm_assistant.domain.word_counts import WordCounts
from pm_assistant.domain.work import Message
from pm_assistant.language.key_terms import MOST_TERMS
from tests.builders import ACME, GLOBEX, NOW, a_judgement, a_message, a_tenant
from tests.workflows.pipeline.unit import AnalyzeUnit

ADA, BOB = "U0ADA", "U0BOB"
ROOT = a_message(0, "The coupon vanishes")
REPLY = a_message(30, "Seen in checkout, too", root_ts=ROOT.ts, author=BOB)


def a_unit() -> AnalyzeUnit:
    """A unit whose analyst finds nothing to do."""
    return AnalyzeUnit(*[a_judgement()] * 3)


def heard(unit: AnalyzeUnit, speaker: str = ADA) -> Sequence[PastConversation]:
    """What is kept with somebody."""
    return unit.stores.history.read(ACME, [speaker]).recent.get(speaker, ())


def said(unit: AnalyzeUnit, *messages: Message, after: timedelta = timedelta(minutes=2)) -> None:
    """Have messages said, and judged once it is quiet."""
    unit.say(*messages)
    unit.at = max(unit.at, messages[-1].received_at + after)
    unit.touched(messages[-1])


def test_what_was_judged_is_kept_with_everybody_who_spoke() -> None:
    """By its terms, with where and when it was said; of another tenant nothing is."""
    unit = a_unit()
    said(unit, ROOT, REPLY)

    [kept] = heard(unit)

    assert heard(unit, BOB) == [kept]
    assert (ROOT.channel, ROOT.ts, True, (ADA, BOB)) == (kept.channel, kept.root_ts, kept.threaded, kept.authors)
    assert (REPLY.posted_at, ROOT.received_at + timedelta(days=90)) == (kept.at, kept.ends_at)
    assert {"coupon", "checkout"} <= kept.terms.keys()
    assert {} == unit.stores.history.read(GLOBEX, [ADA, BOB]).recent


def test_what_is_not_quiet_yet_is_not_kept() -> None:
    """Nor what changed while it was judged, or could not be judged: that comes again."""
    unit = AnalyzeUnit(UpstreamUnavailable("the model is away"))
    unit.at = NOW
    unit.say(ROOT)
    unit.touched(ROOT)
    assert () == heard(unit)
    with pytest.raises(UpstreamUnavailable):
        said(unit, ROOT)
    assert () == heard(unit)


def test_a_judgement_that_broke_off_is_kept_by_the_next_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was decided is not asked anew, and what was said is kept all the same."""
    unit = a_unit()
    unit.say(ROOT)
    with monkeypatch.context() as patched:
        patched.setattr(unit.stores.history, "keep", _fails)
        with pytest.raises(UpstreamUnavailable):
            unit.touched(ROOT)
    assert () == heard(unit)
    unit.touched(ROOT)
    assert 1 == len(heard(unit)) == len(unit.analyst.seen)


def _fails(*_: object) -> None:
    raise UpstreamUnavailable("the table is away")


def test_what_was_edited_is_kept_as_it_reads_now() -> None:
    """In place of what it said before."""
    unit = a_unit()
    said(unit, ROOT)
    said(unit, a_message(0, "The login vanishes", edited_ts="1900000000.000000", received_at=NOW + timedelta(hours=1)))

    [kept] = heard(unit)

    assert ("login" in kept.terms, "coupon" in kept.terms) == (True, False)


@pytest.mark.parametrize("reads", [True, False])
def test_of_what_was_deleted_nothing_is_kept(reads: bool) -> None:
    """With nobody; of a channel that is not read any more nothing is kept at all."""
    unit = a_unit()
    said(unit, ROOT, REPLY)
    if not reads:
        settings = Settings(channels=Channels(deny=(ROOT.channel,)))
        unit.stores.tenants.replace(a_tenant(settings=settings), before=a_tenant())
    unit.stores.messages.delete(ACME, REPLY.channel, REPLY.root_ts, REPLY.ts, at=unit.at)
    unit.at += timedelta(minutes=2)
    unit.touched(REPLY)

    assert [] == [*heard(unit, BOB)]
    assert [["coupon"]] * reads == [[term for term in kept.terms if term != "vanish"] for kept in heard(unit)]
    unit.stores.messages.delete(ACME, ROOT.channel, ROOT.root_ts, ROOT.ts, at=unit.at)
    unit.at += timedelta(minutes=2)
    unit.touched(ROOT)
    assert [] == [*heard(unit)]


def test_words_that_have_lived_through_most_of_their_time_are_not_kept() -> None:
    """A thread that goes on for longer than the tenant keeps what is said: its beginning is left out."""
    unit = a_unit()
    settings = Settings(retention_days=3)
    unit.stores.tenants.replace(a_tenant(settings=settings), before=a_tenant())
    later = a_message(2 * 86_400, "The login, too", root_ts=ROOT.ts)
    said(unit, ROOT, later)

    [kept] = heard(unit)

    assert ("login" in kept.terms, "coupon" in kept.terms) == (True, False)
    assert Keeping(unit.at, days=3).end_of(later.received_at) == kept.ends_at


def test_a_private_conversation_is_kept_as_one() -> None:
    """It is known in its own channel alone."""
    unit = a_unit()
    said(unit, a_message(0, "The salary", private=True))

    assert [True] == [kept.private for kept in heard(unit)]


def test_what_says_nothing_is_not_kept() -> None:
    """And takes nobody's place."""
    unit = a_unit()
    said(unit, a_message(0, "and then?"))

    assert () == heard(unit)


def test_a_burst_across_the_clocks_cut_is_kept_in_two() -> None:
    """However it is cut once it has gone on for too long."""
    unit = a_unit()
    begin = -(NOW.timestamp() % 900)
    said(unit, a_message(begin - 10, "The coupon"), a_message(begin + 10, "The login", author=BOB))

    assert [["coupon"], ["login"]] == [[*kept.terms] for speaker in (ADA, BOB) for kept in heard(unit, speaker)]


@pytest.mark.thorough
def test_of_five_thousand_replies_no_more_is_kept_than_of_few() -> None:
    """With those who spoke first, of how it began and of its end."""
    unit = a_unit()
    replies = [a_message(n, f"reply{n}", root_ts=ROOT.ts, author=f"U{n}") for n in range(1, 5_001)]
    said(unit, ROOT, *replies)

    [kept] = heard(unit)

    assert ("coupon", MOST_TERMS) == (next(iter(kept.terms)), len(kept.terms))
    assert ((kept,), ()) == (tuple(heard(unit, "U4")), heard(unit, "U5"))


def counts(unit: AnalyzeUnit) -> WordCounts:
    """How often the team says what."""
    return unit.stores.history.read(ACME, []).words


def test_words_are_counted_of_all_that_is_said_in_public() -> None:
    """Common ones, too, and whoever says them; a judgement that is repeated counts nothing."""
    unit = a_unit()
    said(unit, ROOT)
    said(unit, a_message(9_000, "I think the coupon works", author=BOB))
    unit.touched(ROOT)

    assert (2, 2, 1, 1, 0) == (counts(unit).conversations, *map(counts(unit).of, ("coupon", "vanish", "think", "tax")))


def test_what_a_thread_goes_on_with_is_counted_and_what_it_began_with_is_not_again() -> None:
    """Else its first words were the commonest of all."""
    unit = a_unit()
    said(unit, ROOT)
    said(unit, REPLY)

    assert (2, 1, 1) == (counts(unit).conversations, *map(counts(unit).of, ("coupon", "checkout")))


@pytest.mark.parametrize("private", [True, False])
def test_words_are_not_counted_where_not_everybody_may_read_or_we_do_not(private: bool) -> None:
    """What is said in private is weighed nowhere else, and nothing is made of channels that are not read."""
    unit = a_unit()
    if not private:
        settings = Settings(channels=Channels(deny=(ROOT.channel,)))
        unit.stores.tenants.replace(a_tenant(settings=settings), before=a_tenant())
    said(unit, a_message(0, "The coupon vanishes", private=private))

    assert 0 == counts(unit).conversations
