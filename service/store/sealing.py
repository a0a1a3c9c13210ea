"""Secrets that the service must be able to read again, sealed where they are stored.

The key stands in the settings or in a file of its own, never in the database: whoever has the rows alone reads nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from service.domain.errors import Unavailable

KEY_FILE = "secret.key"


class Seal:
    """Seals and opens short texts (Fernet: AES-128-CBC with HMAC-SHA256), and signs what nobody may make up."""

    def __init__(self, secret: str) -> None:
        self._signing = hashlib.sha256(f"sign:{secret}".encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"seal:{secret}".encode()).digest()))

    def closed(self, text: str) -> str:
        """The text, sealed; never twice the same."""
        return self._fernet.encrypt(text.encode()).decode()

    def signed(self, purpose: str, text: str) -> str:
        """The text with a signature (HMAC-SHA256) for this purpose, fit for an address. It can be read by anybody."""
        return f"{text}.{self._signature(purpose, text)}"

    def checked(self, purpose: str, token: str) -> str | None:
        """What was signed for this purpose; None for a signature that is not ours, or is for another."""
        text, _, signature = token.rpartition(".")
        ours = hmac.compare_digest(signature.encode(), self._signature(purpose, text).encode())
        return text if ours else None

    def _signature(self, purpose: str, text: str) -> str:
        made = hmac.digest(self._signing, f"{purpose}:{text}".encode(), "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def opened(self, sealed: str) -> str:
        """The text. Raises Unavailable where it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as trouble:
            raise Unavailable(
                "Codes of an app cannot be checked here: the service's secret key is not that of their set-up. "
                "Use a recovery code, or ask a coordinator of the whole organization to reset your second factor."
            ) from trouble


def secret_in(folder: Path) -> str:
    """What stands in the folder's key file, which is made at first need, for its owner alone (0600).

    Of two processes that make it at the same moment one does, since a link to it can be made once only.
    """
    file = folder / KEY_FILE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f".{KEY_FILE}.{secrets.token_hex(8)}"
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(48))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(made, file)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return file.read_text("ascii").strip()
