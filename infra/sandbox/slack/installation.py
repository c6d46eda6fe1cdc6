"""How the app's stay in the Slack workspace ends: by its own call or by an admin's."""

import uuid
from collections.abc import Callable

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.state import Clock, Delivery, Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens, same
from infra.sandbox.slack import events
from infra.sandbox.slack.state import SlackWorld
from infra.sandbox.slack.wire import Refused, true


class SlackInstallation:
    """How the app is let into the workspace, and thrown out."""

    def __init__(self, store: Store[SlackWorld], tokens: Tokens, courier: Courier, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._courier = courier
        self._clock = clock

    def methods(self) -> dict[str, Callable[[Json], Json]]:
        """What the app itself may call."""
        return {"auth.revoke": self._revoke, "apps.uninstall": self._uninstall}

    def remove(self) -> int:
        """Throw the app out, and tell it so; returns how many tokens died."""
        dying = self._tokens.all("slack")
        self._tokens.revoke(*dying)
        self._tokens.tally("slack").revocations += 1
        self._tell("app_uninstalled", {})
        self._tell_revoked()
        return len(dying)

    def _revoke(self, arguments: Json) -> Json:
        if true(arguments.get("test")):
            return {"revoked": False}
        token = self._tokens.live("slack", str(arguments["token"]))
        if token is not None:
            self._tokens.revoke(token)
            self._tokens.tally("slack").revocations += 1
            # With rotation on Slack keeps silent about it (slackapi/bolt-js, issue 1965).
            if not token.expires_at:
                self._tell_revoked()
        return {"revoked": True}

    def _uninstall(self, arguments: Json) -> Json:
        config = self._store.world.config
        if not same(str(arguments.get("client_id", "")), config.slack_client_id):
            raise Refused("invalid_client_id")
        if not same(str(arguments.get("client_secret", "")), config.slack_client_secret):
            raise Refused("bad_client_secret")
        self.remove()
        return {}

    def _tell_revoked(self) -> None:
        bot = self._store.world.workspace.bot
        self._tell("tokens_revoked", {"tokens": {"oauth": [], "bot": [bot.user_id]}})

    def _tell(self, kind: str, what: Json) -> None:
        world, now = self._store.world, self._clock()
        event = {"type": kind, **what, "event_ts": f"{now.timestamp():.6f}"}
        body = events.envelope(world, event)
        for _ in range(1 + world.config.duplicates):
            self._courier.send(
                Delivery(
                    id=str(uuid.uuid4()),
                    vendor="slack",
                    kind=kind,
                    line="slack/app",
                    about=world.workspace.team_id,
                    body=body,
                    created_at=now,
                )
            )
