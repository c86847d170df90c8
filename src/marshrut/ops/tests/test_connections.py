"""A client that stops in the middle is not waited for; one that is slow, or only listens, is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from marshrut.config.bridge import Disconnected, read_body
from marshrut.ops import processes
from marshrut.ops.connections import Addresses
from marshrut.ops.web import Server, config_of

PATIENCE = 0.2  # seconds a client may stop for
GIVEN_UP = 5.0  # seconds until a test is given up
ANSWER = b"20000"
MUCH = 20_000_000  # bytes: more than the system takes on its way


class Doors:
    """A front that answers with the length of the body, streams without end on /events, and says much on /much."""

    def __init__(self) -> None:
        self.left: list[str] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        if scope["path"] == "/events":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        try:
            body = (await read_body(scope, receive, 10_000_000)).read()
        except Disconnected:
            self.left.append(scope["path"])
            return
        said = b"x" * MUCH if scope["path"] == "/much" else b"%d" % len(body)
        headers = [(b"content-length", b"%d" % len(said))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": said})

    def end_streams(self) -> None:
        """There are none to end."""


@contextmanager
def open_doors(addresses: Addresses) -> Iterator[tuple[int, Doors]]:
    """The port of a server of ours that waits for nobody longer than PATIENCE, and what stands behind it."""
    doors = Doors()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(config_of(doors, []), doors, addresses, PATIENCE)
        running = threading.Thread(target=server.run, args=([listening],))
        running.start()
        try:
            yield listening.getsockname()[1], doors
        finally:
            server.should_exit = True
            running.join(GIVEN_UP)


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[int, Doors]]:
    with open_doors(Addresses([])) as found:
        yield found


@pytest.fixture
def wire(opened: tuple[int, Doors]) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", opened[0]), timeout=GIVEN_UP) as found:
        yield found


def hear(wire: socket.socket) -> bytes:
    """Everything until the other side ends the connection, politely or not."""
    heard = bytearray()
    with suppress(ConnectionResetError):
        while more := wire.recv(1_000_000):
            heard += more
    return bytes(heard)


def test_half_a_head_is_answered_with_408_and_ended(wire: socket.socket) -> None:
    wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    heard = hear(wire)
    assert heard.startswith(b"HTTP/1.1 408 ")
    assert heard.endswith(b"The request did not arrive in time.")


def test_a_head_that_trickles_in_is_ended_however_often_something_comes(wire: socket.socket) -> None:
    wire.sendall(b"GET / HTTP/1.1\r\n")
    begun = time.monotonic()
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        while time.monotonic() - begun < GIVEN_UP:
            wire.sendall(b"X-Slow: 1\r\n")
            time.sleep(0.02)
    assert time.monotonic() - begun < GIVEN_UP


def test_whoever_connects_and_says_nothing_is_ended_without_a_word(wire: socket.socket) -> None:
    assert hear(wire) == b""


def test_half_a_body_is_answered_with_408_and_whoever_read_it_is_told(wire: socket.socket, opened: tuple[int, Doors]) -> None:
    wire.sendall(b"POST /half HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this")
    assert hear(wire).startswith(b"HTTP/1.1 408 ")
    assert processes.wait_until(lambda: "/half" in opened[1].left, GIVEN_UP)


def test_a_second_request_may_not_be_left_half_sent_either(wire: socket.socket) -> None:
    wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert wire.recv(65536).startswith(b"HTTP/1.1 200 ")
    wire.sendall(b"GET /again HTTP/1.1\r\nHo")
    assert b"HTTP/1.1 408 " in hear(wire)


def test_a_body_that_comes_slowly_but_steadily_is_read_to_its_end(wire: socket.socket) -> None:
    wire.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20000\r\n\r\n")
    for _ in range(10):
        time.sleep(PATIENCE / 4)
        wire.sendall(b"x" * 2000)
    assert hear(wire).endswith(ANSWER)


@pytest.mark.parametrize("further", [b"", b"Connection: close\r\n"])
def test_an_answer_nobody_takes_is_not_kept(wire: socket.socket, further: bytes) -> None:
    wire.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n" + further + b"\r\n")
    time.sleep(PATIENCE * 3)
    assert len(hear(wire)) < MUCH  # what the system held already


def test_an_answer_that_is_taken_slowly_but_steadily_comes_whole(opened: tuple[int, Doors]) -> None:
    with socket.socket() as wire:
        wire.settimeout(GIVEN_UP)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 200_000)  # else the system here takes megabytes at once
        wire.connect(("127.0.0.1", opened[0]))
        wire.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        taken = 0
        for _ in range(12):
            time.sleep(PATIENCE / 4)
            taken += len(wire.recv(200_000))
        assert taken + len(hear(wire)) > MUCH


def test_an_event_stream_and_a_rest_between_two_requests_are_left_alone(wire: socket.socket, opened: tuple[int, Doors]) -> None:
    with socket.create_connection(("127.0.0.1", opened[0]), timeout=GIVEN_UP) as stream:
        stream.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert stream.recv(65536).startswith(b"HTTP/1.1 200 ")
        time.sleep(PATIENCE * 3)
        wire.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert hear(wire).startswith(b"HTTP/1.1 200 ")
        stream.setblocking(False)
        with pytest.raises(BlockingIOError):  # open, and silent
            stream.recv(1)


def test_one_address_holds_only_so_many_connections() -> None:
    class Outside(Addresses):
        def admits(self, address: str) -> bool:
            return super().admits("198.51.100.7")

        def left(self, address: str) -> None:
            super().left("198.51.100.7")

    with open_doors(Outside([], most=2)) as (port, _), ExitStack() as stack:
        first, _second, third = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP)) for _ in range(3)
        ]
        assert hear(third).startswith(b"HTTP/1.1 503 ")
        first.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert hear(first).startswith(b"HTTP/1.1 200 ")
        fourth = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=GIVEN_UP))
        fourth.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert hear(fourth).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("address", "admitted"),
    [("198.51.100.7", 2), ("::ffff:198.51.100.7", 2), ("2001:db8::1", 2), ("127.0.0.1", 9), ("::1", 9), ("10.0.0.2", 9), ("", 9)],
)
def test_whoever_speaks_for_many_is_not_counted(address: str, admitted: int) -> None:
    addresses = Addresses(["10.0.0.0/24"], most=2)
    assert sum(addresses.admits(address) for _ in range(9)) == admitted
    for _ in range(9):
        addresses.left(address)
    assert addresses.admits(address)
