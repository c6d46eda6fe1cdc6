"""What the sandbox's tests rest on."""

import socket

import httpx

from tests.infra.sandbox.running import receiving, wait_until


def test_a_delivery_that_breaks_off_has_not_arrived() -> None:
    """A sandbox that is reset cancels what is under way: the headers may be there, and the rest never comes."""
    with receiving() as receiver:
        url = httpx.URL(receiver.url)
        head = (
            b"POST /webhooks/slack HTTP/1.1\r\nhost: app\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n"
        )
        with socket.create_connection((url.host, url.port or 80)) as connection:
            connection.sendall(head)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""
        httpx.post(f"{receiver.url}/webhooks/slack", json={}, trust_env=False)
        wait_until(lambda: bool(receiver.received))

    assert [b"{}"] == [received.raw for received in receiver.received]
