from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.reaching.addresses import METADATA, Reach, reach_of

OPEN = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.88.98.255 192.167.255.255 192.169.0.0 198.17.255.255
198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
2001:200::1 2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 2003::1 2620:fe::fe
64:ff9b::808:808
"""

INSIDE = """
10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.0.0.1 127.255.255.255 172.16.0.0 172.31.255.255
192.168.0.0 192.168.255.255
::1 fc00::1 fd00::1 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
"""

FORBIDDEN = """
0.0.0.0 0.0.0.1 0.255.255.255 169.254.0.0 169.254.169.254 169.254.170.2 169.254.255.255 192.0.0.0 192.0.0.192
192.0.0.255 192.0.2.1 192.88.99.1 198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255
240.0.0.1 255.255.255.254 255.255.255.255 100.100.100.200 168.63.129.16
:: ::2 ::7f00:1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe 64:ff9b::6464:64c8 64:ff9b::e000:1 64:ff9b::0 64:ff9b:1::808:808
2002:7f00:1:: 2002:808:808::1 2002:a9fe:a9fe:: 2001::1 2001:0:7f00:1::5 2001:1::1 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 3fff::1 3ffe::1:0:5efe:7f00:1 2606:4700::5efe:a00:1 2606:4700::200:5efe:a00:1
100::1 5f00::1 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1 4000::1 e000::1
fd00:ec2::254 fd00:ec2::23 fd20:ce::254
"""


@pytest.mark.parametrize(
    ("text", "reach"),
    [(text, reach) for reach, texts in zip(Reach, (OPEN, INSIDE, FORBIDDEN), strict=True) for text in texts.split()],
)
def test_each_kind_of_address_is_known(text: str, reach: Reach) -> None:
    assert reach_of(ip_address(text)) is reach


@pytest.mark.parametrize("address", sorted(METADATA, key=str), ids=str)
def test_no_metadata_is_ever_open(address: IPv4Address | IPv6Address) -> None:
    assert reach_of(address) is Reach.FORBIDDEN


@given(st.ip_addresses())
def test_nothing_that_is_not_global_is_open(address: IPv4Address | IPv6Address) -> None:
    assert address.is_global or reach_of(address) is not Reach.OPEN


@pytest.mark.parametrize(
    "network",
    # Every block of the registries of special addresses (RFC 6890 and after) that is not reachable from everywhere.
    """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32 224.0.0.0/4
    ::1/128 ::/128 ::ffff:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001:2::/48 2001:db8::/32 2002::/16 3fff::/20
    5f00::/16 fc00::/7 fe80::/10 ff00::/8 2001::/32 2001:10::/28""".split(),
)
def test_no_address_of_a_special_block_is_open(network: str) -> None:
    block = ip_network(network)
    size = block.num_addresses
    for offset in {0, 1, size // 3, size // 2, size - 2, size - 1}:
        assert reach_of(block[max(0, min(offset, size - 1))]) is not Reach.OPEN


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_never_a_way_round(address: IPv4Address) -> None:
    number, reach = int(address), reach_of(address)
    for within in (number, 0xFFFF << 32 | number, 0x2002 << 112 | number << 80, 0x20010000 << 96 | number ^ 0xFFFFFFFF):
        assert reach_of(IPv6Address(within)) is not Reach.OPEN
    translated = reach_of(IPv6Address(0x0064_FF9B << 96 | number))
    assert (translated is Reach.OPEN) == (reach is Reach.OPEN)
