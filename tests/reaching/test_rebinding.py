"""Names that change what they say. 127.0.0.2 stands for the open internet here: the operator opened it, and no more."""

import ssl
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from evidoc.kernel.errors import AddressRefused
from evidoc.reaching.addresses import Address
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.fetcher import Fetcher
from tests.reaching.certificates import Authority
from tests.reaching.name_server import NameServer, naming
from tests.reaching.receivers import Receiver, answer, receiving, saying

OUTSIDE, INSIDE = "127.0.0.2", "127.0.0.1"


@pytest.fixture
def tls(authority: Authority) -> ssl.SSLContext:
    """Both sides prove to be the host: even that must not help."""
    return authority.server("rebind.example")


@pytest.fixture
def inside(tls: ssl.SSLContext) -> Iterator[Receiver]:
    with receiving(saying(answer(200, b"a secret")), INSIDE, tls=tls) as receiver:
        yield receiver


@pytest.fixture
def outside(inside: Receiver, tls: ssl.SSLContext) -> Iterator[Receiver]:
    """At the same port, so that only the address decides."""
    try:
        with receiving(saying(answer(200, b"hello")), OUTSIDE, inside.port, tls) as receiver:
            yield receiver
    except OSError:
        pytest.skip("this system has one loopback address only")


def fetcher_of(names: NameServer, authority: Authority, port: int) -> Fetcher:
    return Fetcher(AllowedHosts.parse(f"{OUTSIDE}:{port}"), resolve=names.resolve, tls=authority.trusting)


def url(receiver: Receiver) -> str:
    return f"https://rebind.example:{receiver.port}/"


def test_a_name_is_looked_up_once_and_the_vetted_address_reached(
    inside: Receiver, outside: Receiver, authority: Authority
) -> None:
    with naming([OUTSIDE], [INSIDE]) as names:
        told = fetcher_of(names, authority, inside.port).post(url(inside), b"", {})
    assert told.body == b"hello"
    assert names.asked == ["rebind.example"]
    assert not inside.connections


def test_a_name_that_turns_inside_is_refused(inside: Receiver, outside: Receiver, authority: Authority) -> None:
    with naming([OUTSIDE], [INSIDE]) as names:
        fetcher = fetcher_of(names, authority, inside.port)
        assert fetcher.post(url(inside), b"", {}).status == 200
        for _ in range(3):
            with pytest.raises(AddressRefused):
                fetcher.post(url(inside), b"", {})
    assert outside.connections == 1
    assert not inside.connections


@pytest.mark.parametrize("said", [[OUTSIDE, INSIDE], [INSIDE, OUTSIDE], [OUTSIDE, OUTSIDE, "169.254.169.254"]])
def test_one_address_inside_is_enough_to_refuse(
    inside: Receiver, outside: Receiver, authority: Authority, said: list[str]
) -> None:
    with naming(said) as names, pytest.raises(AddressRefused):
        fetcher_of(names, authority, inside.port).post(url(inside), b"", {})
    assert not inside.connections
    assert not outside.connections


def test_a_redirect_back_to_a_name_that_turned_inside_is_refused(
    inside: Receiver, tls: ssl.SSLContext, authority: Authority
) -> None:
    said = saying(answer(302, Location=url(inside)))
    with receiving(said, OUTSIDE, inside.port, tls) as outside, naming([OUTSIDE], [INSIDE]) as names:
        with pytest.raises(AddressRefused):
            fetcher_of(names, authority, inside.port).get(url(inside), 100)
        assert outside.connections == 1
    assert not inside.connections


@pytest.mark.parametrize(
    "said",
    """127.0.0.1 10.0.0.1 169.254.169.254 100.64.0.1 0.0.0.0 ::1 :: ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1::
    2001:0:7f00:1:: fe80::1 fd00:ec2::254 fec0::1 224.0.0.1 255.255.255.255""".split(),
)
def test_whatever_a_name_says_its_address_is_vetted(said: str) -> None:
    def resolve(host: str, port: int) -> list[Address]:
        return [ip_address(said)]

    with pytest.raises(AddressRefused) as inside:
        Fetcher(resolve=resolve).post("https://hooks.example/", b"", {})
    with pytest.raises(AddressRefused) as unknown:
        Fetcher(resolve=lambda host, port: []).post("https://hooks.example/", b"", {})
    assert str(inside.value) == str(unknown.value)
    assert said not in str(inside.value)
