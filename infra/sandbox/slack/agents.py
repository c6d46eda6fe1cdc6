"""The agent's sessions: what it says it is at, and the button with which people stop it.

docs.slack.dev, reference/methods/agents.sessions.setStatus and reference/events/agent_session_stopped.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.pages import missing
from infra.sandbox.core.requests import form_of
from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.slack import events
from infra.sandbox.slack.state import AgentSession, SlackWorld
from infra.sandbox.slack.wire import Refused
from infra.sandbox.slack.workspace import SlackWorkspace

STATUSES = {"processing", "active", "suspended", "closed"}
MAX_TITLE = 200


class SlackAgents:
    """The sessions, by thread."""

    def __init__(self, store: Store[SlackWorld], workspace: SlackWorkspace) -> None:
        self._store = store
        self._workspace = workspace

    def methods(self) -> dict[str, Callable[[Json], Json]]:
        """The method that the app calls."""
        return {"agents.sessions.setStatus": self.set_status}

    def routes(self) -> list[Route]:
        """Where people stop it."""
        path = f"/{self._store.world.workspace.address}/archives/{{channel}}/p{{ts}}/stop"
        return [Route(path, self.stop, methods=["POST"])]

    def set_status(self, arguments: Json) -> Json:
        """Say how far a session is, which begins with it."""
        world, status = self._store.world, str(arguments.get("status") or "")
        title = str(arguments.get("title") or "")
        if status not in STATUSES or len(title) > MAX_TITLE:
            raise Refused("invalid_arguments")
        channel = world.channels.get(str(arguments.get("channel_id") or ""))
        if channel is None:
            raise Refused("channel_not_found")
        ts = str(arguments.get("thread_ts") or "")
        if ts and self._workspace.find(channel.id, ts) is None:
            raise Refused("thread_not_found")
        place = f"{channel.id}:{ts}"
        known = world.sessions.get(place, AgentSession(status=status))
        world.sessions[place] = AgentSession(status=status, title=title or known.title)
        return {}

    async def stop(self, request: Request) -> Response:
        """Press the stop button that stands in a thread while the agent is at work, as somebody."""
        world, fields = self._store.world, await form_of(request)
        at, person = events.at_page(world, request), world.person(fields.get("person", ""))
        session = world.sessions.get(f"{at.channel.id}:{at.message.ts}") if at else None
        if at is None or person is None or session is None or session.status != "processing":
            return missing("session")
        channel, message = at
        stopped = {"channel": channel.id, "user": person.slack_id, "thread_ts": message.ts, "streaming_message_ts": []}
        self._workspace.tell_at(channel, message, {"type": "agent_session_stopped", **stopped})
        return RedirectResponse(f"/{world.workspace.address}/archives/{channel.id}/p{request.path_params['ts']}", 303)
