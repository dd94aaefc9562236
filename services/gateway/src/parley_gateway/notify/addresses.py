"""Which addresses a webhook may lead to: public ones, so that nobody reaches into our network through us."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from parley_common.errors import PermanentError, RetryableError

_NAT64 = IPv6Network("64:ff9b::/96")
Ip = IPv4Address | IPv6Address


class AddressRefused(PermanentError):
    """The name leads nowhere we may go."""

    code = "webhook_refused"


def is_allowed_host(host: str, *, allow_private: bool) -> bool:
    """Whether a host may be tried: literal addresses are judged at once, names only when they are resolved."""
    if host.rstrip(".").lower() == "localhost":
        return allow_private
    try:
        return is_allowed(ip_address(host.strip("[]")), allow_private=allow_private)
    except ValueError:
        return True


def is_allowed(address: Ip, *, allow_private: bool) -> bool:
    """Whether an address, and the IPv4 address that an IPv6 one may carry inside, is public."""
    if address.is_multicast or address.is_unspecified:
        return False
    return allow_private or all(inner.is_global for inner in _carried(address))


async def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses to connect to; raises `AddressRefused` if there are some but none is allowed."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RetryableError(f"The host name {host!r} does not resolve.", code="webhook_unresolved") from error
    addresses = dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found)
    allowed = [one for one in addresses if is_allowed(ip_address(one), allow_private=allow_private)]
    if not allowed:
        raise AddressRefused(f"{host!r} does not lead to a public address.")
    return allowed


def _carried(address: Ip) -> list[Ip]:
    if isinstance(address, IPv4Address):
        return [address]
    inner = [address.ipv4_mapped, address.sixtofour, address.teredo[1] if address.teredo else None]
    if address in _NAT64:
        inner.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    found: list[Ip] = [one for one in inner if one is not None]
    return found if address.ipv4_mapped or address in _NAT64 else [address, *found]
