"""Where a request comes from: the peer, or what a proxy named in the settings says."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Network = IPv4Network | IPv6Network


def networks(names: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks, such as `10.0.0.7` or `10.0.0.0/8`."""
    return tuple(ip_network(name, strict=False) for name in names)


def client_address(scope: Scope, trusted: tuple[Network, ...]) -> str:
    """The nearest address that no trusted proxy vouches against; an IPv6 client counts as its /64."""
    peer = scope["client"][0] if scope.get("client") else "unknown"
    forwarded = Headers(scope=scope).getlist("x-forwarded-for")
    hops = [hop.strip() for line in forwarded for hop in line.split(",")]
    while hops and _is_in(peer, trusted):
        peer = hops.pop()
    return _bucket(peer)


def _is_in(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        return any(ip_address(address) in network for network in trusted)
    except ValueError:
        return False


def _bucket(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
    return str(parsed)
