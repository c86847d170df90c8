"""One web process: serves the front on the listening socket it inherits. Run by the launcher."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import ipaddress
import os
import resource
import socket
import sys
import time
from collections.abc import Mapping
from types import FrameType
from typing import Any

import uvicorn

from . import tether
from .connections import PATIENCE_SECONDS, Addresses, Connection, State

_GRACEFUL_SECONDS = 2
_DESCRIPTORS = 65_536
_SWITCH_SECONDS = 0.001  # how long a thread may keep the others waiting: the loop answers streams between requests


class Server(uvicorn.Server):
    """A uvicorn that waits for no client longer than `patience` seconds.

    When it is told to stop it ends the front's open streams, since it waits for answers to end.
    """

    def __init__(self, config: uvicorn.Config, front: Any, addresses: Addresses, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__(config)
        self.server_state = self._state = State(addresses)
        self._front = front
        self._patience = patience
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    async def on_tick(self, counter: int) -> bool:
        if counter % max(1, round(self._patience)) == 0:  # there are ten ticks to a second
            self._state.end_late(time.monotonic(), self._patience)
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._loop:
            self._loop.call_soon_threadsafe(self._front.end_streams)
        super().handle_exit(sig, frame)


def read_proxies(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Addresses and networks of proxies that are believed about whom they speak for. None are, unless somebody says so:
    `MARSHRUT_PROXIES` names them, `MARSHRUT_BEHIND_TLS` alone means one on this machine."""
    said = environ.get("MARSHRUT_PROXIES") or ("127.0.0.1,::1" if environ.get("MARSHRUT_BEHIND_TLS") else "")
    believed = []
    for name in filter(None, map(str.strip, said.split(","))):
        try:
            believed.append(str(ipaddress.ip_network(name, strict=False)))
        except ValueError:
            print(f"MARSHRUT_PROXIES: {name!r} is no address and no network; it is not believed.", file=sys.stderr)
    return believed


def config_of(front: Any, proxies: list[str]) -> uvicorn.Config:
    """How the server runs. X-Forwarded-For and -Proto count only when a proxy we know has written them."""
    return uvicorn.Config(
        front, loop="uvloop" if sys.platform != "win32" else "asyncio", http=Connection, lifespan="on",
        access_log=False, log_level="warning", proxy_headers=bool(proxies), forwarded_allow_ips=proxies,
        server_header=False, date_header=True, timeout_graceful_shutdown=_GRACEFUL_SECONDS, backlog=1024,
    )  # fmt: skip


def serve(listening: socket.socket) -> None:
    """Serve until a signal ends the process."""
    front = importlib.import_module("marshrut.config.front").front  # by name: config stands above this room
    importlib.import_module("marshrut.config.urls")
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()  # what is loaded now stays: no later collection need look at it
    gc.set_threshold(20_000, 20, 50)
    allow_many_descriptors()
    proxies = read_proxies()
    Server(config_of(front, proxies), front, Addresses(proxies)).run(sockets=[listening])


def allow_many_descriptors() -> None:
    """As many as the system lets us have: each connection is one, and the usual limit is meant for programs with few."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # some systems promise more than they give
        wanted = _DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, _DESCRIPTORS)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    tether.hold()
    serve(socket.socket(fileno=int(sys.argv[1])))
