"""Who may come in: people by invitation, programs by keys."""

from pm_assistant.domain.billing import Billing
from tests.builders import ACME, NOW
from tests.cli.customers import Customer


def test_a_key_is_made_shown_once_listed_and_ended(customer: Customer) -> None:
    """What is printed is the key alone, for a program to take."""
    made = customer.pm("keys", "make", "nightly", "--scope", "run")

    [listed] = customer.pm("keys", "list", "--json").json
    assert (0, "nightly", "run") == (made.code, listed["name"], listed["scope"])
    assert made.out.startswith("pma_acme_")
    assert made.out.strip() not in customer.pm("keys", "list").out
    assert 0 == customer.pm("keys", "end", listed["id"]).code
    assert "No keys." in customer.pm("keys", "list").out


def test_somebody_is_invited_listed_and_taken_back(customer: Customer) -> None:
    """The code is in the mail alone."""
    invited = customer.pm("invite", "cy@acme.test", "--role", "admin")

    [listed] = customer.pm("invite", "--json").json
    assert (0, True) == (invited.code, "Invited cy@acme.test as admin" in invited.err)
    assert ("cy@acme.test", "admin") == (listed["email"], listed["role"])
    assert 0 == customer.pm("invite", "--cancel", listed["id"]).code
    assert "No invitations." in customer.pm("invite").out


def test_what_an_address_has_to_be_is_said_in_words(customer: Customer) -> None:
    """And nobody is invited."""
    answer = customer.pm("invite", "cy")

    assert (1, "", "body.email: it is not in the form that it has to have\n") == (answer.code, answer.out, answer.err)
    assert "No invitations." in customer.pm("invite").out


def test_who_invites_more_than_there_are_seats_is_told_so(customer: Customer) -> None:
    """The invitation goes out all the same."""
    stores = customer.world.stores
    stores.tenants.put(stores.tenants.get(ACME).model_copy(update={"billing": Billing(trial_ends_at=NOW)}))
    for number in range(4):
        assert "seat" not in customer.pm("invite", f"p{number}@acme.test").err

    invited = customer.pm("invite", "one-too-many@acme.test")

    assert 0 == invited.code
    assert (
        "There is no seat left for them: reports of their own wait until there is one. See: pm billing" in invited.err
    )
