"""Hosts: as requests name them, which are this machine itself, and which addresses belong to the public network."""

from ipaddress import IPv6Address, ip_address, ip_network

# What `ipaddress` calls global, or may, and what leads elsewhere: site-local, 6to4 and its relays, NAT64, Teredo,
# and version 4 in version 6.
_LEADS_ELSEWHERE = tuple(
    ip_network(one)
    for one in (
        *("fec0::/10", "192.88.99.0/24", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "::/96"),
        "::ffff:0:0:0/96",
    )
)
# The lower half of an address that ISATAP makes of one of version 4; one bit of it says whether that is unique.
_ISATAP, _ISATAP_MASK = 0x0000_5EFE, 0xFDFF_FFFF


def as_requested(host: str) -> str:
    """Return a host as browsers write it in a request: in ASCII, in small letters, without the final dot."""
    try:
        return host.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        return host.lower()


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Tell whether a network address, in digits, is one machine of the public network and stands for no other one."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found.scope_id or (int(found) >> 32) & _ISATAP_MASK == _ISATAP:
            return False
    leads_elsewhere = any(found in network for network in _LEADS_ELSEWHERE)
    return found.is_global and not (found.is_multicast or found.is_reserved or leads_elsewhere)
