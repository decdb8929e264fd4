"""Web addresses of sources: which may be asked for, and when two of them are the same.

One reading of an address (`read`) serves entry, fetching and comparison, so that no two of them can
take the same text for different places. It follows the URL Standard where RFC 3986 leaves a choice.

`vet` refuses what must never be asked for; `vet_ip` is its last word and is asked again for every
answer of a name and for every socket. Ranges: IANA special-purpose registries (RFC 6890, 9637).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna
from publicsuffixlist import PublicSuffixList
from w3lib.url import canonicalize_url

Network = IPv4Network | IPv6Network
Networks = Sequence[Network]

LONGEST_ADDRESS = 2_000  # characters once encoded: fits a unique index, and every browser takes it
WEB_PORTS = {"http": 80, "https": 443}

# Printable ASCII that the URL Standard leaves as it is in a path and in a query.
_PATH_KEPT = "%!$&'()*+,-./:;=@[\\]_|~"
_QUERY_KEPT = "%!$&()*+,-./:;=?@[\\]_`{|}~^"

# Names that mean this machine or this network, whatever a resolver says about them.
_LOCAL_NAMES = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "corp",
    "home",
)

_FORBIDDEN = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's own services behind an address that looks public
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_TEREDO = IPv6Network("2001::/32")
_SIX_TO_FOUR = IPv6Network("2002::/16")

_NOT_IN_AN_ADDRESS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")


class RefusedAddress(ValueError):
    """An address that is not asked for. `kind` is the outcome recorded; the text says how to mend it."""

    def __init__(self, kind: Literal["unsafe", "unsupported"], reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Address(NamedTuple):
    """An http or https address taken apart. `target` is path and query, percent-encoded for the wire."""

    scheme: str
    host: str  # lower case, A-labels (RFC 5890), no trailing dot; IPv6 without brackets
    port: int
    target: str
    fragment: str

    @property
    def ip(self) -> IPv4Address | IPv6Address | None:
        return _literal(self.host)

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == WEB_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as it is sent: no fragment, no default port."""
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@lru_cache(maxsize=4096)
def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


@lru_cache(maxsize=8192)  # more than a list's window: each is read when it is sorted by host, asked and judged
def read(url: str) -> Address:
    """Take an address apart as a browser would, or say why it cannot be one.

    :raises RefusedAddress: for other schemes, credentials, and hosts that are no host.
    """
    if _NOT_IN_AN_ADDRESS.search(url):
        raise RefusedAddress("unsafe", "The address holds invisible or control characters; type it anew.")
    scheme, colon, _ = url.partition(":")
    scheme = scheme.lower()
    if not colon or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
        raise RefusedAddress("unsupported", "This is not a web address; begin it with https:// or http://.")
    if scheme not in WEB_PORTS:
        # "host:port/path" without a scheme reads as a scheme too; the mend is the same.
        raise RefusedAddress(
            "unsupported",
            f"Addresses that begin with “{scheme[:20]}:” cannot be checked; use https:// or http://.",
        )
    if not url[len(scheme) + 1 :].startswith("//"):
        raise RefusedAddress("unsafe", f"Write two slashes after “{scheme}:”.")
    if "\\" in url:
        # Browsers read a backslash as a slash, most libraries do not: the two would go to different hosts.
        raise RefusedAddress("unsafe", "Replace the backslashes in the address by slashes.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise RefusedAddress("unsafe", "The host or the port of the address is not written correctly.") from fault
    if "@" in parts.netloc:
        raise RefusedAddress("unsafe", "Leave out the user name and password before the host.")
    if port == 0:
        raise RefusedAddress("unsafe", "Port 0 cannot be asked for; leave the port out.")
    host = _read_host(parts.netloc)
    target = quote(parts.path or "/", safe=_PATH_KEPT)
    if parts.query:
        target += "?" + quote(parts.query, safe=_QUERY_KEPT)
    address = Address(scheme, host, port or WEB_PORTS[scheme], target, parts.fragment)
    # The fragment too, since one that chooses the page is part of what a source is known by.
    if len(address.url) + len(quote(address.fragment, safe=_QUERY_KEPT)) > LONGEST_ADDRESS:
        raise RefusedAddress(
            "unsupported",
            f"The address is longer than {LONGEST_ADDRESS:,} characters, letters beyond ASCII and signs counted as "
            "they are sent; use the page's short address.",
        )
    return address


@lru_cache(maxsize=4096)
def _read_host(netloc: str) -> str:
    if netloc.startswith("["):
        literal, _, rest = netloc[1:].partition("]")
        if rest and not rest.startswith(":"):
            raise RefusedAddress("unsafe", "Something stands between the IPv6 address and the path.")
        if "%" in literal:
            raise RefusedAddress("unsafe", "An address with a network zone (%) is of use on one machine only.")
        try:
            return str(IPv6Address(literal))
        except ValueError as fault:
            raise RefusedAddress("unsafe", "The IPv6 address in brackets is not written correctly.") from fault
    host = netloc.partition(":")[0]
    if not host:
        raise RefusedAddress("unsafe", "The address names no host.")
    if not host.isascii():
        try:
            # UTS 46 turns full-width digits and dots into plain ones, which are then judged as such.
            host = idna.encode(host.rstrip(".。．｡"), uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as fault:
            raise RefusedAddress("unsafe", "The host name holds characters that no host name may hold.") from fault
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.match(labels[-1]):
        try:
            plain = str(IPv4Address(host))
        except ValueError as fault:
            # 0x7f.1, 2130706433, 0177.0.0.1: forms that only serve to hide an address.
            raise RefusedAddress(
                "unsafe", "Write the host's number as four plain decimal parts, or use its name."
            ) from fault
        return plain
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        raise RefusedAddress("unsafe", "The host name is not written correctly.")
    return host


def vet(url: str, *, allowed: Networks = ()) -> Address:
    """The address taken apart, if it may be asked for. Names are not looked up here.

    `allowed` are networks that this installation may reach although they are not public; on them
    any port may be asked. For a name on another port the answers decide (see `vet_ip`).

    :raises RefusedAddress: if it may not.
    """
    address = read(url)
    literal = address.ip
    if literal is not None:
        vet_ip(literal, port=address.port, allowed=allowed)
        return address
    if address.host == "onion" or address.host.endswith(".onion"):
        raise RefusedAddress("unsupported", "Addresses of the Tor network cannot be checked; use the public page.")
    labels = address.host.split(".")
    local = len(labels) == 1 or any(address.host.endswith("." + name) for name in _LOCAL_NAMES)
    if local and not allowed:
        raise RefusedAddress("unsafe", "The host name is only known inside a network; use the public address.")
    if address.port not in WEB_PORTS.values() and not allowed:
        raise RefusedAddress("unsafe", f"Port {address.port} is not asked; only the web ports 80 and 443 are.")
    return address


def vet_ip(ip: IPv4Address | IPv6Address | str, *, port: int, allowed: Networks = ()) -> None:
    """Refuse an address of a machine that is not on the public internet, however it is wrapped.

    :raises RefusedAddress: if it is private, reserved, multicast, or asked on another port than 80 and 443.
    """
    if isinstance(ip, str):
        literal = _literal(ip)
        if literal is None:
            raise RefusedAddress("unsafe", "The name leads to something that is no address.")
        ip = literal
    inner = _unwrapped(ip)
    if any(inner in network for network in allowed):
        return
    if port not in WEB_PORTS.values():
        raise RefusedAddress("unsafe", f"Port {port} is not asked; only the web ports 80 and 443 are.")
    if not _is_public(inner):  # of a wrapped address, what it wraps decides
        raise RefusedAddress("unsafe", f"{ip} is not an address on the public internet.")


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and (ip not in _GLOBAL_UNICAST or ip.scope_id is not None):
        return False
    if any(ip in network for network in _FORBIDDEN if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for (RFC 4291, 6052, 3056, 4380, 5214), else itself."""
    if isinstance(ip, IPv4Address):
        return ip
    number = int(ip)
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip in _NAT64 or (number >> 32 == 0 and number > 1):
        return IPv4Address(number & 0xFFFFFFFF)
    if ip in _SIX_TO_FOUR:
        return IPv4Address((number >> 80) & 0xFFFFFFFF)
    if ip in _TEREDO:
        return IPv4Address(~number & 0xFFFFFFFF)
    if (number >> 32) & 0xFCFFFFFF == 0x00005EFE:
        return IPv4Address(number & 0xFFFFFFFF)
    return ip


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks from their written form ("127.0.0.0/8").

    :raises ValueError: naming the one that is not written correctly.
    """
    return tuple(ip_network(text.strip()) for text in texts if text.strip())


# --- When two addresses are the same ---------------------------------------------------------------

# Names that only say where a reader came from. Never "ref", "id", "p", "page": they choose the page.
_TRACKING = re.compile(
    r"(?:utm_[a-z0-9_]+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|twclid|ttclid|yclid|igshid|mc_cid|mc_eid"
    r"|mkt_tok|_hsenc|_hsmi|vero_id|oly_enc_id|oly_anon_id|guccounter|guce_referrer|guce_referrer_sig)\Z",
    re.IGNORECASE,
)
_MINOR_HOSTS = re.compile(r"(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_QUERY = re.compile(r"(?:amp|outputtype)=?(?:1|amp|true)?\Z", re.IGNORECASE)


def identity_key(url: str) -> str:
    """The address by which a source is known: equal keys mean one source.

    Host in A-labels and lower case, no default port, dot segments resolved, percent-encoding and the
    order of the query made uniform, names of trackers and the fragment left out. A fragment that
    chooses the page (`#!`, `#/`) stays.

    :raises RefusedAddress: if this is no http or https address.
    """
    address = read(url)
    path, _, query = address.target.partition("?")
    kept = "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair))
    base = f"{address.scheme}://{address.authority}{path}"
    key = str(canonicalize_url(f"{base}?{kept}" if kept else base))
    if address.fragment.startswith(("!", "/")):
        key += "#" + quote(address.fragment, safe=_QUERY_KEPT)
    return key


def likeness_key(url: str) -> str:
    """The same for what only looks alike, to warn of a second entry for one page.

    Also leaves out the scheme, `www.` and its kin, a trailing slash, AMP marks, and differences of case.

    :raises RefusedAddress: if this is no http or https address.
    """
    address = read(identity_key(url))
    host = _MINOR_HOSTS.sub("", address.authority, count=1)
    path, _, query = address.target.partition("?")
    segments = [part for part in path.split("/") if part]
    if segments and segments[-1].lower() == "amp":
        segments.pop()
    if len(segments) > 1 and segments[0].lower() == "amp":
        segments.pop(0)
    kept = "&".join(pair for pair in query.split("&") if pair and not _AMP_QUERY.match(pair))
    key = "/".join([host, *segments]) + (f"?{kept}" if kept else "")
    if address.fragment:
        key += "#" + address.fragment
    return key.lower()


def _is_tracking(pair: str) -> bool:
    return bool(_TRACKING.match(unquote(pair.partition("=")[0])))


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=4096)
def registrable_domain(host: str) -> str:
    """The part of a host name that one owner registers ("bbc.co.uk"); a number or a lone suffix is its own.

    By the Public Suffix List as shipped with its package, private suffixes included.
    """
    return host if _literal(host) else str(_suffixes().privatesuffix(host) or host)


def follow(base: str, location: str) -> str:
    """The address that a Location header means (RFC 9110, section 10.2.2), without its fragment."""
    return urljoin(base, location.strip(" \t")).partition("#")[0]
