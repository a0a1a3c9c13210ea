"""Nothing is sent into anybody's own network, however its address is written or looked up."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.outward.addresses import in_house, may_reach, may_send, url_fault

HOUSE = (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"))

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "::ffff:0:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:2800:220:1::1%1",
    "fec0::1",
    "ff02::1",
    "100::1",
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]


@pytest.mark.parametrize("number", INSIDE)
def test_what_is_inside_somebodys_network_is_not_reached(number: str) -> None:
    assert not may_reach(ip_address(number), ())


@pytest.mark.parametrize("number", PUBLIC)
def test_what_is_public_is_reached_by_https_only(number: str) -> None:
    address = ip_address(number)
    assert may_reach(address, ())
    assert may_send("https://platform.example.org/", address, ()) == ""
    assert may_send("http://platform.example.org/", address, HOUSE).startswith("refused")
    assert may_send("https://platform.example.org:25/", address, HOUSE).startswith("refused")


@pytest.mark.parametrize("number", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00:1::5"])
def test_what_is_in_the_own_house_is_reached_where_the_house_is_named(number: str) -> None:
    address = ip_address(number)
    assert in_house(address, HOUSE)
    assert may_send("http://intranet.example.org:81/", address, HOUSE) == ""
    assert may_send("http://intranet.example.org:81/", address, ()).startswith("refused")
    assert not may_reach(ip_address("10.2.0.1"), HOUSE)


@pytest.mark.parametrize(
    "url",
    [
        "https://platform.example.org/peerloom",
        "https://platform.example.org:8443/peerloom?a=b&c=%20",
        "https://xn--bcher-kva.example/",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1::1]:4443/x",
    ],
)
def test_an_address_of_the_public_is_taken(url: str) -> None:
    assert url_fault(url, ()) == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "platform.example.org",
        "ftp://platform.example.org/",
        "file:///etc/passwd",
        "gopher://platform.example.org/",
        "http://platform.example.org/",
        "https://",
        "https:///path",
        "https://user:secret@platform.example.org/",
        "https://platform.example.org@127.0.0.1/",
        "https://platform.example.org/#part",
        "https://platform.example.org:0/",
        "https://platform.example.org:22/",
        "https://platform.example.org:80/",
        "https://platform.example.org:99999/",
        "https://platform.example.org:x/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.1./",
        "https://a.b.1/",
        "https://platform..example.org/",
        "https://platform.example.org\\@127.0.0.1/",
        "https://platform.example.org/a b",
        "https://platform.example.org/\r\nX: y",
        "https://pl\u0430tform.example.org/",
        "https://platform.example.org/" + "a" * 2_000,
    ],
)
def test_an_address_that_is_none_or_leads_inside_is_refused_with_a_reason(url: str) -> None:
    assert url_fault(url, ()).endswith(".")


def test_without_encryption_is_for_the_own_house_only() -> None:
    assert url_fault("http://10.1.2.3:8080/", HOUSE) == ""
    assert "https" in url_fault("http://10.1.2.3:8080/", ())


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_number_is_judged_alike_in_every_form(number: int) -> None:
    plain = ip_address(number)
    forms = [f"::ffff:{plain}", f"64:ff9b::{plain}"]
    assert {may_reach(ip_address(form), HOUSE) for form in forms} == {may_reach(plain, HOUSE)}
