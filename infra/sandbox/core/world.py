"""What the sandbox remembers of a company at every vendor alike; each vendor adds its own part (as `SlackWorld`)."""

from pydantic import Field

from infra.sandbox.core.config import Config
from infra.sandbox.core.grants import Code, Tally, Token
from infra.sandbox.core.state import Delivery, Fault, Model, Person, Vendor


class World(Model):
    """People, access, events on their way, and how to misbehave."""

    people: list[Person]
    codes: dict[str, Code] = Field(default_factory=dict)
    tokens: dict[str, Token] = Field(default_factory=dict)
    tallies: dict[Vendor, Tally] = Field(default_factory=dict)
    public_url: str = ""
    deliveries: list[Delivery] = Field(default_factory=list)
    faults: list[Fault] = Field(default_factory=list)
    requests: dict[str, int] = Field(default_factory=dict)
    config: Config = Config()

    def knows(self, name: str) -> bool:
        """Whether somebody or something of this company is called so: here, by a code, a token or a person."""
        refresh_tokens = {token.refresh for token in self.tokens.values()} - {""}
        return name in {*self.codes, *self.tokens, *refresh_tokens} or self.person(name) is not None

    def person(self, name: str) -> Person | None:
        """Somebody by handle, name, login or id at any vendor."""
        plain_name = name.removeprefix("@")
        return next((each for each in self.people if plain_name in _names(each)), None)


def _names(person: Person) -> set[str]:
    return {person.handle, person.name, person.slack_id, person.linear_id, person.github_login}
