"""Which hosts are this machine itself, where a connection needs no encryption."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
