"""Brings events to the app as the vendors do: signed, repeated when not acknowledged, in order per channel."""

import asyncio
from collections import deque
from collections.abc import Mapping

import httpx

from infra.sandbox.core.sending import Sender
from infra.sandbox.core.state import Clock, Delivery, Vendor
from infra.sandbox.core.store import Store
from infra.sandbox.core.world import World

CONCURRENT = 8
KEPT = 2000


class Courier:
    """Delivers in the background and records how each delivery ended."""

    def __init__(self, store: Store[World], senders: Mapping[Vendor, Sender], clock: Clock) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock
        self._lines: dict[str, deque[Delivery]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(CONCURRENT)
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False)

    def start(self) -> None:
        """Take up what an earlier run left undelivered."""
        for delivery in self._store.world.deliveries:
            if delivery.outcome == "pending":
                self._enqueue(delivery)

    async def stop(self) -> None:
        """Let go of what is under way; it stays pending in the state."""
        await self.drop()
        await self._client.aclose()

    async def drop(self) -> None:
        """Stop delivering what is under way now."""
        tasks = list(self._tasks)
        self._lines.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def send(self, delivery: Delivery) -> None:
        """Accept an event for delivery; what is not pending is only remembered."""
        log = self._store.world.deliveries
        log.append(delivery)
        if len(log) > KEPT:
            oldest = next((each for each in log if each.outcome == "delivered"), None)
            if oldest is not None:
                log.remove(oldest)
        self._store.changed()
        if delivery.outcome == "pending":
            self._enqueue(delivery)

    def send_copies(self, delivery: Delivery) -> None:
        """Accept an event for delivery, and as many copies of it, by the same id, as `duplicates` asks for."""
        for _ in range(1 + self._store.world.config.duplicates):
            self.send(delivery.model_copy())

    def _enqueue(self, delivery: Delivery) -> None:
        if delivery.line in self._lines:
            self._lines[delivery.line].append(delivery)
            return
        self._lines[delivery.line] = deque([delivery])
        self._spawn(self._serve(delivery.line))

    def _spawn(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, line: str) -> None:
        waiting = self._lines[line]
        while waiting:
            delivery = waiting.popleft()
            await self._until_reachable(delivery)
            await asyncio.sleep(delivery.delay)
            if not await self._attempt(delivery):
                # As at the vendors, a repeat does not hold up what comes after it.
                self._spawn(self._repeat(delivery))
        del self._lines[line]

    async def _until_reachable(self, delivery: Delivery) -> None:
        secret = self._senders[delivery.vendor].secret
        while not (self._store.world.config.app_url and secret(self._store.world.config)):
            await asyncio.sleep(0.1)

    async def _repeat(self, delivery: Delivery) -> None:
        repeats = self._senders[delivery.vendor].repeats(delivery)
        for delay in self._store.world.config.retry_delays if repeats else ():
            if delivery.outcome != "pending":
                return
            await asyncio.sleep(delay)
            await self._attempt(delivery)
        if delivery.outcome == "pending":
            delivery.outcome = "failed"
            self._store.changed()

    async def _attempt(self, delivery: Delivery) -> bool:
        """Try once; True if acknowledged."""
        async with self._slots:
            sender, config = self._senders[delivery.vendor], self._store.world.config
            delivery.attempted_at = self._clock()
            headers, content = sender.signed(delivery, config, delivery.attempted_at)
            delivery.attempts += 1
            delivery.status, delivery.error = None, ""
            no_retry = False
            try:
                answer = await asyncio.wait_for(
                    self._client.post(self._url(delivery), content=content, headers=headers, timeout=None),
                    sender.ack_seconds(config),
                )
                delivery.status = answer.status_code
                delivery.error = "" if answer.is_success else "http_error"
                no_retry = answer.headers.get("x-slack-no-retry") == "1"
            except TimeoutError:
                delivery.error = "http_timeout"
            except httpx.HTTPError:
                delivery.error = "connection_failed"
        if not delivery.error:
            delivery.outcome, delivery.body = "delivered", None
        elif no_retry:
            delivery.outcome = "failed"
        self._store.changed()
        return delivery.outcome != "pending"

    def _url(self, delivery: Delivery) -> str:
        return f"{self._store.world.config.app_url.rstrip('/')}/webhooks/{delivery.vendor}"
