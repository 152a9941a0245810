import gzip
import socket
import threading
from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.kernel.errors import AddressRefused, DeliveryFailed, DeliveryRefused, RunCancelled
from evidoc.kernel.stop import Stop
from evidoc.reaching.addresses import Address
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.fetcher import Fetcher, FetchLimits
from tests.reaching.certificates import Authority
from tests.reaching.receivers import (
    Behave,
    again_and_again,
    answer,
    dripping,
    receiving,
    request_headers,
    saying,
    silent,
)

SHORT = FetchLimits(connect_seconds=0.5, total_seconds=0.5)
HERE = AllowedHosts.parse("127.0.0.1")


def nowhere(host: str, port: int) -> list[Address]:
    raise AssertionError(f"{host} was looked up")


def test_a_message_arrives_as_it_was_sent() -> None:
    fetcher = Fetcher(HERE, resolve=nowhere)
    with receiving(saying(answer(201, b"thanks", X_Kind="a"))) as receiver:
        told = fetcher.post(f"http://{receiver.at}/hook?a=b", b'{"a": 1}', {"X-Mine": "1"})
    assert (told.status, told.body, told.cut, told.headers["x-kind"]) == (201, b"thanks", False, "a")
    (request,) = receiver.requests
    assert request.startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    assert request.endswith(b'\r\n\r\n{"a": 1}')
    assert request_headers(request) == {
        "host": receiver.at,
        "x-mine": "1",
        "content-length": "8",
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving(saying(answer(500))) as proxy, receiving(saying(answer())) as receiver:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.at}")
        assert Fetcher(HERE).post(f"http://{receiver.at}/", b"", {}).status == 200
    assert not proxy.connections


def test_a_cookie_is_not_kept_and_nothing_unpacked() -> None:
    packed = gzip.compress(b"x" * 1_000_000)
    said = answer(200, packed, Set_Cookie="a=b", Content_Encoding="gzip")
    with receiving(saying(said)) as receiver:
        fetcher = Fetcher(HERE)
        for _ in range(2):
            assert fetcher.get(f"http://{receiver.at}/", 10_000).body == packed
    assert receiver.connections == 2
    assert not any("cookie" in request_headers(request) for request in receiver.requests)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_message_is_never_redirected(status: int) -> None:
    with receiving(saying(answer())) as other, receiving(saying(answer(status, Location=f"http://{other.at}/"))) as one:
        assert Fetcher(HERE).post(f"http://{one.at}/", b"secret", {}).status == status
    assert not other.connections


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_for_what_is_fetched(status: int) -> None:
    with (
        receiving(saying(answer(200, b"it"))) as other,
        receiving(saying(answer(status, Location=f"http://{other.at}/b"))) as one,
    ):
        told = Fetcher(HERE).get(f"http://{one.at}/a", 100, {"Authorization": "Bearer s", "X-Mine": "1"})
    assert told.body == b"it"
    assert request_headers(one.requests[0])["authorization"] == "Bearer s"
    assert "authorization" not in request_headers(other.requests[0])
    assert request_headers(other.requests[0])["x-mine"] == "1"


def test_a_redirect_to_where_nobody_may_go_is_refused() -> None:
    with receiving(saying(answer())) as inside:
        elsewhere = f"http://localhost:{inside.port}/"
        for location in (elsewhere, "http://169.254.169.254/latest/", "https://[::1]/", "//10.0.0.1/", "file:///x"):
            with receiving(saying(answer(302, Location=location))) as one, pytest.raises(AddressRefused):
                Fetcher(AllowedHosts.parse(one.at)).get(f"http://{one.at}/", 100)
    assert not inside.connections


def test_redirects_come_to_an_end() -> None:
    with receiving(saying(answer(302, Location="/again"))) as receiver, pytest.raises(DeliveryRefused):
        Fetcher(HERE, FetchLimits(redirects=3)).get(f"http://{receiver.at}/", 100)
    assert receiver.connections == 4


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(silent, id="says nothing"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"), id="drips headers"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"), id="drips a body"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), id="chunks"),
        pytest.param(dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="puts off"),
    ],
)
def test_a_receiver_cannot_hold_the_sender(behave: Behave) -> None:
    with receiving(behave) as receiver, pytest.raises(DeliveryFailed) as refusal:
        Fetcher(HERE, SHORT).post(f"http://{receiver.at}/", b"{}", {})
    assert refusal.value.facts == {"reason": "timeout"}


def test_a_receiver_that_does_not_read_cannot_hold_the_sender() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(DeliveryFailed) as refusal:
        Fetcher(HERE, SHORT).post(f"http://127.0.0.1:{deaf.getsockname()[1]}/", b"x" * 50_000_000, {})
    assert refusal.value.facts == {"reason": "timeout"}


def test_a_resolver_that_hangs_cannot_hold_the_sender() -> None:
    released = threading.Event()

    def hang(host: str, port: int) -> list[Address]:
        released.wait()
        return []

    with pytest.raises(DeliveryFailed) as refusal:
        Fetcher(resolve=hang, limits=SHORT).post("https://slow.example/", b"", {})
    released.set()
    assert refusal.value.facts == {"reason": "timeout"}


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(again_and_again(b"HTTP/1.1 200 OK\r\n", b"a: " + b"b" * 1_000 + b"\r\n"), id="headers"),
        pytest.param(again_and_again(b"HTTP/1.1 200 OK\r\na: ", b"b" * 1_000), id="one header"),
        pytest.param(again_and_again(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="continue"),
        pytest.param(again_and_again(b"", b"\x16\x03\x01" * 100), id="no HTTP"),
        pytest.param(saying(b""), id="nothing"),
        pytest.param(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"), id="cut off"),
    ],
)
def test_an_answer_that_is_none_is_told(behave: Behave) -> None:
    with receiving(behave) as receiver, pytest.raises(DeliveryFailed) as refusal:
        Fetcher(HERE).post(f"http://{receiver.at}/", b"{}", {})
    assert refusal.value.facts == {"reason": "http"}


def test_of_a_long_answer_only_so_much_is_taken() -> None:
    endless = again_and_again(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", b"x" * 10_000)
    with receiving(endless) as receiver:
        told = Fetcher(HERE).post(f"http://{receiver.at}/", b"{}", {}, most_bytes=1_000)
        assert (told.status, told.body, told.cut) == (200, b"x" * 1_000, True)
        with pytest.raises(DeliveryRefused):
            Fetcher(HERE).get(f"http://{receiver.at}/", 1_000)


def test_where_nobody_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(DeliveryFailed) as refusal:
        Fetcher(HERE).post(f"http://127.0.0.1:{port}/", b"", {})
    assert refusal.value.facts == {"reason": "connect"}


def test_another_address_of_the_same_name_is_tried() -> None:
    def two(host: str, port: int) -> list[Address]:
        return [ip_address("127.0.0.3"), ip_address("127.0.0.1")]

    with receiving(saying(answer())) as receiver:
        fetcher = Fetcher(AllowedHosts.parse("hooks.example"), resolve=two)
        assert fetcher.post(f"http://hooks.example:{receiver.port}/", b"", {}).status == 200
    assert request_headers(receiver.requests[0])["host"] == f"hooks.example:{receiver.port}"


def test_a_header_cannot_carry_another() -> None:
    with receiving(saying(answer())) as receiver, pytest.raises(DeliveryFailed):
        Fetcher(HERE).post(f"http://{receiver.at}/", b"", {"X-Mine": "1\r\nX-Other: 2"})
    assert not receiver.requests


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_request_ends_at_once_when_it_is_to_stop(authority: Authority, encrypted: bool) -> None:
    stop = Stop()

    def behave(link: socket.socket, request: bytes) -> None:
        stop.set()
        link.recv(1)

    tls, scheme = (authority.server("127.0.0.1"), "https") if encrypted else (None, "http")
    with receiving(behave, tls=tls) as receiver, pytest.raises(RunCancelled):
        # Without the stop it would wait for hours.
        Fetcher(HERE, FetchLimits(9, 9_999), tls=authority.trusting).post(
            f"{scheme}://{receiver.at}/", b"", {}, stop=stop
        )


@given(
    st.sampled_from(
        [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"HTTP/1."]
    ),
    st.binary(max_size=60)
    | st.text(st.sampled_from("\r\n :;,0123456789abcxHTPtransfer-encoding"), max_size=60).map(str.encode),
)
def test_whatever_a_receiver_says_is_an_answer_or_a_failure(start: bytes, more: bytes) -> None:
    with receiving(saying(start + more)) as receiver, suppress(DeliveryFailed):
        assert 100 <= Fetcher(HERE).post(f"http://{receiver.at}/", b"{}", {}).status < 1_000
