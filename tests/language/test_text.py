"""Rules of reading chat text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.language import text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<@U1> see <https://x.test/a|the page>", "Ada see the page"),
        ("<@U9> and <@U8|bob>", "someone and bob"),
        ("in <#C1|support> or <#C2>", "in #support or a channel"),
        ("<!here> &amp; <!subteam^S1|@web>", "@here & @web"),
        ("<https://x.test/a>", "https://x.test/a"),
        ("*done* :tada: _really_ ~not~ `code`", "done really code"),
        ("a &lt;@U1&gt; b", "a <@U1> b"),
        ("&gt; quoted\nmine", "quoted\nmine"),
        ("snake_case_name and 10:30:45", "snake_case_name and 10:30:45"),
    ],
)
def test_markup_becomes_what_a_person_reads(raw: str, expected: str) -> None:
    """People, channels, links, emoji and emphasis leave no markup; escaped text stays the text it was."""
    assert expected == text.plain(raw, {"U1": "Ada"})


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<@U1> see <https://x.test/a?b=1&amp;c|the  *page*>", "@Ada see the  *page*"),
        ("<@U9> and <@U8|bob>", "@somebody and @bob"),
        ("in <#C1|support>, <#C2> or <#C3>", "in #support, #eng or a private channel"),
        ("<!here> &amp; <!subteam^S1|@web>, <!date^1700000000^{date}|14 November>", "@here & @web, 14 November"),
        ("<https://x.test/a?b=1&amp;c>, <mailto:a@b.test|a@b.test>", "https://x.test/a?b=1&c, a@b.test"),
        ("*done* :tada:  ~not~ `code`\n&gt; quoted\n\n", "*done* :tada:  ~not~ `code`\n> quoted\n\n"),
        ("a &lt;@U1&gt; b &amp;lt; <", "a <@U1> b &lt; <"),
        ("<@U2> <#C4>", "@&lt;b&gt; #r&amp;d"),
    ],
)
def test_a_message_is_shown_as_the_chat_shows_it(raw: str, expected: str) -> None:
    """Whom and what it names by their names; all else to the letter, and names as they are."""
    people, channels = {"U1": "Ada", "U2": "&lt;b&gt;"}, {"C2": "#eng", "C4": "#r&amp;d"}
    assert expected == text.as_shown(raw, text.ShownNames(people, channels, "somebody", "a private channel"))


def test_spoken_text_leaves_out_quotes_and_code() -> None:
    """What somebody else said, or a program printed, is not the author's statement."""
    assert "is it?" == text.plain("&gt; it is fixed\nis it?\n```ENG-1 done```", {}, spoken=True)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("see ENG-12", {"ENG-12"}),
        ("eng-12, Ops-7!", {"ENG-12", "OPS-7"}),
        ("<https://linear.app/acme/issue/ENG-12/checkout|it>", {"ENG-12"}),
        ("branch ada/eng-12-coupon", {"ENG-12"}),
        ("ENG 12 and ENG_013", {"ENG-12", "ENG-13"}),
        ("in 12 minutes, 2026-11-20", set()),
        ("ENG-12a", set()),
    ],
)
def test_keys_are_found_in_any_case_and_in_addresses(raw: str, expected: set[str]) -> None:
    """People type ticket keys in many ways; a date or a duration is none."""
    assert expected == text.keys(raw)


@pytest.mark.parametrize(
    "forms",
    [
        ("cache", "caching", "cached", "caches"),
        ("deploy", "deployed", "deployment", "deploys"),
        ("notify", "notification", "notifications", "notified"),
        ("duplicate", "duplicated", "duplication"),
        ("retry", "retries"),
        ("stop", "stopping"),
    ],
)
def test_forms_of_a_word_meet_in_one_stem(forms: tuple[str, ...]) -> None:
    """Whoever says `notifications` means the ticket that says `notify`."""
    assert 1 == len({text.stem(form) for form in forms})


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("log in", "login"),
        ("signing in", "signin"),
        ("sign-in", "signin"),
        ("e-mail", "email"),
        ("checkout_v2", "checkout"),
        ("WebSocket", "socket"),
        ("Déployé", "deploy"),
    ],
)
def test_compounds_and_identifiers_give_their_parts(plain: str, expected: str) -> None:
    """One thing is written as one word, as two, with a hyphen, as an identifier."""
    assert expected in text.terms(plain)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("ログイン画面が真っ白になる", "画面が真っ白でログインできません", {"画面", "ログ", "グイ", "イン"}),
        ("登录页面一片空白", "打开页面是空白的", {"页面", "空白"}),
        ("로그인 화면이 비어 있어요", "빈 화면에서 로그인을 못 해요", {"로그", "그인", "화면"}),
        ("หน้าตะกร้าช้ามาก", "ตะกร้าว่างเปล่า", {"ตะก", "ะกร้", "กร้า"}),
        ("लॉगिन पेज खाली है", "खाली पेज, लॉगिन नहीं होता", {"लॉगिन", "पेज", "खाली"}),
        ("كَتَبَ الرسالة", "كتب", {"كتب"}),
        ("ﾛｸﾞｲﾝ", "ログイン", {"ログ", "グイ", "イン"}),
        ("checkoutの画面", "画面はcheckout", {"checkout", "画面"}),
    ],
)
def test_words_are_found_in_every_script(one: str, other: str, shared: set[str]) -> None:
    """Where no spaces tell words apart, their pieces do; vowel signs are letters, points and widths are not."""
    assert shared <= {*text.terms(one)} & {*text.terms(other)}


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("हल", "हाल"), ("ค่า", "ข้า")])
def test_marks_that_make_another_letter_tell_words_apart(one: str, other: str) -> None:
    """What drops accents must not take a kana, a syllable or a tone for another."""
    assert {*text.terms(one)}.isdisjoint(text.terms(other))


@given(st.text(alphabet="画面ログインがになる登录页로그인หน้าตะกร้า" + "लॉगिन", max_size=30))
def test_what_is_said_is_found_inside_what_says_more(said: str) -> None:
    """A run of letters without spaces gives every piece again wherever it stands between other letters."""
    assert {*text.terms(f"x {said} y")} >= {*text.terms(said)}


def test_addresses_are_not_words() -> None:
    """A link says nothing by its letters."""
    assert ["see"] == text.terms("see https://example.test/checkout")


def test_a_statement_ends_at_its_mark_and_not_at_an_abbreviation() -> None:
    """`incl.` does not end a sentence."""
    assert ["Price incl. tax is wrong.", "Fixed!", "Or not"] == text.sentences(
        "Price incl. tax is wrong. Fixed!\nOr not"
    )


@given(st.text(max_size=200))
def test_any_text_can_be_read(raw: str) -> None:
    """Nothing people paste makes reading fail, and every term is spelt in the text it came from."""
    plain = text.plain(raw, {})
    assert set(text.spellings(plain)) >= {
        term for chunk in plain.split() for term in text.terms(chunk) if chunk.isalpha()
    }
    assert all(spelt in plain for spelt in text.spellings(plain).values())


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=20))
def test_a_stem_is_never_longer_than_its_word(word: str) -> None:
    """Stemming only cuts."""
    assert len(text.stem(word)) <= len(word)


@pytest.mark.parametrize(
    "said",
    [
        "the export writes to ~/exports but the job reads ~/imports so nothing arrives",
        "ENG-39 costs ~$300 per month now, was ~$120 before",
        "fails with psycopg::errors::UniqueViolation on arn:aws:s3:::velunda-exports",
        "from 10:30:00 to 11:30:00",
    ],
)
def test_what_only_looks_like_markup_is_what_was_said(said: str) -> None:
    """Paths, sums and names with colons stand in the ticket as they were typed."""
    assert said == text.plain(said, {})


def test_what_the_chat_renders_is_left_out() -> None:
    """Struck out words and pictures, also several in a row."""
    assert "done or not" == text.plain("done ~never~ or not :tada::tada: :+1::skin-tone-2:", {})
