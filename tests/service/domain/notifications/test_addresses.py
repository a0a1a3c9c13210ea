"""What looks like an address, and what would rather be a header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.notifications.addresses import address, ascii_host


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("amara@example.org", "amara@example.org"),
        (" Amara.Okafor+x@Example.ORG ", "Amara.Okafor+x@example.org"),
        ("अमारा@exämple.org", "अमारा@exämple.org"),
        ("o'brien@mail.example.org", "o'brien@mail.example.org"),
    ],
)
def test_addresses_are_kept_in_one_spelling(text: str, kept: str) -> None:
    assert address(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "amara",
        "@example.org",
        "amara@",
        "amara@localhost",
        "amara@127.0.0.1",
        "amara@[127.0.0.1]",
        "a b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a\n@example.org",
        "a@b@example.org",
        "<a@example.org>",
        '"a b"@example.org',
        "a,b@example.org",
        "a..b@example.org",
        ".a@example.org",
        "a@exam ple.org",
        "a@-example.org",
        "a@example..org",
        "a" * 65 + "@example.org",
        "a@" + "b" * 250 + ".org",
        "a\u202e@example.org",
        "a\u00a0@example.org",
    ],
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        address(text)


@pytest.mark.parametrize(
    ("host", "known"),
    [("straße.de", "xn--strae-oqa.de"), ("Bücher.example", "xn--bcher-kva.example"), ("βόλος.com", "xn--nxasmm1c.com")],
)
def test_a_host_is_spelled_as_name_servers_know_it_today(host: str, known: str) -> None:
    assert ascii_host(host) == known
    assert ascii_host(known) == known


@given(st.text(max_size=60))
def test_whatever_passes_fits_into_one_header_and_stays_itself(text: str) -> None:
    try:
        kept = address(f"{text}@example.org")
    except ValueError:
        return
    assert kept.isprintable()
    assert not set(kept) & set('<>,;:"\\ \r\n')
    assert address(kept) == kept
