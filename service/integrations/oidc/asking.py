"""What is asked of a provider while somebody comes back from it: the tokens for a code, and more about the account.

Opens no transaction, and is given none: a provider may take its time.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from service.integrations.oidc.attempts import Attempt
from service.integrations.oidc.metadata import BASIC, NONE, Metadata, json_object
from service.integrations.oidc.refusals import Refusal, Refused
from service.outward.transport import Answered, Transport

_VISIBLE = re.compile(r"[!-~]+")
"""What an access token may be made of; it is sent in a header (RFC 6749, A.12, without the space)."""
_CLIENT_FAULTS = frozenset({"invalid_client", "unauthorized_client"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was worth. `access` is empty where there is none."""

    id: str
    access: str


def tokens(
    transport: Transport, described: Metadata, attempt: Attempt, code: str, client_id: str, secret: str
) -> Tokens:
    """Raises Refused."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.back,
        "code_verifier": attempt.verifier,
    }
    how, headers = described.authentication if secret else NONE, {}
    if how == BASIC:
        headers["Authorization"] = _basic(client_id, secret)
    else:
        form["client_id"] = client_id
        form |= {} if how == NONE else {"client_secret": secret}
    said = _understood(transport.read(described.token, headers, form=urlencode(form).encode()))
    id_, access = said.get("id_token"), said.get("access_token")
    if not isinstance(id_, str) or not id_:
        raise Refused(Refusal.NOTHING)
    if not isinstance(access, str) or not access:
        return Tokens(id_, "")
    if not _VISIBLE.fullmatch(access):
        raise Refused(Refusal.MALFORMED)
    return Tokens(id_, access)


def _basic(client_id: str, secret: str) -> str:
    """As forms write them, which is how RFC 6749 has it (2.3.1)."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _understood(answered: Answered) -> Mapping[str, Any]:
    if answered.status is None or answered.status >= 500:
        raise Refused(Refusal.UNREACHABLE, answered.trouble or f"it answered {answered.status}")
    if answered.status == 200:
        return json_object(answered.content, Refusal.NOTHING)
    said = json_object(answered.content, Refusal.CODE)
    fault = said.get("error")
    raise Refused(Refusal.CLIENT if fault in _CLIENT_FAULTS or answered.status == 401 else Refusal.CODE)


def userinfo(transport: Transport, described: Metadata, access: str, subject: str) -> Mapping[str, Any]:
    """More about the account; of this subject, or it is refused (Core 5.3.2). Raises Refused also where there is no
    answer: what is not known is not the same as what is not so, and roles would be taken for it."""
    answered = transport.read(described.userinfo, {"Authorization": f"Bearer {access}"})
    if answered.status != 200:
        raise Refused(Refusal.UNREACHABLE, answered.trouble or f"it answered {answered.status} about the account")
    said = json_object(answered.content, Refusal.UNREACHABLE)
    if said.get("sub") != subject:
        raise Refused(Refusal.SUBJECT)
    return said
