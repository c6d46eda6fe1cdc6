"""What a link between a pull request and a ticket may say."""

import pytest
from pydantic import ValidationError

from pm_assistant.domain.links import LONGEST_EVIDENCE, Link, LinkEvidence, LinkKind, LinkRules, LinkSource


def test_closing_is_stronger_than_contributing_and_that_than_mentioning() -> None:
    """Of two kinds the stronger counts, up to what the kind of work allows."""
    closes, contributes, mentions = LinkKind.CLOSES, LinkKind.CONTRIBUTES, LinkKind.MENTIONS
    assert closes.strength > contributes.strength > mentions.strength
    assert (contributes, contributes) == (closes.at_most(contributes), contributes.at_most(closes))
    assert mentions == closes.at_most(mentions)


def test_a_key_alone_closes_in_a_branch_only() -> None:
    """So it is where a tenant has said nothing else."""
    assert (LinkKind.CONTRIBUTES, LinkKind.CLOSES) == (LinkRules().title, LinkRules().branch)


def test_a_link_keeps_few_words_and_a_probability() -> None:
    """It is stored with every pull request, and what is surer than sure is a mistake."""
    evidence = LinkEvidence(source=LinkSource.BODY, words="x" * LONGEST_EVIDENCE)
    with pytest.raises(ValidationError):
        LinkEvidence(source=LinkSource.BODY, words="x" * (LONGEST_EVIDENCE + 1))
    with pytest.raises(ValidationError):
        Link(ticket="ENG-1", kind=LinkKind.CLOSES, evidence=evidence, confidence=1.1)
