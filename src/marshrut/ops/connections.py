"""What one client may keep of ours by doing nothing: how long a connection is waited for, and how many one address holds.

All of it costs a look at the open connections every few seconds, and nothing per request.
"""

from __future__ import annotations

import fcntl
import ipaddress
import termios
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

PATIENCE_SECONDS = 30.0  # for a whole head; for the next piece of a body; for some of the answer to be taken
MOST_FROM_ONE_ADDRESS = 400  # connections to one process: an office behind one address has some hundreds
_PIECE = 1024  # bytes
_LATE = (408, "The request did not arrive in time.")
_MANY = (503, "Too many connections are open from this address.")


class Addresses:
    """How many connections each address holds; those that speak for many, loopback and known proxies, are not counted."""

    def __init__(self, proxies: Iterable[str], most: int = MOST_FROM_ONE_ADDRESS) -> None:
        networks = [ipaddress.ip_network(name) for name in ("127.0.0.0/8", "::1/128", *proxies)]
        self._most = most
        self._held: Counter[str] = Counter()
        self._is_counted = lru_cache(1000)(lambda address: _is_outside(address, networks))

    def admits(self, address: str) -> bool:
        """Note a new connection; False when it is one too many."""
        if not self._is_counted(address):
            return True
        self._held[address] += 1
        return self._held[address] <= self._most

    def left(self, address: str) -> None:
        if self._held[address] <= 1:
            del self._held[address]
        else:
            self._held[address] -= 1


class State(ServerState):
    """What all connections of a process share."""

    def __init__(self, addresses: Addresses) -> None:
        super().__init__()
        self.addresses = addresses

    def end_late(self, now: float, patience: float) -> None:
        """End the connections whose clients have let us wait for `patience` seconds."""
        for connection in [*self.connections]:
            if isinstance(connection, Connection):
                connection.end_if_late(now, patience)


class Connection(HttpToolsProtocol):
    """One client's connection, which knows whether it is the client that is being waited for."""

    server_state: State

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._body_bytes = 0
        self._awaited: object = None
        self._awaited_since = 0.0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if not self.server_state.addresses.admits(self._address):
            self._refuse(*_MANY)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server_state.addresses.left(self._address)
        super().connection_lost(exc)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        super().on_body(body)

    def end_if_late(self, now: float, patience: float) -> None:
        """End it when the client has let us wait for the same thing for `patience` seconds."""
        awaited = self._what_is_awaited()
        if awaited is None or awaited != self._awaited:
            self._awaited, self._awaited_since = awaited, now
        elif now - self._awaited_since >= patience:
            self._give_up()

    def _what_is_awaited(self) -> object:
        """Something that stays equal while the client does nothing; None while it is not the client's turn."""
        cycle = self.cycle
        if self.flow.write_paused:
            return ("answer", self.transport.get_write_buffer_size(), self._held_by_the_system())
        if cycle is None or (cycle.response_complete and not cycle.more_body):
            return ("head", cycle) if self.timeout_keep_alive_task is None else None  # else uvicorn itself ends what rests
        if cycle.more_body and not cycle.waiting_for_100_continue and not self.flow.read_paused:
            return ("body", cycle, self._body_bytes // _PIECE)
        return None

    def _held_by_the_system(self) -> bytes:
        """How much was handed to the system and has not arrived: megabytes, so that a slow reader moves there long before here."""
        try:
            return fcntl.ioctl(self.transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        except OSError:
            return b""

    def _give_up(self) -> None:
        if self.flow.write_paused:
            self.transport.abort()  # also one that only waits for its last bytes to be taken
        elif self.transport.is_closing():
            return
        elif self.headers is None or (self.cycle is not None and self.cycle.response_started and self.cycle.more_body):
            self.transport.close()  # nothing was asked, or it is answered already
        else:
            self._refuse(*_LATE)

    def _refuse(self, status: int, sentence: str) -> None:
        body = sentence.encode()
        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + head + body)
        self.transport.close()

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""


def _is_outside(address: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a socket in the file system has no address
        return False
    seen = getattr(found, "ipv4_mapped", None) or found
    return all(seen not in network for network in networks)
