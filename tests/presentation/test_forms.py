"""Forms hold what is to be filled in, within what a chat takes, and lose no word of a long text."""

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.drafts import Quote
from pm_assistant.domain.languages import Language
from pm_assistant.presentation.forms import form_of
from pm_assistant.presentation.i18n import texts_in
from tests.builders import a_comment, a_decision, a_ticket

ENGLISH = texts_in(Language.ENGLISH)
NEW = CreateTicket(title="Coupon vanishes", description="Since Monday.", priority=3)


def test_a_comment_is_edited_whole_however_long_it_is() -> None:
    """In as many fields as it takes, of which the first must not be left empty."""
    words = "".join(f"{number:04d} " for number in range(1_400))

    fields = form_of("edit", a_decision(action=a_comment(summary=words)), (), ENGLISH).fields

    assert ["text.0", "text.1", "text.2"] == [field.id for field in fields]
    assert words == "".join(field.value for field in fields)
    assert [False, True, True] == [field.optional for field in fields]
    assert all(field.lines and len(field.value) <= field.most for field in fields)


def test_of_a_new_ticket_title_description_and_priority_are_edited() -> None:
    """What others said, word for word, is not."""
    decision = a_decision(action=NEW.model_copy(update={"quotes": (Quote(author="Bob", text="It is gone!"),)}))

    title, description, priority = form_of("edit", decision, (), ENGLISH).fields

    assert ("Coupon vanishes", "Since Monday.", "3") == (title.value, description.value, priority.value)
    assert ["None", "Urgent", "High", "Medium", "Low"] == [choice.label for choice in priority.choices]
    assert (False, True) == (title.optional, description.optional)


def test_another_ticket_is_chosen_or_named() -> None:
    """Those that came next first; where none did, its key has to be given."""
    decision = a_decision()
    choice, key = form_of("relink", decision, [a_ticket(7), a_ticket(2)], ENGLISH).fields
    assert [("ENG-7", "ENG-7 Checkout drops the coupon"), ("ENG-2", "ENG-2 Checkout drops the coupon")] == [
        (option.value, option.label) for option in choice.choices
    ]
    assert key.optional
    [only] = form_of("relink", decision, (), ENGLISH).fields
    assert ("ticket_key", False) == (only.id, only.optional)


@pytest.mark.parametrize("kind", ["edit", "relink", "dismiss"])
def test_a_form_knows_what_it_answers_and_where_it_was_asked(kind: str) -> None:
    """The revision that was seen, and the thread of the card."""
    decision = a_decision()
    form = form_of(kind, decision, (), ENGLISH)  # type: ignore[arg-type]  # each of its names
    assert (f"{decision.id}:digest-1", decision.subject) == (form.answers, form.thread)
