"""What a provider signed, held against what was asked for (OpenID Connect Core 3.1.3.7, Back-Channel Logout 2.6). Pure.

The algorithm is one of a list of ours, never "whatever the token says", and fits the key's own type: nothing is ever
taken that was signed with a secret, or not at all. A key set is the provider's; which of its keys it was is said by
`kid`, and where it is not said there must be only one that it can be.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key
from joserfc.jws import CompactSignature, JWSRegistry, extract_compact, validate_compact
from joserfc.util import urlsafe_b64decode

from service.integrations.oidc.refusals import Refusal, Refused

KINDS: Final[Mapping[str, tuple[str, str | None]]] = {
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "ES256": ("EC", "P-256"),
    "EdDSA": ("OKP", "Ed25519"),
    "Ed25519": ("OKP", "Ed25519"),
}
"""What may have signed, and which keys fit: their type, and their curve."""
ALGORITHMS: Final = frozenset(KINDS)
LEAST_BITS: Final = 2_048
SKEW: Final = timedelta(seconds=60)
OLDEST: Final = timedelta(minutes=10)
"""How long ago an ID token may have been made: it was asked for a moment ago."""
LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
LARGEST: Final = 65_536
MOST_KEYS: Final = 50
LONGEST_SUBJECT: Final = 255

Claims = dict[str, Any]


class UnknownKey(Exception):
    """It may be signed with a key that is newer than those at hand."""


class _Registry(JWSRegistry):
    """Of the library's algorithms those above; `EdDSA` is taken as its one fully specified form (RFC 9864)."""

    max_header_length = 8_192
    max_payload_length = LARGEST

    def __init__(self) -> None:
        super().__init__(algorithms=sorted(ALGORITHMS), strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One key of a provider. `use`, `kid` and `algorithm` are empty where it does not say."""

    key: Key
    kind: str
    curve: str | None
    kid: str
    algorithm: str

    def fits(self, algorithm: str) -> bool:
        kind, curve = KINDS[algorithm]
        own = self.algorithm in ("", algorithm) or {self.algorithm, algorithm} == {"EdDSA", "Ed25519"}
        return own and self.kind == kind and curve in (None, self.curve)


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have signed, and for whom."""

    issuer: str
    client_id: str


def public_keys(found: Iterable[Any]) -> tuple[PublicKey, ...]:
    """Those of a key set that may sign here; others, secrets among them, are passed over."""
    read = (_public_key(one) for one in list(found)[:MOST_KEYS])
    return tuple(one for one in read if one is not None)


def _public_key(said: Any) -> PublicKey | None:
    if not isinstance(said, dict) or said.get("kty") not in ("RSA", "EC", "OKP") or said.get("use", "sig") != "sig":
        return None
    named = {name: said[name] for name in ("kty", "n", "e", "crv", "x", "y") if isinstance(said.get(name), str)}
    try:
        if said["kty"] == "RSA" and int.from_bytes(urlsafe_b64decode(named["n"].encode())).bit_length() < LEAST_BITS:
            return None
        key = import_key(named)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    kid, algorithm = (str(said.get(name) or "") for name in ("kid", "alg"))
    return PublicKey(key, said["kty"], named.get("crv"), kid, algorithm)


def id_token(
    token: str, keys: Iterable[PublicKey], expected: Expected, *, nonce: str, access_token: str, now: datetime
) -> Claims:
    """What an ID token says. Raises Refused, and UnknownKey where newer keys may tell."""
    signature, claims = _opened(token, keys)
    _check_for(claims, expected)
    _check_times(claims, now)
    said = _text(claims, "nonce")
    if not said.isascii() or not hmac.compare_digest(said, nonce):
        raise Refused(Refusal.NONCE)
    if "at_hash" in claims and claims["at_hash"] != _half_hash(access_token, str(signature.headers()["alg"])):
        raise Refused(Refusal.HALF_HASH)
    if not 0 < len(_text(claims, "sub")) <= LONGEST_SUBJECT:
        raise Refused(Refusal.SUBJECT)
    return claims


def logout_token(token: str, keys: Iterable[PublicKey], expected: Expected, *, now: datetime) -> Claims:
    """What a logout token says. That it is the first of its id is for the caller to know. Raises as `id_token`."""
    signature, claims = _opened(token, keys)
    if str(signature.headers().get("typ", "logout+jwt")).lower() not in ("logout+jwt", "application/logout+jwt", "jwt"):
        raise Refused(Refusal.EVENT)
    _check_for(claims, expected)
    _check_times(claims, now)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict) or "nonce" in claims:
        raise Refused(Refusal.EVENT)
    if not (_text(claims, "sub") or _text(claims, "sid")):
        raise Refused(Refusal.SUBJECT)
    if not _text(claims, "jti"):
        raise Refused(Refusal.EVENT)
    return claims


def _opened(token: str, keys: Iterable[PublicKey]) -> tuple[CompactSignature, Claims]:
    signature, registry = _extracted(token), _Registry()
    algorithm, kid = signature.headers().get("alg"), signature.headers().get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise Refused(Refusal.ALGORITHM)
    key = _chosen(keys, algorithm, kid)
    try:
        holds = validate_compact(signature, key.key, registry=registry)
    except (JoseError, ValueError, TypeError) as error:
        raise Refused(Refusal.SIGNATURE) from error
    if not holds:
        raise Refused(Refusal.SIGNATURE)
    return signature, _claims(signature.payload)


def _extracted(token: str) -> CompactSignature:
    try:
        if len(token) > LARGEST or not token.isascii():
            raise ValueError
        signature = extract_compact(token.encode(), registry=_Registry())
        said = signature.headers()
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise Refused(Refusal.MALFORMED) from error
    if not isinstance(said, dict):
        raise Refused(Refusal.MALFORMED)
    if "crit" in said:  # no extension is known here, and of what stands in it the library takes any type for a list
        raise Refused(Refusal.SIGNATURE)
    return signature


def _claims(payload: bytes) -> Claims:
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Refused(Refusal.MALFORMED) from error
    if not isinstance(found, dict):
        raise Refused(Refusal.MALFORMED)
    return found


def _chosen(keys: Iterable[PublicKey], algorithm: str, kid: Any) -> PublicKey:
    fitting = [one for one in keys if one.fits(algorithm) and kid in (None, one.kid)]
    if len(fitting) != 1:
        raise UnknownKey
    return fitting[0]


def _check_for(claims: Claims, expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Refused(Refusal.ISSUER)
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", expected.client_id if len(named) == 1 else None)
    if expected.client_id not in named or party != expected.client_id:
        raise Refused(Refusal.AUDIENCE)


def _check_times(claims: Claims, now: datetime) -> None:
    ends, made = _moment(claims, "exp"), _moment(claims, "iat")
    at, skew = now.timestamp(), SKEW.total_seconds()
    begins = _moment(claims, "nbf") if "nbf" in claims else made
    if at >= ends + skew or made > at + skew or begins > at + skew or made < at - OLDEST.total_seconds() - skew:
        raise Refused(Refusal.TIME)


def _moment(claims: Claims, name: str) -> float:
    """Seconds since 1970; neither a truth nor infinity."""
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) < 1e12:
        raise Refused(Refusal.TIME)
    return float(found)


def _half_hash(text: str, algorithm: str) -> str:
    """The left half of a token's hash (Core 3.1.3.6): SHA-512 where it is signed with Ed25519, which has it inside."""
    made = hashlib.sha512 if KINDS[algorithm][0] == "OKP" else hashlib.sha256
    whole = made(text.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).decode().rstrip("=")


def _text(claims: Claims, name: str) -> str:
    found = claims.get(name)
    return found if isinstance(found, str) else ""
