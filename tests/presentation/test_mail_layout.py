"""Every mail looks the same, is shown by the programs that people read mail with, and says as much without HTML."""

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.accounts import Mail
from pm_assistant.domain.languages import Language
from pm_assistant.presentation.mail_layout import Code, Letter, Link, Listing, Paragraph, lay_out
from tests.presentation.mail_reader import FEATURES, Reader
from tests.presentation.mail_samples import samples

TO_PEOPLE = {"gmail", "gmail on android", "outlook.com", "apple mail"}
words = st.text(max_size=40) | st.sampled_from(["<script>alert(1)</script>", '"><img src=x>', "&amp;", "{}%s"])
links = st.builds(Link, words, st.sampled_from(["", "https://x.test/?a=1&b=2", 'https://x.test/"><script>']))
parts = (
    st.builds(Paragraph, words)
    | st.builds(Code, words)
    | st.builds(Listing, words, st.lists(links, max_size=3).map(tuple), words)
)
letters = st.builds(
    Letter,
    subject=words,
    preview=words,
    title=words,
    parts=st.lists(parts, max_size=4).map(tuple),
    button=st.none() | st.builds(Link, words, st.just("https://x.test/act")),
    small_print=st.lists(words, max_size=2).map(tuple),
    ways_out=st.lists(st.builds(Link, words, st.just("https://x.test/out")), max_size=2).map(tuple),
)

in_each_language = pytest.mark.parametrize(
    "mail",
    [pytest.param(mail, id=f"{kind}, {language}") for language in Language for kind, mail in samples(language).items()],
)


@in_each_language
def test_a_mail_uses_only_what_mail_programs_know(mail: Mail) -> None:
    """Tags, attributes, properties and queries are on a short list; nothing is loaded from elsewhere."""
    assert [] == list(Reader(mail).flaws())
    assert "url(" not in mail.html


@in_each_language
def test_a_mail_is_whole(mail: Mail) -> None:
    """It has a preview that is not seen in it, a dark look, and is not cut off by Gmail."""
    reader = Reader(mail)

    assert reader.preview
    assert reader.preview not in reader.shown
    assert any("prefers-color-scheme:dark" in style for style in reader.styles)
    assert len(mail.html.encode()) <= 102_000


@in_each_language
def test_the_text_reads_alone(mail: Mail) -> None:
    """It says all that the HTML shows, and names the address of every link."""
    reader = Reader(mail)
    assert [] == [shown for shown in reader.shown if shown.strip(" ·") not in mail.text]
    assert [] == [link for link in reader.links if link not in mail.text]
    assert not re.search(r"<[a-z/]", mail.text.replace("R&D <x>", ""))


@pytest.mark.parametrize("language", Language)
def test_a_mail_says_which_language_it_is_in(language: Language) -> None:
    """By which programs read it aloud, and know not to offer a translation."""
    assert {language} == {Reader(mail).language for mail in samples(language).values()}


def test_what_is_listed_is_known_to_most_or_missed_by_none() -> None:
    """Where a program does not know something, it is said what people see instead; all else most programs know."""
    for kind in ("tags", "attributes", "properties", "queries"):
        for name, feature in FEATURES[kind].items():
            unknown = {program for program, known in feature["support"].items() if known == "no"}
            assert bool(unknown) == ("where not" in feature), name
            assert not unknown & TO_PEOPLE or feature["where not"], name


def test_nothing_is_listed_that_no_mail_uses() -> None:
    """The list stays short."""
    readers = [Reader(mail) for mail in samples().values()]

    assert FEATURES["tags"].keys() <= set().union(*(reader.tags for reader in readers))
    assert FEATURES["attributes"].keys() <= set().union(*(reader.attributes for reader in readers))
    assert FEATURES["properties"].keys() <= {name for reader in readers for name in reader.properties()}


@given(letters)
def test_whatever_is_said_is_shown_and_never_obeyed(letter: Letter) -> None:
    """What is put into a mail is text there, and its links lead where they were meant to."""
    mail = lay_out(letter, to="ada@acme.test")

    reader = Reader(mail)
    assert [] == list(reader.flaws())
    assert escape(letter.title) in mail.html
    assert letter.title in mail.text
    urls = [link.url for part in letter.parts if isinstance(part, Listing) for link in part.lines if link.url]
    urls += [letter.button.url] if letter.button else []
    assert [*urls, *(link.url for link in letter.ways_out)] == reader.links
