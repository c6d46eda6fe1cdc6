"""Links to the app's own pages: what the app shows below them, and to one person alone who looks closer.

docs.slack.dev, reference/events/link_shared, reference/methods/chat.unfurl, messaging/work-objects-implementation. The
app's registered domain is the one that it is told things at.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import cast
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.pages import Pages, missing
from infra.sandbox.core.requests import form_of
from infra.sandbox.core.state import Clock, Json
from infra.sandbox.core.store import Store
from infra.sandbox.slack import blocks as block_kit
from infra.sandbox.slack import events
from infra.sandbox.slack.markup import text_object_html
from infra.sandbox.slack.state import Channel, Message, OpenDetails, SharedLinks, SlackWorld
from infra.sandbox.slack.views import new_trigger
from infra.sandbox.slack.wire import Refused, structure
from infra.sandbox.slack.workspace import SlackWorkspace

GOOD_FOR = timedelta(minutes=30)
TRIGGER_GOOD_FOR = timedelta(seconds=30)
ENTITIES = {f"slack#/entities/{kind}" for kind in ("task", "file", "item", "incident", "content_item")}
MAX_LINKS = 5
"""Of one message; Slack unfurls no more."""


class SlackUnfurls:
    """What is shown below links, and to whom more."""

    def __init__(self, store: Store[SlackWorld], workspace: SlackWorkspace, clock: Clock) -> None:
        self._store = store
        self._workspace = workspace
        self._clock = clock
        self._pages = Pages(text_object=text_object_html)
        workspace.on_said(self._look_for_links)

    def methods(self) -> dict[str, Callable[[Json], Json]]:
        """The methods that the app calls."""
        return {"chat.unfurl": self.unfurl, "entity.presentDetails": self.present}

    def routes(self) -> list[Route]:
        """Where people look closer, and at what."""
        home = f"/{self._store.world.workspace.address}"
        return [
            Route(f"{home}/archives/{{channel}}/p{{ts}}/details", self.look, methods=["POST"]),
            Route(f"{home}/details/{{id}}", self.show),
        ]

    def unfurl(self, arguments: Json) -> Json:
        """The method `chat.unfurl`, by the id that the event had."""
        channel, message, links = self._shared(arguments)
        unfurls = structure(arguments.get("unfurls"), "missing_unfurls")
        metadata = structure(arguments.get("metadata"), "invalid_metadata_format")
        entities = metadata.get("entities", []) if isinstance(metadata, dict) else []
        if not isinstance(unfurls, dict) or not (unfurls or entities):
            raise Refused("missing_unfurls")
        if not ({*unfurls} | {str(each.get("app_unfurl_url")) for each in entities}) <= {*links}:
            raise Refused("cannot_unfurl_url")
        if flaws := [flaw for each in unfurls.values() for flaw in block_kit.flaws((each or {}).get("blocks"))]:
            raise Refused("invalid_blocks", *flaws)
        if any(entity_flaw(each) for each in entities):
            raise Refused("invalid_metadata_format")
        attachments = [
            {"id": number, "from_url": link, "app_unfurl_url": link, "is_app_unfurl": True, "fallback": link, **shown}
            for number, (link, shown) in enumerate(unfurls.items(), 1)
        ]
        self._workspace.attach(channel, message, attachments, entities)
        return {}

    def _shared(self, arguments: Json) -> tuple[Channel, Message, list[str]]:
        """The message below which something is to be shown, and its links."""
        for name in ("unfurl_id", "source"):
            if not arguments.get(name):
                raise Refused(f"missing_{name}")
        shared = self._store.world.shared_links.get(str(arguments["unfurl_id"]))
        if shared is None or shared.source != arguments["source"] or self._clock() - shared.issued_at > GOOD_FOR:
            raise Refused("cannot_unfurl_message")
        message = self._workspace.find(shared.channel, shared.ts)
        if message is None or message.tombstone:
            raise Refused("cannot_find_message")
        return self._store.world.channels[shared.channel], message, shared.links

    def present(self, arguments: Json) -> Json:
        """The method `entity.presentDetails`."""
        world, id = self._store.world, str(arguments.get("trigger_id") or "")
        details, trigger = world.details.get(id), world.triggers.get(id)
        if details is None or trigger is None or self._clock() - trigger.issued_at > TRIGGER_GOOD_FOR:
            raise Refused("invalid_trigger_id")
        metadata = structure(arguments.get("metadata"), "invalid_metadata")
        error = structure(arguments.get("error"), "invalid_arguments")
        if error is None and (metadata is None or entity_flaw(metadata)):
            raise Refused("invalid_metadata")
        if isinstance(metadata, dict) and metadata["external_ref"]["id"] != details.entity["external_ref"]["id"]:
            raise Refused("entity_metadata_does_not_match_trigger")
        details.shown, details.error = cast(Json | None, metadata), cast(Json | None, error)
        return {}

    async def look(self, request: Request) -> Response:
        """Look closer at what stands below a link, as somebody; the app is asked what that person may see."""
        world, fields = self._store.world, await form_of(request)
        at, person = events.at_page(world, request), world.person(fields.get("person", ""))
        entity = next((e for e in at.message.entities if e["url"] == fields.get("entity")), None) if at else None
        if at is None or person is None or entity is None:
            return missing("preview")
        channel, message = at
        page = f"/{world.workspace.address}/archives/{channel.id}/p{request.path_params['ts']}"
        trigger_id = new_trigger(world, person.slack_id, page, self._clock)
        world.details[trigger_id] = OpenDetails(person=person.slack_id, entity=entity, seen_from=page)
        link = entity["app_unfurl_url"]
        event = {
            "type": "entity_details_requested",
            "user": person.slack_id,
            "trigger_id": trigger_id,
            "link": {"url": link, "domain": urlsplit(link).hostname},
            "entity_url": entity["url"],
            "app_unfurl_url": link,
            "external_ref": entity["external_ref"],
            "user_locale": person.locale,
            "channel": channel.id,
            "message_ts": message.ts,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        }
        self._workspace.tell_at(channel, message, event)
        return RedirectResponse(f"/{world.workspace.address}/details/{trigger_id}", 303)

    async def show(self, request: Request) -> Response:
        """What one person sees beside the conversation."""
        details = self._store.world.details.get(request.path_params["id"])
        if details is None:
            return missing("details")
        person = next(each for each in self._store.world.people if each.slack_id == details.person)
        return self._pages.page("slack/details.html", title="Details", person=person, details=details)

    def _look_for_links(self, channel: Channel, message: Message) -> None:
        domain = urlsplit(self._store.world.config.app_url).netloc
        links = [link for link in events.links(message.text) if domain and urlsplit(link).netloc == domain][:MAX_LINKS]
        if not links or message.by_app:
            return
        unfurl_id = f"{channel.id}.{message.ts}.{secrets.token_hex(16)}"
        shared = SharedLinks(channel=channel.id, ts=message.ts, links=links, issued_at=self._clock())
        self._store.world.shared_links[unfurl_id] = shared
        event = {
            "type": "link_shared",
            "channel": channel.id,
            "is_bot_user_member": self._store.world.workspace.bot.user_id in channel.members,
            "user": message.user,
            "message_ts": message.ts,
            "unfurl_id": unfurl_id,
            "source": shared.source,
            "links": [{"domain": urlsplit(link).hostname, "url": link} for link in links],
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        }
        self._workspace.tell_at(channel, message, event)


def entity_flaw(entity: object) -> bool:
    """Whether it lacks what an entity has to have."""
    if not isinstance(entity, dict) or entity.get("entity_type") not in ENTITIES or not entity.get("url"):
        return True
    title = ((entity.get("entity_payload") or {}).get("attributes") or {}).get("title") or {}
    fields = (entity.get("entity_payload") or {}).get("custom_fields") or []
    needed = ("label", "key", "type")
    unnamed = any(not all(each.get(name) for name in needed) for each in fields)
    return unnamed or not title.get("text") or not (entity.get("external_ref") or {}).get("id")
