"""Hosts: as requests name them, and which are this machine itself, where a connection needs no encryption."""

from ipaddress import ip_address


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
