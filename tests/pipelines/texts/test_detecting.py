"""What a text is written in: found, or not told; never a guess, and never English for want of another thought."""

from __future__ import annotations

import pytest

from pipelines.texts import detecting
from pipelines.texts.language import UNTOLD, language_name, language_of, written_in

TOLD = {
    "en": "We visit each other twice before half-term and talk about it in the staff meeting.",
    "de": "Wir besuchen uns zweimal vor den Ferien und reden in der Konferenz darüber.",
    "fr": "Nous nous rendons visite deux fois avant les vacances et nous en parlons en réunion.",
    "ar": "يزور المعلمون بعضهم بعضا مرتين قبل منتصف الفصل ثم يتحدثون عن ذلك في الاجتماع.",
    "zh": "我们在期中之前互相听课两次，然后在教师会议上讨论。",
    "ru": "Учителя дважды посещают уроки друг друга и обсуждают это на собрании.",
    "tr": "Öğretmenler dönem ortasından önce birbirlerini iki kez ziyaret eder ve toplantıda konuşur.",
    "hi": "शिक्षक छुट्टियों से पहले दो बार एक-दूसरे की कक्षा में जाते हैं और बैठक में बात करते हैं।",
    "uk": "Учителі двічі відвідують уроки одне одного й обговорюють це на зборах.",
    "he": "המורים מבקרים זה אצל זה פעמיים לפני החופשה ומדברים על כך בישיבה.",
    "ja": "教師は学期の半ばまでに二回お互いの授業を見て、会議で話し合います。",
    "pl": "Nauczyciele odwiedzają się dwa razy przed feriami i rozmawiają o tym na zebraniu.",
}


@pytest.mark.parametrize("code", TOLD)
def test_a_sentence_tells_its_language_whatever_was_declared(code: str) -> None:
    assert language_of(TOLD[code]) == code
    assert written_in(TOLD[code], "en") == code
    assert written_in(TOLD[code], "de-AT") == code


@pytest.mark.parametrize("text", ["", "12 + 30 = 42", "😀 …", "TCP", "ok"])
def test_what_is_too_short_to_tell_is_believed_to_be_as_declared(text: str) -> None:
    assert language_of(text) == ""
    assert (written_in(text, "de-AT"), written_in(text, "EN")) == ("de", "en")


def test_a_text_that_is_plainly_not_as_declared_is_not_taken_for_it_though_nobody_can_tell_what_it_is() -> None:
    danish_or_norwegian = "Kommune og skole er de samme, men man er i det hele."
    assert language_of(danish_or_norwegian) == ""
    assert written_in(danish_or_norwegian, "en") == UNTOLD
    assert written_in(danish_or_norwegian, "da") == "da"


def test_quotations_do_not_tell_a_texts_language() -> None:
    text = f"Wir lasen den Satz “{TOLD['en']}” und reden darüber, was er für uns heißt."
    assert language_of(text) == "de"


def test_a_language_is_called_by_its_name() -> None:
    assert [language_name(code) for code in ("de", "ar", "xx")] == ["German", "Arabic", "xx"]
    assert "not be told" in language_name(UNTOLD)


def test_every_language_that_can_be_told_has_a_name() -> None:
    codes = {str(code) for code in detecting._loaded().nb_classes} - detecting._NONE
    assert [code for code in sorted(codes) if language_name(code) == code] == []
