"""How all vendors are asked: once more where that is safe, never for long, and as they say of their limits."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.errors import ProductError, RateLimited, UpstreamUnavailable
from pm_assistant.integrations import policy, transport
from pm_assistant.integrations.policy import NotSent, Unanswered, low_for, rest_asked_for, retried
from pm_assistant.integrations.slack import client
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.transport import Transport, json_in

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


class Stopwatch:
    """Time that passes only in pauses and when a call takes some."""

    def __init__(self) -> None:
        self.at = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        """What it shows."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(seconds)
        self.at += seconds


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    """The policy's own time."""
    watch = Stopwatch()
    monkeypatch.setattr(policy, "monotonic", watch)
    monkeypatch.setattr(policy, "sleep", watch.sleep)
    monkeypatch.setattr(transport, "monotonic", watch)
    return watch


def asked_by(error: ProductError, watch: Stopwatch, *, repeatable: bool, takes: float = 0.0) -> int:
    """How often something is asked that always fails so."""
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        watch.at += takes
        raise error

    with pytest.raises(type(error)):
        retried(ask, repeatable=repeatable)
    return asked


def test_what_was_not_answered_is_asked_three_times_with_growing_pauses(stopwatch: Stopwatch) -> None:
    """Each is left to chance, so that those who failed together do not come together again."""
    pauses = set()
    for _ in range(50):
        assert 3 == asked_by(Unanswered("away"), stopwatch, repeatable=True)
        first, second = stopwatch.pauses[-2:]
        pauses |= {first, second}
        assert 0 <= first <= policy.FIRST_PAUSE
        assert 0 <= second <= 2 * policy.FIRST_PAUSE
    assert len(pauses) > 50
    assert max(pauses) > policy.FIRST_PAUSE


def test_what_might_be_done_twice_is_repeated_only_if_it_was_not_sent(stopwatch: Stopwatch) -> None:
    """A refused line asked for nothing."""
    assert 1 == asked_by(Unanswered("away"), stopwatch, repeatable=False)
    assert 3 == asked_by(NotSent("away"), stopwatch, repeatable=False)


def test_what_took_long_to_fail_and_a_limit_are_not_asked_again(stopwatch: Stopwatch) -> None:
    """Neither does a function wait out what a vendor asks for, however short."""
    assert 1 == asked_by(Unanswered("slow"), stopwatch, repeatable=True, takes=policy.READ_SECONDS)
    assert 1 == asked_by(RateLimited("slow down", retry_after=1), stopwatch, repeatable=True)
    assert 1 == asked_by(UpstreamUnavailable("of another form"), stopwatch, repeatable=True)
    assert [] == stopwatch.pauses


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": "9" * 400}, 60.0),
        ({"retry-after": "999999"}, 3600.0),
        ({"retry-after": "-5"}, 60.0),
        ({"retry-after": "nan"}, 60.0),
        ({"retry-after": "٣"}, 60.0),
        ({"retry-after": "Fri, 20 Nov 2026 09:32:00 GMT"}, 120.0),
        ({"retry-after": "Fri, 20 Nov 2026 09:32:00 GMT", "date": "Fri, 20 Nov 2026 09:31:30 GMT"}, 30.0),
        ({"retry-after": "Fri, 20 Nov 2020 09:32:00 GMT"}, 1.0),
        ({"retry-after": "Fri, 20 Nov 9999 99:99:99 GMT"}, 60.0),
        ({"retry-after-ms": "2500", "retry-after": "9"}, 2.5),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 1200)}, 1200.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, 60.0),
        ({"x-ratelimit-remaining": "4999", "x-ratelimit-reset": str(EPOCH + 1200)}, 60.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 1200), "retry-after": "30"}, 30.0),
        ({"X-RateLimit-Complexity-Remaining": "0", "X-RateLimit-Complexity-Reset": f"{EPOCH + 90}000"}, 90.0),
        ({"x-ratelimit-requests-reset": f"{EPOCH + 45}000", "date": "Fri, 20 Nov 2026 09:30:15 GMT"}, 30.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m1.5s"}, 361.5),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1h0m0s"}, 3600.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1200ms"}, 1.2),
        ({}, 60.0),
    ],
)
def test_how_long_to_wait_is_the_vendors_word(headers: dict[str, str], seconds: float) -> None:
    """In seconds or by a date, else until what is used up is there again; by its clock, and between 1 s and an hour."""
    assert seconds == pytest.approx(rest_asked_for(headers, now=NOW))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "1250", "x-ratelimit-reset": str(EPOCH + 9)}, None),
        ({"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "1249", "x-ratelimit-reset": str(EPOCH + 9)}, 9.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 9)}, None),
        (
            {
                "x-ratelimit-requests-limit": "2500",
                "x-ratelimit-requests-remaining": "2400",
                "x-ratelimit-requests-reset": f"{EPOCH + 60}000",
                "x-ratelimit-complexity-limit": "2000000",
                "x-ratelimit-complexity-remaining": "1000",
                "x-ratelimit-complexity-reset": f"{EPOCH + 600}000",
            },
            600.0,
        ),
        (
            {
                "x-ratelimit-limit-requests": "500",
                "x-ratelimit-remaining-requests": "100",
                "x-ratelimit-reset-requests": "12s",
            },
            12.0,
        ),
    ],
)
def test_a_quarter_of_each_limit_is_kept_for_what_happens_now(headers: dict[str, str], seconds: float | None) -> None:
    """Until the last one that is low is lifted."""
    assert seconds == low_for(headers, now=NOW)


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "date", "x-ratelimit-reset", "x-ratelimit-remaining-x"]),
        st.text(max_size=20),
    )
)
def test_headers_of_any_kind_are_read(headers: dict[str, str]) -> None:
    """Whoever stands between us and a vendor may write what they like."""
    assert policy.SHORTEST_REST <= rest_asked_for(headers, now=NOW) <= policy.LONGEST_REST
    low_for(headers, now=NOW)


type Answer = Callable[[], httpx.Response]


def drip(watch: Stopwatch) -> httpx.SyncByteStream:
    """An answer that never ends, a byte every few seconds."""

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                watch.at += policy.READ_SECONDS - 1
                yield b" "

    return Drip()


def a_transport(answer: Answer, asked: list[httpx.Request] | None = None) -> Transport:
    """One whose vendor is a function."""

    def respond(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        return answer()

    return Transport("Acme", httpx.MockTransport(respond), clock=lambda: NOW)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(200, text="<!doctype html><p>Down for maintenance"),
        lambda: httpx.Response(200, headers={"content-type": "application/json"}, content=b'{"rows": [1, 2'),
        lambda: httpx.Response(302, headers={"location": "https://elsewhere.test/"}),
        lambda: httpx.Response(500),
        lambda: httpx.Response(502),
        lambda: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")),
    ],
)
def test_what_is_no_answer_of_the_vendors_is_asked_for_again(answer: Answer) -> None:
    """A page for people, half an object, another address, a failure: none is followed, and none is believed."""
    asked: list[httpx.Request] = []

    with pytest.raises(Unanswered, match="Acme"):
        a_transport(answer, asked).send("GET", "https://acme.test/rows")

    assert ["acme.test"] * 3 == [request.url.host for request in asked]


def test_an_answer_has_an_end_in_time_and_in_size(stopwatch: Stopwatch, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slowly it comes, and however much of it there is."""
    with pytest.raises(Unanswered, match="did not end"):
        a_transport(lambda: httpx.Response(200, stream=drip(stopwatch))).send("GET", "https://acme.test/rows")
    assert stopwatch.at <= policy.ANSWER_SECONDS + policy.READ_SECONDS

    monkeypatch.setattr(policy, "MOST_BYTES", 9)
    with pytest.raises(UpstreamUnavailable, match="too large"):
        a_transport(lambda: httpx.Response(200, json=["123456789"])).send("GET", "https://acme.test/rows")


@pytest.mark.parametrize(("body", "read"), [(b'{"rows": []}', {"rows": []}), (b" null", None)])
def test_an_answer_is_read_as_json_once(body: bytes, read: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """For whether it is whole, and for what it says; also where it says that there is nothing."""
    parse, parsed = httpx.Response.json, list[object]()

    def counted(response: httpx.Response) -> object:
        parsed.append(parse(response))
        return parsed[-1]

    monkeypatch.setattr(httpx.Response, "json", counted)
    headers = {"content-type": "application/json"}

    answer = a_transport(lambda: httpx.Response(200, headers=headers, content=body)).send("GET", "https://acme.test/")

    assert [read, read] == [json_in(answer), json_in(answer)]
    assert [read] == parsed


def test_a_compressed_answer_is_read() -> None:
    """With its headers, and no trace of how it came."""
    packed = gzip.compress(b'{"name": "Z\xc3\xbcrich"}')
    headers = {"content-encoding": "gzip", "content-type": "application/json", "x-request-id": "7"}
    acme = a_transport(lambda: httpx.Response(200, headers=headers, stream=httpx.ByteStream(packed)))

    response = acme.send("GET", "https://acme.test/rows")

    assert ({"name": "Zürich"}, "7") == (acme.read(response), response.headers["x-request-id"])


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r'{"name": "a\ud83d \uD83D\uDE00 \\ud83d"}', r'{"name": "a? 😀 \\ud83d"}'),
        (r"a \ud83d and no JSON", r"a \ud83d and no JSON"),
    ],
)
def test_half_a_character_in_an_answer_is_replaced(body: str, text: str) -> None:
    """JSON can carry one, and no store can keep it; a pair is a character, and what is no JSON stays as it is."""
    assert text == a_transport(lambda: httpx.Response(200, text=body)).send("GET", "https://acme.test/rows").text


@pytest.mark.parametrize(("method", "repeatable", "times"), [("GET", None, 3), ("POST", None, 1), ("POST", True, 3)])
def test_only_what_reads_is_repeated_unless_the_caller_says_so(
    method: str, repeatable: bool | None, times: int
) -> None:
    """Whatever the vendor made of a write, it was asked once."""
    asked: list[httpx.Request] = []

    with pytest.raises(Unanswered):
        a_transport(lambda: httpx.Response(503), asked).send(method, "https://acme.test/rows", repeatable=repeatable)

    assert times == len(asked)


def test_certificates_are_read_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading them takes longer than all else that makes a client, and each event makes some."""
    Transport("Acme")
    monkeypatch.setattr(httpx, "create_ssl_context", lambda: pytest.fail("they are read again"))
    Transport("Acme")

    SlackChat("token", "https://slack.test/api/")
    monkeypatch.setattr(client, "create_default_context", lambda: pytest.fail("they are read again"))
    SlackChat("token", "https://slack.test/api/")
