"""Which addresses outside can be kept as they are written, and which hosts may be spoken to. Pure.

An address comes from whoever leads an organization, and the service stands inside somebody's network: without these
rules it would be a hand that reaches from outside to whatever answers there (SSRF). A host's name says nothing, since
its owner decides what it resolves to; so what is spoken to is judged by its number, at each attempt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from service.domain.notifications.addresses import ascii_host

Address = IPv4Address | IPv6Address
AddressNetwork = IPv4Network | IPv6Network

LONGEST_URL: Final = 2_000
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
LEAST_PORT: Final = 1024
"""Below it only 443 is for anybody's own services (443 or 1024 and above, as GitLab's rule for webhooks has it)."""

_CARRIES_IPV4: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"), IPv6Network("::ffff:0:0:0/96"))
"""NAT64 (RFC 6052), IPv4-compatible (RFC 4291, 2.5.5.1) and IPv4-translated (RFC 2765): IPv4 in the last bits."""
_NEVER: Final[tuple[AddressNetwork, ...]] = (
    IPv6Network("64:ff9b:1::/48"),  # NAT64 within a network (RFC 8215)
    IPv6Network("2001::/23"),  # Teredo and what else is assigned for protocols (RFC 2928)
    IPv6Network("2002::/16"),  # 6to4 (RFC 3056)
    IPv6Network("fec0::/10"),  # site-local (RFC 3879)
    IPv4Network("192.88.99.0/24"),  # relays of 6to4 (RFC 7526)
)
"""Not for the public, whatever Python's `is_global` says of one version or the next."""


def url_fault(url: str, networks: Sequence[AddressNetwork]) -> str:
    """What is wrong with an address that somebody gives; empty if nothing is. Resolves nothing.

    `networks` are those of the own house that may be reached: there, and only there, without encryption.
    """
    parts = _parts(url)
    if parts is None or not parts.hostname:
        return "This is not an address such as https://platform.example.org/webhooks."
    if parts.scheme != "https" and not (parts.scheme == "http" and networks):
        return "Begin it with https://, so that nobody on the way reads or changes what is sent."
    if parts.username is not None or parts.password is not None:
        return "Leave out name and password: what is sent is signed, and an address is no place for secrets."
    if parts.fragment:
        return "Leave out what follows the #: it is never sent."
    host = host_of(url)
    if not _is_host(host):
        return "The host is not a name or number that can be looked up."
    number = _as_address(host)
    if number is not None and not may_reach(number, networks):
        return "This host is inside somebody's own network, where nothing is sent to."
    return _port_fault(parts, networks)


def _parts(url: str) -> SplitResult | None:
    """None for what no two programs read alike: signs that some pass over, and what does not split."""
    if len(url) > LONGEST_URL or not url.isascii() or re.search(r"[\x00-\x20\x7f\\\"<>^`{|}]", url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def host_of(url: str) -> str:
    """The host as it is looked up: a number, or the name as name servers know it."""
    host = (urlsplit(url).hostname or "").removesuffix(".")
    return host if ":" in host else ascii_host(host)


def port_of(url: str) -> int:
    parts = urlsplit(url)
    return parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80


def _is_host(host: str) -> bool:
    """A number as it is usually written, or a name. `127.1`, `0x7f.1`, `2130706433` and `0177.0.0.1` are neither: some
    programs read them as numbers (inet_aton)."""
    if _as_address(host) is not None:
        return True
    labels = host.split(".")
    return all(_LABEL.fullmatch(label) for label in labels) and not _NUMBER.fullmatch(labels[-1])


def _as_address(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _port_fault(parts: SplitResult, networks: Sequence[AddressNetwork]) -> str:
    ports_of_the_house = bool(networks)
    usual = parts.port is None or parts.port == 443 or parts.port >= LEAST_PORT
    if usual or (ports_of_the_house and parts.port):
        return ""
    return f"This port is for something else: use 443, or one from {LEAST_PORT} on."


def may_reach(address: Address, networks: Sequence[AddressNetwork]) -> bool:
    """Whether something may be sent to this number: a public one, or one of the own house that is named."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return False
    return in_house(address, networks) or _is_public(address)


def in_house(address: Address, networks: Sequence[AddressNetwork]) -> bool:
    """Whether it is in one of these networks, as it stands or by the IPv4 number that it carries."""
    forms = [address, *([inner] if (inner := _inner(address)) is not None else [])]
    return any(form in network for form in forms for network in networks if form.version == network.version)


def _inner(address: Address) -> IPv4Address | None:
    """The IPv4 number that an IPv6 number carries, if it does."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    carries = any(address in network for network in _CARRIES_IPV4)
    return IPv4Address(int(address) & 0xFFFF_FFFF) if carries else None


def _is_public(address: Address) -> bool:
    inner = _inner(address)
    if inner is not None:
        return _is_public(inner)
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def may_send(url: str, address: Address, networks: Sequence[AddressNetwork]) -> str:
    """Why nothing is sent to this number for this address; empty where it may be. Judged again at each attempt."""
    if not may_reach(address, networks):
        return "refused: the host is inside somebody's own network"
    own = in_house(address, networks)
    if not own and urlsplit(url).scheme != "https":
        return "refused: it begins with http://, which is for the own house only"
    if not own and not (port_of(url) == 443 or port_of(url) >= LEAST_PORT):
        return "refused: this port is for something else"
    return ""
