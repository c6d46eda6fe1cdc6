"""How a pull request and a ticket hang together, and how we know."""

from enum import StrEnum

from pydantic import Field

from pm_assistant.domain.bots import AuthorKind
from pm_assistant.domain.model import Model

LONGEST_BODY = 65_536
"""Characters that GitHub lets a pull request's body have; what is longer is read up to there."""
LONGEST_EVIDENCE = 200
"""Characters of the words a link rests on: enough to recognise them, too few to copy a body into every row."""
FINAL_BRANCHES = frozenset(
    {"main", "master", "trunk", "mainline", "default", "develop", "devel", "development", "dev", "next", "canary"}
    | {"staging", "production", "prod"}
)
"""Names under which teams keep the branch that their work is to reach."""
SILENCING_LABELS = frozenset({"skip", "no-ticket", "skip-ticket"})


class LinkKind(StrEnum):
    """What a pull request does for a ticket, strongest first."""

    CLOSES = "closes"
    CONTRIBUTES = "contributes"
    MENTIONS = "mentions"

    @property
    def strength(self) -> int:
        """Grows with what is promised; of several words about one ticket the strongest counts."""
        return -list(LinkKind).index(self)

    def at_most(self, limit: "LinkKind") -> "LinkKind":
        """This kind, or the limit where that is weaker."""
        return min(self, limit, key=lambda kind: kind.strength)


class LinkSource(StrEnum):
    """Where it stands that the two belong together."""

    TITLE = "title"
    BODY = "body"
    URL = "url"
    """The ticket's address in the body."""
    BRANCH = "branch"
    COMMIT = "commit"
    COMMENT = "comment"
    ATTACHMENT = "attachment"
    """The tracker's own link."""
    THREAD = "thread"
    """One conversation that names both."""
    ANSWER = "answer"
    """What was said to our question whether they do."""


class LinkMaker(StrEnum):
    """Who or what says so."""

    RULES = "rules"
    TRACKER = "tracker"
    ANALYST = "analyst"
    PERSON = "person"


class LinkEvidence(Model):
    """What a link rests on: where it stands, and the exact words (`… ` stands for what lies between them).

    Attributes:
        url: of the comment or message that says so; None where the pull request itself does.
    """

    source: LinkSource
    words: str = Field(max_length=LONGEST_EVIDENCE)
    url: str | None = None


class Link(Model):
    """What a pull request does for one ticket.

    Attributes:
        confidence: that the kind is what people meant.
    """

    ticket: str
    kind: LinkKind
    evidence: LinkEvidence
    confidence: float = Field(ge=0, le=1)
    maker: LinkMaker = LinkMaker.RULES


class PullRequestLinks(Model):
    """All that one pull request says of tickets: at most one link for each.

    Attributes:
        links: strongest first, then by ticket.
        contradicts: tickets whose work it takes back.
        wants_ticket: it is work of its own, which a ticket should be about: no copy, no revert, no bot's news, and
            nobody has said that there is none.
    """

    links: tuple[Link, ...] = ()
    contradicts: tuple[str, ...] = ()
    wants_ticket: bool = True


class LinkRules(Model):
    """What a tenant takes a key for where no word goes with it.

    Attributes:
        title: in a title; None: nothing.
        branch: in the name of a branch; None: nothing.
        final_branches: where work has arrived; a pull request into any other branch closes nothing.
        silencing_labels: of a pull request that is none of ours.
    """

    title: LinkKind | None = LinkKind.CONTRIBUTES
    branch: LinkKind | None = LinkKind.CLOSES
    final_branches: frozenset[str] = FINAL_BRANCHES
    silencing_labels: frozenset[str] = SILENCING_LABELS


class PullRequestText(Model):
    """What a pull request says about itself; whether it is merged changes nothing of that.

    Attributes:
        base: the branch it goes into; empty where that is not known, and then taken for a final one.
        commits: their messages.
    """

    title: str
    body: str = ""
    branch: str = ""
    base: str = ""
    author_kind: AuthorKind = AuthorKind.HUMAN
    commits: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
