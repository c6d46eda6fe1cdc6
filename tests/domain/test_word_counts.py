"""How often a team says what is counted so that it can be compared, and not read."""

from datetime import timedelta

from pm_assistant.domain.word_counts import MOST_CONVERSATIONS, PLACES, WordCounts
from tests.builders import NOW

DAYS = 90


def counted(*conversations: str, since: timedelta = timedelta()) -> WordCounts:
    """The counts after these, which were all held at one time."""
    counts = WordCounts()
    for said in conversations:
        counts = counts.after_saying(said.split(), now=NOW - since, days=DAYS)
    return counts


def test_a_word_counts_once_in_each_conversation_in_which_it_was_said() -> None:
    """However often it is said there."""
    counts = counted("coupon coupon login", "coupon", "tax")

    assert (3, 2, 1, 0) == (counts.conversations, *map(counts.of, ("coupon", "login", "deploy")))
    assert (0, 0) == (WordCounts().conversations, WordCounts().of("coupon"))


def test_what_was_said_once_is_forgotten_in_time() -> None:
    """All counts are halved once so many days are over, and not before."""
    once_and_thrice = ("coupon", "tax", "tax", "tax")
    for age, left in ((timedelta(days=DAYS, seconds=-1), (5, 1, 3)), (timedelta(days=DAYS), (3, 0, 1))):
        counts = counted(*once_and_thrice, since=age).after_saying(["login"], now=NOW, days=DAYS)
        assert left == (counts.conversations, *map(counts.of, ("coupon", "tax")))
        assert (NOW - age if age < timedelta(days=DAYS) else NOW) == counts.since


def test_of_a_team_that_talks_much_the_counts_stay_small() -> None:
    """They are halved as soon as there are so many."""
    counts = WordCounts(MOST_CONVERSATIONS - 1, (MOST_CONVERSATIONS - 1,) * PLACES, NOW)
    for _ in range(2):
        counts = counts.after_saying(["coupon"], now=NOW, days=DAYS)
        assert counts.of("coupon") == counts.conversations

    assert MOST_CONVERSATIONS // 2 + 1 == counts.conversations


def test_words_share_places_so_that_none_can_be_read_back() -> None:
    """As many counts are kept of one word as of a language, and each could be of another word as well."""
    assert PLACES == len(counted("coupon").places)
    said = counted("w1")
    assert any(said.of(f"w{number}") for number in range(2, 20 * PLACES))
    assert "w1" not in repr(said)
