"""The bridge between the server and Django, spoken to over a real socket as clients and strangers do."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
import uvicorn

from marshrut.config.bridge import BODY_LIMIT, Bridge
from marshrut.ops.processes import wait_until
from marshrut.ui.errors import REFUSED_BODY

seen: list[dict[str, Any]] = []
closed: list[str] = []


class Body:
    """A response body that remembers being closed."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)

    def close(self) -> None:
        closed.append("closed")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers by path what the tests below ask for; keeps what it was given."""
    sent = environ["wsgi.input"].read()
    seen.append({**environ, "sent": sent})
    path = environ["PATH_INFO"]
    if path == "/boom":
        raise RuntimeError("the application itself fails")
    if path == "/nothing":
        start_response("204 No Content", [])
        return Body([])
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Name", "caf\xe9")])
    if path == "/large":
        return Body(b"x" * 300_000 for _ in range(20))
    if path == "/slow":
        time.sleep(0.3)
    return Body([b"got ", str(len(sent)).encode()])


def is_known(scope: dict[str, Any]) -> bool:
    """Who has logged in, in the tests below."""
    return (b"cookie", b"marshrut_session=anna") in scope["headers"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A uvicorn on a free port, in a thread, with the bridge over the application above."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(Bridge(application, threads=2, is_known=is_known), lifespan="off", log_level="critical"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    seen.clear()
    closed.clear()


def ask(port: int, head: str | bytes, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
    """Send raw bytes, read until the server closes; give status, headers, body."""
    raw = head.encode("latin-1") if isinstance(head, str) else head
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(raw + b"\r\nHost: h\r\nConnection: close\r\n\r\n" + body)
        answer = b""
        while block := wire.recv(65536):
            answer += block
    start, _, rest = answer.partition(b"\r\n\r\n")
    lines = start.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, rest


def test_a_posted_body_arrives_whole_and_the_answer_tells_its_length(port: int) -> None:
    status, headers, body = ask(port, "POST /x?a=%D0%B6 HTTP/1.1\r\nContent-Length: 5", b"hello")
    assert (status, body, headers["content-length"]) == (200, b"got 5", "5")
    assert headers["x-name"] == "caf\xe9"
    assert seen[0]["sent"] == b"hello"
    assert seen[0]["QUERY_STRING"] == "a=%D0%B6"
    assert seen[0]["CONTENT_LENGTH"] == "5"
    assert wait_until(lambda: closed == ["closed"], 20)  # after the answer has gone

def test_a_chunked_body_is_counted_for_the_application(port: int) -> None:
    status, _, body = ask(port, "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked", b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert (status, body) == (200, b"got 5")
    assert seen[0]["CONTENT_LENGTH"] == "5"


def test_a_large_body_within_the_limit_is_taken(port: int) -> None:
    size = BODY_LIMIT - 1
    status, _, body = ask(port, f"POST /x HTTP/1.1\r\nContent-Length: {size}", b"x" * size)
    assert (status, body) == (200, f"got {size}".encode())


def test_a_body_that_announces_too_much_is_refused_and_never_reaches_the_application(port: int) -> None:
    size = BODY_LIMIT + 1
    status, headers, body = ask(port, f"POST /x HTTP/1.1\r\nContent-Length: {size}", b"x" * size)
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert str(BODY_LIMIT).encode() in body
    assert seen == []


def test_a_browser_is_answered_by_the_application_which_is_told_the_limit_and_given_nothing_to_read(port: int) -> None:
    head = f"HTTP/1.1\r\nAccept: text/html,*/*;q=0.8\r\nExpect: 100-continue\r\nContent-Length: {BODY_LIMIT + 1}"
    assert ask(port, f"POST /x {head}")[2] == b"got 0"
    assert (seen[0][REFUSED_BODY], seen[0]["CONTENT_LENGTH"], seen[0]["sent"]) == (BODY_LIMIT, "0", b"")
    assert ask(port, f"POST /api/v1/inquiries {head}")[0] == 413, "a door for programs says it as to a program"


@pytest.mark.parametrize("cookie", ["", "\r\nCookie: marshrut_session=x"], ids=["no cookie", "a made-up one"])
def test_a_stranger_is_not_listened_to_for_long_where_files_are_taken(port: int, cookie: str) -> None:
    status, _, body = ask(port, f"POST /imports HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {BODY_LIMIT + 1}{cookie}")
    assert (status, str(BODY_LIMIT).encode() in body, seen) == (413, True, [])
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert ask(port, f"POST /imports HTTP/1.1\r\nTransfer-Encoding: chunked{cookie}", piece * 12 + b"0\r\n\r\n")[0] == 413


def test_whoever_has_logged_in_may_send_a_file_and_not_more_than_it_takes(port: int) -> None:
    head, size = "POST /imports HTTP/1.1\r\nCookie: marshrut_session=anna\r\n", BODY_LIMIT + 1
    assert ask(port, f"{head}Content-Length: {size}", b"x" * size)[2] == f"got {size}".encode()
    assert ask(port, f"{head}Expect: 100-continue\r\nContent-Length: {300 * 1024 * 1024}")[0] == 413


def test_only_a_few_large_bodies_are_read_at_once_and_small_ones_do_not_wait_for_them(port: int) -> None:
    """As many uploads as are read at once have begun; one more is not read, and everybody else is served."""
    head = f"POST /imports HTTP/1.1\r\nHost: h\r\nCookie: marshrut_session=anna\r\nExpect: 100-continue\r\nContent-Length: {BODY_LIMIT + 1}\r\n\r\n"
    with ExitStack() as wires:
        begun = [wires.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)) for _number in range(4)]
        for wire in begun:
            wire.sendall(head.encode())
            assert wire.recv(100).startswith(b"HTTP/1.1 100")
        late = wires.enter_context(socket.create_connection(("127.0.0.1", port), timeout=0.3))
        late.sendall(head.encode())
        with pytest.raises(TimeoutError):
            late.recv(100)
        assert ask(port, "GET /x HTTP/1.1")[0] == 200
        begun[0].close()
        late.settimeout(20)
        assert late.recv(100).startswith(b"HTTP/1.1 100")


def test_a_client_that_asks_before_sending_too_much_is_answered_at_once(port: int) -> None:
    status, _, _ = ask(port, f"POST /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {BODY_LIMIT + 1}")
    assert status == 413


def test_a_body_that_grows_too_large_without_announcing_it_is_refused(port: int) -> None:
    piece = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    status, _, _ = ask(port, "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked", piece * 12 + b"0\r\n\r\n")
    assert status == 413
    assert seen == []


def test_head_is_answered_with_the_length_and_without_the_body(port: int) -> None:
    status, headers, body = ask(port, "HEAD /x HTTP/1.1")
    assert (status, headers["content-length"], body) == (200, "5", b"")


def test_an_answer_without_body_has_no_length(port: int) -> None:
    status, headers, body = ask(port, "GET /nothing HTTP/1.1")
    assert (status, body) == (204, b"")
    assert "content-length" not in headers


def test_a_large_answer_is_streamed_in_blocks_and_closed(port: int) -> None:
    status, headers, body = ask(port, "GET /large HTTP/1.0")
    assert status == 200
    assert "content-length" not in headers
    assert body.count(b"x") == 6_000_000
    assert closed == ["closed"]


@pytest.mark.parametrize("path", [b"/%ff%fe", b"/\xff", b"/%D0", b"/%00", b"/%", b"/%zz", b"/a%2Fb", b"//x"])
def test_a_strangers_broken_path_is_never_an_error_of_ours(port: int, path: bytes) -> None:
    status, _, _ = ask(port, b"GET " + path + b" HTTP/1.1")
    assert status in (200, 400)


def test_a_path_reaches_the_application_as_wsgi_wants_it(port: int) -> None:
    ask(port, "GET /%D0%B6%20x HTTP/1.1")
    assert seen[0]["PATH_INFO"].encode("latin-1").decode("utf-8") == "/ж x"


def test_headers_are_joined_and_forged_ones_left_out(port: int) -> None:
    ask(port, "GET /x HTTP/1.1\r\nX-Two: a\r\nX-Two: b\r\nCookie: a=1\r\nCookie: b=2\r\nX_Forged: yes\r\nX-Real: no")
    assert seen[0]["HTTP_X_TWO"] == "a,b"
    assert seen[0]["HTTP_COOKIE"] == "a=1; b=2"
    assert seen[0]["HTTP_X_REAL"] == "no"
    assert "HTTP_X_FORGED" not in seen[0]


def test_a_failing_application_answers_a_problem_and_the_next_request_works(port: int) -> None:
    status, headers, _ = ask(port, "GET /boom HTTP/1.1")
    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert ask(port, "GET /x HTTP/1.1")[0] == 200


def test_a_client_that_leaves_in_the_middle_harms_nobody(port: int) -> None:
    half = b"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf"
    for head in (half, b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.sendall(head)
    assert ask(port, "GET /x HTTP/1.1")[0] == 200


def test_more_clients_than_threads_all_get_their_answer(port: int) -> None:
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(ask(port, "GET /slow HTTP/1.1")[0])) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert statuses == [200] * 6
