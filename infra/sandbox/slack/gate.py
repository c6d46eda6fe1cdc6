"""Who may call Slack's Web API, and with which scopes."""

from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.slack.scopes import needed
from infra.sandbox.slack.state import SlackWorld
from infra.sandbox.slack.wire import Refused


class SlackGate:
    """Judges the `token` among a call's arguments."""

    def __init__(self, store: Store[SlackWorld], tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    def admit(self, method: str, arguments: Json) -> None:
        """Let a call in.

        Raises:
            Refused: there is no token, it does not count (any more), or it lacks a scope.
        """
        access_token = str(arguments.get("token") or "")
        if not access_token:
            raise Refused("not_authed")
        token = self._tokens.find("slack", access_token)
        if token is None:
            raise Refused("invalid_auth")
        if token.revoked:
            raise Refused("token_revoked")
        if self._tokens.expired(token):
            raise Refused("token_expired")
        lacking = needed(self._store.world, method, arguments) - set(token.scopes or ())
        if token.scopes is not None and lacking:
            raise Refused("missing_scope", needed=",".join(sorted(lacking)), provided=",".join(token.scopes))

    def scopes(self, arguments: Json) -> list[str]:
        """What Slack's header says of the token."""
        token = self._tokens.live("slack", str(arguments.get("token") or ""))
        return token.scopes or [] if token else []

    def people(self, accounts: list[Json], arguments: Json) -> list[Json]:
        """Leave out languages unless they are asked for, and e-mail addresses unless the token may see them."""
        if str(arguments.get("include_locale", "")).casefold() not in {"1", "true"}:
            accounts = [{name: value for name, value in each.items() if name != "locale"} for each in accounts]
        token = self._tokens.live("slack", str(arguments.get("token") or ""))
        if token is None or token.scopes is None or "users:read.email" in token.scopes:
            return accounts
        return [
            each | {"profile": {name: value for name, value in each["profile"].items() if name != "email"}}
            for each in accounts
        ]
