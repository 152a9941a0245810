from ipaddress import ip_address

import pytest

from evidoc.reaching.allowed_hosts import AllowedHosts

ALLOWED = AllowedHosts.parse(
    "hooks.lan, *.svc.local:8080, 10.1.0.0/16, 127.0.0.1:9000, [::1]:9000, fc00::/7, HOOKS.Example:8443, 100.64.0.0/10,"
)


@pytest.mark.parametrize(
    ("host", "port", "named"),
    [
        ("hooks.lan", 80, True),
        ("hooks.lan", 8080, True),
        ("xhooks.lan", 80, False),
        ("a.hooks.lan", 80, False),
        ("a.svc.local", 8080, True),
        ("a.b.svc.local", 8080, True),
        ("a.svc.local", 80, False),
        ("svc.local", 8080, False),
        ("hooks.example", 8443, True),
        ("hooks.example", 443, False),
        ("10.1.2.3", 80, True),
        ("10.2.0.1", 80, False),
        ("127.0.0.1", 9000, True),
        ("127.0.0.1", 9001, False),
        ("::1", 9000, True),
        ("::1", 80, False),
    ],
)
def test_a_host_is_opened_as_it_is_written(host: str, port: int, named: bool) -> None:
    assert ALLOWED.names(host, port) is named


@pytest.mark.parametrize(
    ("host", "address", "port", "admitted"),
    [
        ("anything.example", "8.8.8.8", 443, True),
        ("anything.example", "10.2.0.1", 443, False),
        ("anything.example", "10.1.0.1", 443, True),  # the network is open, whoever points at it
        ("hooks.lan", "10.2.0.1", 80, True),
        ("hooks.lan", "127.0.0.1", 80, True),
        ("hooks.lan", "169.254.169.254", 80, False),  # a name does not open what nobody means by it
        ("hooks.lan", "fe80::1", 80, False),
        ("hooks.lan", "::ffff:10.1.0.1", 80, False),
        ("a.svc.local", "10.9.9.9", 8080, True),
        ("a.svc.local", "10.9.9.9", 8081, False),
        ("x.example", "100.64.0.1", 443, True),
        ("x.example", "100.100.100.200", 443, False),  # a wide network does not open the secrets of the machine
        ("x.example", "fd00:ec2::254", 443, False),
    ],
)
def test_an_address_is_admitted_where_it_is_open_or_opened(host: str, address: str, port: int, admitted: bool) -> None:
    assert ALLOWED.admits(host, ip_address(address), port) is admitted


def test_metadata_is_opened_by_its_own_address_alone() -> None:
    address = ip_address("169.254.169.254")
    assert AllowedHosts.parse("169.254.169.254").admits("169.254.169.254", address, 80)
    assert not AllowedHosts.parse("169.254.0.0/16").admits("169.254.169.254", address, 80)
    assert AllowedHosts.parse("169.254.0.0/16").admits("169.254.7.7", ip_address("169.254.7.7"), 80)


def test_nothing_is_opened_unless_it_is_named() -> None:
    assert not AllowedHosts.parse("").names("localhost", 80)
    assert not AllowedHosts().admits("x.example", ip_address("127.0.0.1"), 80)


@pytest.mark.parametrize(
    "text", ["http://a.b", "a b", "10.0.0.0/33", "10.0.0.1/8", "a.b:0", "a.b:99999", "*", "*.", "-a", "127.1", "a..b"]
)
def test_what_is_no_host_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"no host|no port"):
        AllowedHosts.parse(text)
