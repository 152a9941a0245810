import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.kernel.errors import AddressRefused
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.target import target_of

NOTHING = AllowedHosts()


@pytest.mark.parametrize(
    ("url", "understood"),
    [
        ("https://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/a?b=c&d=%20", "https://example.com/a?b=c&d=%20"),
        ("https://example.com:8443/", "https://example.com:8443/"),
        ("https://example.com/a#b", "https://example.com/a"),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("https://bücher.example/ü?q=ä", "https://xn--bcher-kva.example/%C3%BC?q=%C3%A4"),
        ("https://a_b.example/", "https://a_b.example/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:0::1111]:8443/", "https://[2606:4700::1111]:8443/"),
        ("https://example.com/../%2e%2e/x", "https://example.com/../%2e%2e/x"),
    ],
)
def test_a_plain_url_is_taken_as_it_is(url: str, understood: str) -> None:
    assert target_of(url, NOTHING).url == understood


@pytest.mark.parametrize(
    "url",
    """
    http://example.com/ ftp://example.com/ file:///etc/passwd gopher://example.com/ javascript:alert(1) data:,x
    example.com //example.com/ https:example.com https:///x https:// https://?x https://#x http https://:443/
    https://user@example.com/ https://user:password@example.com/ https://example.com@127.0.0.1/ https://@example.com/
    https://example.com:0/ https://example.com:65536/ https://example.com:x/ https://example.com:-1/
    https://example.com:22/ https://example.com:25/ https://example.com:6379/ https://example.com:2375/
    https://127.0.0.1/ https://127.0.0.1:8443/ https://10.0.0.1/ https://192.168.1.1/ https://172.16.0.1/
    https://169.254.169.254/ https://100.64.0.1/ https://0.0.0.0/ https://0/ https://255.255.255.255/ https://224.0.0.1/
    https://2130706433/ https://017700000001/ https://0x7f000001/ https://0x7f.0.0.1/ https://0177.0.0.1/
    https://127.1/ https://127.0.1/ https://127.0.0.01/ https://0x7f.1/ https://127.0.0.0x1/ https://0X7F.1/
    https://4294967297/ https://1.2.3.4.5/ https://8.8.8.8.8/ https://256.1.1.1/ https://0x/ https://1.2.3.4x.5/
    https://127.0.0.1./ https://example.com./ https://localhost./ https://.example.com/ https://a..b/
    https://localhost/ https://LOCALHOST/ https://a.localhost/ https://localhost.localdomain/ https://intranet/
    https://metadata.google.internal/ https://printer.local/ https://router.home.arpa/ https://x.onion/
    https://[::1]/ https://[::]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/ https://[::127.0.0.1]/
    https://[::ffff:8.8.8.8]/ https://[64:ff9b::127.0.0.1]/ https://[64:ff9b::8.8.8.8]/ https://[64:ff9b:1::808:808]/
    https://[2002:7f00:1::]/ https://[2002:808:808::]/ https://[2001:0:7f00:1::]/ https://[fd00:ec2::254]/
    https://[fe80::1]/ https://[fe80::1%25eth0]/ https://[fe80::1%eth0]/ https://[2606:4700::1%25lo]/ https://[fc00::1]/
    https://[127.0.0.1]/ https://[example.com]/ https://[v1.x]/ https://[::1/ https://::1/ https://2606:4700::1111/
    https://１２７.０.０.１/ https://①②⑦.0.0.1/ https://127。0。0。1/ https://ⓛocalhost/ https://ｌocalhost/
    https://１27.0.0.1/ https://exa%6dple.com/ https://%31%32%37.0.0.1/ https://example.com%00.x/
    https://example.com\\@127.0.0.1/ https://example.com\\.x/ https:\\\\127.0.0.1/ https://-a.example/ https://a-.example/
    https://a,b.example/ https://*.example.com/ https://a;b.example/ https://example.com&x/
    """.split(),
)
def test_what_could_lead_elsewhere_is_refused_unasked(url: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(url, NOTHING)


@pytest.mark.parametrize(
    "url",
    [
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://example.com/\tx",
        " https://example.com/",
        "https://example.com/\u202e",
        "https://127.0.0.1\t/",
        "https://example.com/\x00",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a." * 127 + "example/",
        "https://example.com/" + "x" * 2_048,
        "",
    ],
)
def test_what_parsers_read_differently_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        target_of(url, NOTHING)


def test_an_operator_opens_hosts_also_without_encryption() -> None:
    allowed = AllowedHosts.parse("127.0.0.1:9000, hooks.lan, [::1], db.lan:6379")
    assert target_of("http://127.0.0.1:9000/x", allowed).authority == "127.0.0.1:9000"
    assert target_of("http://hooks.lan/x", allowed).authority == "hooks.lan"
    assert target_of("http://[::1]:81/x", allowed).authority == "[::1]:81"
    assert target_of("http://db.lan:6379/", allowed).port == 6379
    for url in ("http://127.0.0.1/", "http://127.1:9000/", "http://2130706433:9000/", "http://other.lan/"):
        with pytest.raises(AddressRefused):
            target_of(url, allowed)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/b", "https://example.com/b"),
        ("c?d", "https://example.com/a/c?d"),
        ("//other.example/x", "https://other.example/x"),
        ("https://other.example:8443/", "https://other.example:8443/"),
    ],
)
def test_a_redirect_is_understood_from_where_it_was_found(location: str, url: str) -> None:
    assert target_of("https://example.com/a/b", NOTHING).beside(location, NOTHING).url == url


@pytest.mark.parametrize("location", ["//127.0.0.1/", "http://example.com/", "https://[::1]/", "file:///x", "//u@a.b/"])
def test_a_redirect_is_vetted_as_any_other(location: str) -> None:
    with pytest.raises(AddressRefused):
        target_of("https://example.com/a/b", NOTHING).beside(location, NOTHING)


@given(st.text(max_size=40), st.sampled_from(["", "https://", "http://", "https://[", "//"]))
def test_whatever_is_given_is_refused_or_plain(text: str, start: str) -> None:
    try:
        target = target_of(start + text, NOTHING)
    except AddressRefused:
        return
    assert target.scheme == "https"
    assert target.url.isascii()
    assert target.path.startswith("/")
    assert target_of(target.url, NOTHING) == target
