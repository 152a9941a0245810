from ipaddress import ip_address

import pytest

from evidoc.kernel.errors import DeliveryFailed
from evidoc.reaching.addresses import Address
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.fetcher import Fetcher, FetchLimits
from tests.reaching.certificates import Authority
from tests.reaching.receivers import answer, dripping, receiving, saying

HERE = AllowedHosts.parse("127.0.0.1")


def here(host: str, port: int) -> list[Address]:
    return [ip_address("127.0.0.1")]


def test_a_server_proves_that_it_is_the_host_of_the_url(authority: Authority) -> None:
    with receiving(saying(answer(200, b"hello")), tls=authority.server("hooks.example")) as receiver:
        fetcher = Fetcher(HERE, resolve=here, tls=authority.trusting)
        assert fetcher.post(f"https://hooks.example:{receiver.port}/", b"", {}).body == b"hello"
        for host in ("other.example", "127.0.0.1"):
            with pytest.raises(DeliveryFailed) as refusal:
                fetcher.post(f"https://{host}:{receiver.port}/", b"secret", {})
            assert refusal.value.facts == {"reason": "certificate"}
    assert len(receiver.requests) == 1


def test_a_server_may_be_an_address(authority: Authority) -> None:
    with receiving(saying(answer()), tls=authority.server("127.0.0.1")) as receiver:
        assert Fetcher(HERE, tls=authority.trusting).post(f"https://{receiver.at}/", b"", {}).status == 200


@pytest.mark.parametrize("days", [1, -1], ids=["of an authority that nobody knows", "that is over"])
def test_a_certificate_that_proves_nothing_is_refused(authority: Authority, days: int) -> None:
    trusting = None if days == 1 else authority.trusting
    tls = authority.server("hooks.example", days)
    with receiving(saying(answer()), tls=tls) as receiver, pytest.raises(DeliveryFailed) as refusal:
        Fetcher(HERE, resolve=here, tls=trusting).post(f"https://hooks.example:{receiver.port}/", b"", {})
    assert refusal.value.facts == {"reason": "certificate"}
    assert not receiver.requests


def test_a_server_that_does_not_encrypt_is_told_nothing() -> None:
    with receiving(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as receiver, pytest.raises(DeliveryFailed) as refusal:
        Fetcher(HERE, FetchLimits(0.5, 0.5)).post(f"https://{receiver.at}/", b"secret", {})
    assert refusal.value.facts["reason"] in ("tls", "timeout")
    assert not receiver.requests


def test_a_handshake_that_drips_comes_to_an_end() -> None:
    # The head of a record of 16 kB, whose bytes then come one by one.
    drip = dripping(b"\x16\x03\x03\x40\x00", b"\x02")
    with receiving(drip, read=False) as receiver, pytest.raises(DeliveryFailed) as refusal:
        Fetcher(HERE, FetchLimits(0.5, 0.5)).post(f"https://{receiver.at}/", b"secret", {})
    assert refusal.value.facts == {"reason": "timeout"}
