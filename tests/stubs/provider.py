"""A provider of accounts (OpenID Connect) on a loopback port: it keeps to the specifications, unless it is told not to.

It holds what clients must do against them: exact redirect address, PKCE, the client's secret, a code once. Its keys and
what it signs are joserfc's. Whoever comes to its page is let in at once, as the account that stands in `account`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

Claims = dict[str, Any]
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
CLIENT, SECRET = "peerloom", "s3cret:with/signs+and spaces"


def rsa(kid: str = "one") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


ONE = rsa()
"""Made once: a key takes a tenth of a second."""


@dataclass
class Provider:
    """`alter` changes what an ID token says, `header` what stands before it, `key` and `algorithm` how it is signed;
    `described` and `answered` change the description of itself and what the browser brings back."""

    url: str
    account: Claims = field(default_factory=lambda: {"sub": "a-1", "name": "Amara Okafor"})
    key: Key = field(default_factory=lambda: ONE)
    published: list[Key] = field(default_factory=lambda: [ONE])
    algorithm: str = "RS256"
    header: Claims = field(default_factory=dict)
    alter: Callable[[Claims], Claims] = lambda claims: claims
    signed: Callable[[Claims], str] | None = None
    described: Claims = field(default_factory=dict)
    answered: Claims = field(default_factory=dict)
    more: Claims | None = None
    access: str = ""
    status: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[Claims] = field(default_factory=list)
    codes: dict[str, Claims] = field(default_factory=dict)
    redirect: str = ""
    code_again: bool = False
    raw: bytes = b""
    clock: Callable[[], float] = time.time

    def description(self) -> Claims:
        here = self.url
        return {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys",
            "userinfo_endpoint": f"{here}/userinfo",
            "end_session_endpoint": f"{here}/end",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
            **self.described,
        }

    def keys(self) -> Claims:
        return {"keys": [one.as_dict(private=False) for one in self.published]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to."""
        assert not self.redirect or asked["redirect_uri"] == self.redirect, "another redirect address than is known"
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "account": dict(self.account)}
        answer = {"code": code, "state": asked["state"], "iss": self.url, **self.answered}
        return f"{asked['redirect_uri']}?{urlencode({name: said for name, said in answer.items() if said is not None})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        self.forms.append(dict(form))
        if not _is_client(form, authorization):
            return 401, {"error": "invalid_client"}
        asked = self.codes.get(form["code"]) if self.code_again else self.codes.pop(form["code"], None)
        made = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or form["redirect_uri"] != asked["redirect_uri"]
            or made.decode().rstrip("=") != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        access = self.access or secrets.token_urlsafe(16)
        claims = self.claims(asked, access)
        token = self.signed(claims) if self.signed is not None else self.sign(claims)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": token}

    def claims(self, asked: Claims, access: str) -> Claims:
        now = int(self.clock())
        half = hashlib.sha512 if self.algorithm == "EdDSA" else hashlib.sha256
        whole = half(access.encode(errors="surrogatepass")).digest()
        own = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "at_hash": base64.urlsafe_b64encode(whole[: len(whole) // 2]).decode().rstrip("="),
        }
        return self.alter({**asked["account"], **own})

    def sign(self, claims: Claims) -> str:
        header = {"alg": self.algorithm, "kid": self.key.kid, **self.header}
        header = {name: said for name, said in header.items() if said is not None}
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])

    def logout_token(self, **claims: Any) -> str:
        now = int(self.clock())
        whole = {
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(8),
            "events": {LOGOUT: {}},
            **claims,
        }
        header = {"alg": self.algorithm, "kid": self.key.kid, "typ": "logout+jwt", **self.header}
        said = {name: value for name, value in whole.items() if value is not None}
        return jwt.encode(header, said, self.key, algorithms=[header["alg"]])


def _is_client(form: dict[str, str], authorization: str) -> bool:
    kind, _, given = authorization.partition(" ")
    if kind == "Basic":
        id_, _, secret = base64.b64decode(given).decode().partition(":")
        return (unquote(id_), unquote(secret)) == (CLIENT, SECRET)
    return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.provider.asked.append(parts.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(self.provider.description())
            case "/keys":
                self._json(self.provider.keys())
            case "/userinfo":
                self._json({"sub": self.provider.account["sub"], **(self.provider.more or {})})
            case "/authorize":
                self._goto(self.provider.authorize(query))
            case "/end":
                self._goto(query["post_logout_redirect_uri"])
            case _:
                self._json({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        self.provider.asked.append(self.path)
        status, said = self.provider.token(form, self.headers.get("Authorization", ""))
        self._json(said, status)

    def _goto(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, said: Claims, status: int = 200) -> None:
        body = self.provider.raw or json.dumps(said).encode()
        self.send_response(self.provider.status.get(urlsplit(self.path).path, status))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider, for as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {}))
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    server.server_close()


__all__ = ["CLIENT", "ONE", "SECRET", "ECKey", "OKPKey", "OctKey", "Provider", "providing", "rsa"]
