"""Calls to servers that somebody else has named reach the public network alone, and end."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network

import pytest

from feedback import guarded_calls
from feedback.domain.errors import CallRefused
from feedback.domain.hosts import is_public
from feedback.guarded_calls import MOST_BYTES, MOST_LOOKUPS, GuardedCaller

# Beside each edge of what is special, too.
PUBLIC = [
    *("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255"),
    *("100.128.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255"),
    *("192.88.100.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0"),
    *(
        "223.255.255.255",
        "2000::",
        "2001:200::",
        "2001:db7:ffff::",
        "2001:db9::",
        "2003::",
        "3ffe:ffff::",
        "3fff:1000::",
    ),
]
REGISTRY = {
    "this network": "0.0.0.0/8",
    "private use": "10.0.0.0/8",
    "shared address space": "100.64.0.0/10",
    "loopback": "127.0.0.0/8",
    "link local": "169.254.0.0/16",
    "private use too": "172.16.0.0/12",
    "protocol assignments": "192.0.0.0/24",
    "port control anycast": "192.0.0.9/32",
    "documentation 1": "192.0.2.0/24",
    "AS112": "192.31.196.0/24",
    "AMT": "192.52.193.0/24",
    "6to4 relay anycast": "192.88.99.0/24",
    "private use three": "192.168.0.0/16",
    "AS112 by name": "192.175.48.0/24",
    "benchmarking": "198.18.0.0/15",
    "documentation 2": "198.51.100.0/24",
    "documentation 3": "203.0.113.0/24",
    "multicast": "224.0.0.0/4",
    "reserved and broadcast": "240.0.0.0/4",
    "unspecified": "::/128",
    "loopback 6": "::1/128",
    "mapped loopback": "::ffff:127.0.0.0/104",
    "compatible": "::/96",
    "translated": "::ffff:0:0:0/96",
    "NAT64": "64:ff9b::/96",
    "local NAT64": "64:ff9b:1::/48",
    "discard only": "100::/64",
    "dummy prefix": "100:0:0:1::/64",
    "protocol assignments 6": "2001::/23",
    "Teredo": "2001::/32",
    "port control anycast 6": "2001:1::1/128",
    "benchmarking 6": "2001:2::/48",
    "AMT 6": "2001:3::/32",
    "AS112 6": "2001:4:112::/48",
    "ORCHID": "2001:10::/28",
    "ORCHID 2": "2001:20::/28",
    "remote identification": "2001:30::/28",
    "documentation 6": "2001:db8::/32",
    "6to4": "2002::/16",
    "AS112 by name 6": "2620:4f:8000::/48",
    "documentation 6 too": "3fff::/20",
    "segment routing": "5f00::/16",
    "unique local": "fc00::/7",
    "link local 6": "fe80::/10",
    "site local": "fec0::/10",
    "multicast 6": "ff00::/8",
    "never given": "4000::/2",
}
"""The registries of special-purpose addresses of version 4 and 6, and what was never given to anybody."""
INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1", "198.18.0.1", "192.0.2.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "feff::1", "ff02::1", "2001:db8::1", "2001::1"),
    *("2002:7f00:1::1", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::7f00:1", "::ffff:0:7f00:1"),
    *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "nonsense", ""),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_machine_of_the_public_network_is_one(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", INSIDE)
def test_what_leads_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("network", REGISTRY.values(), ids=REGISTRY)
def test_no_address_of_a_special_purpose_is_public(network: str) -> None:
    found = ip_network(network)
    for address in (found[0], found[found.num_addresses // 2], found[-1]):
        assert not is_public(str(address)), address
        if address.version == 4:
            assert not is_public(f"::ffff:{address}"), address


@contextmanager
def serving(answer: bytes, *, drips: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A server that says one thing to everybody, byte by byte without an end if it drips; and what it was asked."""
    heard: list[bytes] = []
    ended = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while not ended.is_set():
            try:
                line, _address = listener.accept()
            except OSError:
                return
            with line:
                heard.append(line.recv(65536))
                try:
                    line.sendall(answer)
                    while drips and not ended.wait(0.02):
                        line.sendall(b"x")
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1], heard
    ended.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def soon(seconds: float = 10) -> float:
    return time.monotonic() + seconds


def allowed(port: int) -> GuardedCaller:
    return GuardedCaller(frozenset({("127.0.0.1", port)}))


def test_an_answer_is_returned() -> None:
    with serving(b"HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhello") as (port, heard):
        answer = allowed(port).call("GET", f"http://127.0.0.1:{port}/x?y=z", until=soon())
    assert (answer.status, answer.headers["x-a"], answer.body) == (200, "b", b"hello")
    assert heard[0].startswith(b"GET /x?y=z HTTP/1.1\r\n")


@pytest.mark.parametrize("address", INSIDE[:-2])
def test_a_name_that_leads_inside_is_not_connected_to(address: str) -> None:
    caller = GuardedCaller(lookup=lambda _host, _port: ["8.8.8.8", address])
    with pytest.raises(CallRefused, match="not in the public network"):
        caller.call("GET", "https://login.example.com/", until=soon())


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "localhost", "[::1]"])
def test_other_spellings_of_this_machine_lead_nowhere(host: str) -> None:
    with serving(b"HTTP/1.1 200 OK\r\n\r\n") as (port, heard):
        with pytest.raises(CallRefused):
            GuardedCaller().call("GET", f"https://{host}:{port}/", until=soon())
        with pytest.raises(CallRefused):
            GuardedCaller().call("GET", f"http://{host}:{port}/", until=soon())
    assert heard == []


def test_what_is_allowed_is_a_host_with_its_port() -> None:
    with serving(b"HTTP/1.1 200 OK\r\n\r\n") as (port, heard), serving(b"") as (other, others):
        with pytest.raises(CallRefused):
            allowed(port).call("GET", f"http://127.0.0.1:{other}/", until=soon())
        with pytest.raises(CallRefused, match="not in the public network"):
            allowed(port).call("GET", f"https://127.0.0.1:{other}/", until=soon())
        assert allowed(port).call("GET", f"http://127.0.0.1:{port}/", until=soon()).status == 200
    assert (len(heard), others) == (1, [])


def test_a_name_is_looked_up_once_and_what_was_judged_is_connected_to() -> None:
    asked: list[str] = []

    def lookup(host: str, _port: int) -> list[str]:
        asked.append(host)
        # The first answer is judged; the second would lead inside.
        return ["127.0.0.1"] if len(asked) > 1 else ["8.8.8.8"]

    tried: list[object] = []

    def refuse(address: object, *_more: object) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(guarded_calls.socket, "create_connection", refuse)
        with pytest.raises(CallRefused, match="cannot be reached"):
            GuardedCaller(lookup=lookup).call("GET", "https://login.example.com/", until=soon())
    assert (asked, tried) == (["login.example.com"], [("8.8.8.8", 443)])


def test_a_redirect_is_not_followed() -> None:
    with serving(b"") as (inside, others):
        leads = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{inside}/\r\n\r\n".encode()
        with serving(leads) as (port, _heard), pytest.raises(CallRefused, match="leads elsewhere"):
            allowed(port).call("GET", f"http://127.0.0.1:{port}/", until=soon())
    assert others == []


def test_a_long_answer_is_cut_off() -> None:
    with (
        serving(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MOST_BYTES + 1)) as (port, _heard),
        pytest.raises(CallRefused, match="too long"),
    ):
        allowed(port).call("GET", f"http://127.0.0.1:{port}/", until=soon())


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (number, b"x" * 60_000) for number in range(10)) + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * (MOST_BYTES // 25 + 1) + b"HTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_long_head_is_cut_off_too(head: bytes) -> None:
    assert len(head) > MOST_BYTES
    with serving(head) as (port, _heard), pytest.raises(CallRefused, match="too long"):
        allowed(port).call("GET", f"http://127.0.0.1:{port}/", until=soon())


def test_head_and_body_together_are_as_long_as_they_may_be() -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    body = b"x" * (MOST_BYTES - len(head))
    with serving(head + body) as (port, _heard):
        assert allowed(port).call("GET", f"http://127.0.0.1:{port}/", until=soon()).body == body
    with serving(head + body + b"x") as (port, _heard), pytest.raises(CallRefused, match="too long"):
        allowed(port).call("GET", f"http://127.0.0.1:{port}/", until=soon())


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_cut_off_all_the_same(begun: bytes) -> None:
    with serving(begun, drips=True) as (port, _heard):
        try:
            answer = allowed(port).call("GET", f"http://127.0.0.1:{port}/", until=soon(0.3))
        except CallRefused:
            return
    raise AssertionError(answer.body)


def test_a_lookup_that_never_ends_holds_its_place_and_nobody_up() -> None:
    ends = threading.Event()

    def lookup(_host: str, _port: int) -> list[str]:
        ends.wait(20)
        return []

    caller = GuardedCaller(lookup=lookup)
    for _each in range(MOST_LOOKUPS):
        with pytest.raises(CallRefused, match="not in time"):
            caller.call("GET", "https://login.example.com/", until=soon(0.05))
    with pytest.raises(CallRefused, match="Too many names"):
        caller.call("GET", "https://login.example.com/", until=soon())
    ends.set()
    limit = soon()
    while time.monotonic() < limit:
        try:
            GuardedCaller(lookup=lambda _host, _port: ["10.0.0.1"]).call("GET", "https://a.example/", until=soon())
        except CallRefused as refused:
            if "public" in str(refused):
                return
    raise AssertionError("no place became free")


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.com/", "file:///etc/passwd", "https://", "https://a@example.com/", "https://example.com:x/"),
        *("http://example.com/", "https://exämple.com/", "https://example.com/ x", "https://example.com/\r\nX: y", "x"),
    ],
)
def test_what_is_no_address_is_not_called(url: str) -> None:
    with pytest.raises(CallRefused):
        GuardedCaller(lookup=lambda _host, _port: ["8.8.8.8"]).call("GET", url, until=soon())
