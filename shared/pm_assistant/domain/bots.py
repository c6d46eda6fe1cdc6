"""Who acts at the code host: people, and which sorts of programs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pm_assistant.domain.bounds import Name
from pm_assistant.domain.model import Model


class AuthorKind(StrEnum):
    """Who acts: a person, or which sort of program."""

    HUMAN = "human"
    DEPENDENCY_BOT = "dependency_bot"
    """Raises versions; nothing it does is a team's work."""
    CODING_AGENT = "coding_agent"
    """Does a person's work at that person's word."""
    REVIEW_BOT = "review_bot"
    """Comments on everybody's work; what it says is nobody's review."""
    OTHER_BOT = "other_bot"


class Actor(Model):
    """An account at the code host; `bot` is what the host says of it."""

    login: Name
    id: str | None = None
    bot: bool = False


Logins = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=100)], ...], Field(max_length=100)]


class Bots(Model):
    """Logins that a team counts as programs of a sort, beside those that are known everywhere; in any case."""

    dependency_bots: Logins = Field(default=(), description="they raise versions, which is nobody's work")
    coding_agents: Logins = Field(default=(), description="they do a person's work")
    review_bots: Logins = Field(default=(), description="what they say is nobody's review")
    humans: Logins = Field(default=(), description="known elsewhere as programs, and persons here")

    def kind(self, actor: Actor | None) -> AuthorKind:
        """What sort of author an account is; whoever deleted theirs was a person."""
        if actor is None:
            return AuthorKind.HUMAN
        name = actor.login.casefold().removesuffix("[bot]")
        lists = {
            AuthorKind.HUMAN: self.humans,
            AuthorKind.DEPENDENCY_BOT: self.dependency_bots,
            AuthorKind.CODING_AGENT: self.coding_agents,
            AuthorKind.REVIEW_BOT: self.review_bots,
        }
        for kind, logins in lists.items():
            if name in {login.casefold().removesuffix("[bot]") for login in logins}:
                return kind
        return next(
            (kind for kind, logins in _KNOWN_BOTS.items() if name in logins),
            AuthorKind.OTHER_BOT if actor.bot or actor.login.endswith("[bot]") else AuthorKind.HUMAN,
        )


_KNOWN_BOTS: Mapping[AuthorKind, frozenset[str]] = {
    AuthorKind.DEPENDENCY_BOT: frozenset(
        {"dependabot", "dependabot-preview", "renovate", "renovate-bot", "pre-commit-ci", "snyk-bot", "pyup-bot"}
        | {"greenkeeper", "depfu", "scala-steward", "imgbot"}
    ),
    AuthorKind.CODING_AGENT: frozenset(
        {"copilot-swe-agent", "copilot", "devin-ai-integration", "claude", "cursor", "cursoragent", "sweep-ai"}
        | {"google-labs-jules", "openhands-agent", "chatgpt-codex-connector", "linear", "factory-droid"}
    ),
    AuthorKind.REVIEW_BOT: frozenset(
        {
            "coderabbitai",
            "copilot-pull-request-reviewer",
            "sonarcloud",
            "sonarqubecloud",
            "codecov",
            "codecov-commenter",
        }
        | {"greptile-apps", "ellipsis-dev", "github-advanced-security", "graphite-app", "sourcery-ai", "vercel"}
        | {"netlify", "qodo-merge-pro", "gemini-code-assist", "changeset-bot", "coveralls"}
    ),
}
"""By login without `[bot]`; a team's own list comes first."""
