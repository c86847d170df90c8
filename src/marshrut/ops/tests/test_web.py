"""Whom a web process believes about where a request came from."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from marshrut.ops.web import config_of, read_proxies

VISITOR, PROXY = "198.51.100.7", "10.0.0.2"


def told(proxies: list[str], peer: str, **said: str) -> tuple[str, str]:
    """Address and scheme of a request that `peer` hands over, as the front hears of them."""
    heard: list[Any] = []

    async def front(scope: Any, _receive: Any, _send: Any) -> None:
        heard.append((scope["client"][0], scope["scheme"]))

    config = config_of(front, proxies)
    config.load()
    headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in said.items()]
    scope = {"type": "http", "client": (peer, 4000), "scheme": "http", "headers": headers}
    asyncio.run(config.loaded_app(scope, None, None))
    address, scheme = heard[0]
    return address, scheme


def test_a_proxy_that_is_named_is_believed_about_the_visitor_it_saw_itself() -> None:
    said = {"x_forwarded_for": f"1.2.3.4, {VISITOR}", "x_forwarded_proto": "https"}
    assert told(["10.0.0.0/24"], PROXY, **said) == (VISITOR, "https")
    assert told(["10.0.0.0/24"], PROXY) == (PROXY, "http")


@pytest.mark.parametrize("proxies", [[], ["10.0.0.0/24"]], ids=["no proxy", "another one"])
def test_a_visitor_who_calls_themselves_somebody_else_is_not_believed(proxies: list[str]) -> None:
    assert told(proxies, VISITOR, x_forwarded_for="1.2.3.4", x_forwarded_proto="https") == (VISITOR, "http")


@pytest.mark.parametrize(
    ("environ", "believed"),
    [
        ({}, []),
        ({"MARSHRUT_BEHIND_TLS": "1"}, ["127.0.0.1/32", "::1/128"]),
        ({"MARSHRUT_PROXIES": "10.0.0.2, 172.16.0.0/12", "MARSHRUT_BEHIND_TLS": "1"}, ["10.0.0.2/32", "172.16.0.0/12"]),
        ({"MARSHRUT_PROXIES": "*,proxy.local,10.0.0.2"}, ["10.0.0.2/32"]),
    ],
)
def test_only_addresses_and_networks_are_believed_and_nobody_by_default(environ: dict[str, str], believed: list[str]) -> None:
    assert read_proxies(environ) == believed
