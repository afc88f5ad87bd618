"""Hosts: as requests name them, which are this machine itself, and which addresses belong to the public network."""

from ipaddress import IPv6Address, ip_address, ip_network

# The IANA's registries of special-purpose addresses (RFC 6890), whole: what they do not call globally reachable, what
# stands for other addresses (6to4, NAT64, Teredo), and what is a part of the network itself and nobody's server
# (AS112, AMT). What Python calls global differs from one of its releases to the next.
_SPECIAL = tuple(
    ip_network(one)
    for one in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")
"""Of version 6 all that the IANA has given to anybody; the rest is special or nobody's."""
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
    is_given = found.version == 4 or found in _GLOBAL_UNICAST
    return is_given and not any(found in network for network in _SPECIAL) and found.is_global
