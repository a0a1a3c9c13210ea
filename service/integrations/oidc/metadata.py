"""What a provider says of itself (OpenID Connect Discovery 1.0), read and judged. Pure.

It comes from an address that a coordinator typed, and says where else to go: each of those addresses is judged like the
first, and an answer in another issuer's name is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.integrations.oidc.refusals import Refusal, Refused
from service.integrations.oidc.tokens import ALGORITHMS
from service.outward.addresses import AddressNetwork, url_fault

WELL_KNOWN: Final = "/.well-known/openid-configuration"
BASIC, POST, NONE = "client_secret_basic", "client_secret_post", "none"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Where the provider is asked for what. `answers_with_issuer`: it says in each answer whose it is (RFC 9207)."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str = ""
    end_session: str = ""
    authentication: str = BASIC
    answers_with_issuer: bool = False


def issuer_fault(issuer: str, networks: Sequence[AddressNetwork]) -> str:
    """What is wrong with an issuer that somebody gives; empty if nothing is."""
    wrong = url_fault(issuer, networks)
    if wrong:
        return wrong.replace("https://platform.example.org/webhooks", "https://accounts.example.org")
    if "?" in issuer:
        return "An issuer has no question mark. Copy it from your provider as it stands there."
    if issuer.rstrip("/").endswith(WELL_KNOWN):
        return f"Leave out {WELL_KNOWN}: the issuer is what stands before it."
    return ""


def where(issuer: str) -> str:
    """The address at which an issuer describes itself."""
    return issuer.removesuffix("/") + WELL_KNOWN


def json_object(content: bytes, why: Refusal) -> dict[str, Any]:
    """Raises Refused for what is no JSON object."""
    try:
        read = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused(why, "it is not JSON") from error
    if not isinstance(read, dict):
        raise Refused(why, "it is not a JSON object")
    return read


def read(content: bytes, issuer: str, networks: Sequence[AddressNetwork]) -> Metadata:
    """Raises Refused for what cannot be used."""
    said = json_object(content, Refusal.DESCRIPTION)
    if said.get("issuer") != issuer:
        raise Refused(Refusal.DESCRIPTION, "it names another issuer")
    if "code" not in _list(said, "response_types_supported", ["code"]):
        raise Refused(Refusal.DESCRIPTION, "it knows no authorization code")
    if not set(_list(said, "id_token_signing_alg_values_supported", ["RS256"])) & ALGORITHMS:
        raise Refused(Refusal.ALGORITHM)
    return Metadata(
        issuer,
        _address(said, "authorization_endpoint", networks),
        _address(said, "token_endpoint", networks),
        _address(said, "jwks_uri", networks),
        _address(said, "userinfo_endpoint", networks, needed=False),
        _address(said, "end_session_endpoint", networks, needed=False),
        _authentication(_list(said, "token_endpoint_auth_methods_supported", [BASIC])),
        said.get("authorization_response_iss_parameter_supported") is True,
    )


def _list(said: Mapping[str, Any], name: str, default: list[str]) -> list[str]:
    found = said.get(name, default)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _authentication(known: Sequence[str]) -> str:
    return next((one for one in (BASIC, POST) if one in known), NONE)


def _address(said: Mapping[str, Any], name: str, networks: Sequence[AddressNetwork], *, needed: bool = True) -> str:
    found = said.get(name)
    if found is None and not needed:
        return ""
    wrong = url_fault(found, networks) if isinstance(found, str) else "there is none"
    if wrong:
        raise Refused(Refusal.DESCRIPTION, f"{name}: {wrong}")
    return str(found)
