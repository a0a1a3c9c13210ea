"""A person's words carry their own language and direction, whatever a platform declared for them."""

from __future__ import annotations

import pytest

from service.web.pages.rendering import in_language


@pytest.mark.parametrize(
    ("text", "declared", "said"),
    [
        ("We visit each other twice before half-term and talk about it.", "de", 'lang="en" dir="ltr"'),
        ("Excel: يزور المعلمون بعضهم بعضا مرتين قبل منتصف الفصل ثم يتحدثون عن ذلك", "en", 'lang="ar" dir="rtl"'),
        ("ok", "de-AT", 'lang="de" dir="ltr"'),
        ("Kommune og skole er de samme, men man er i det hele.", "en", 'dir="auto"'),
        ("", "", 'dir="auto"'),
        ("", '"><script>', 'lang="&#34;&gt;&lt;script&gt;" dir="ltr"'),
    ],
)
def test_words_carry_their_language_and_its_direction(text: str, declared: str, said: str) -> None:
    assert in_language(text, declared) == said
