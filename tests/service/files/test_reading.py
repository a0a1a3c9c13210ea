"""A file that somebody sends is read for its text, or refused with a sentence; whatever it holds, it does no harm."""

from __future__ import annotations

import io
import os
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from service.domain.errors import Unavailable
from service.domain.files import FileKind, UnreadableFile
from service.files import child, reading
from tests.service.files import made


def test_a_pdf_gives_its_lines_page_by_page() -> None:
    read = reading.read(made.pdf(["We pair teachers", "across grades."], ["Zum Schluss: Grüße."]), "plan.pdf")
    assert (read.kind, read.pages, read.remarks) == (FileKind.PDF, 2, ())
    assert read.text == "We pair teachers\nacross grades.\n\nZum Schluss: Grüße."


def test_a_scanned_pdf_says_that_there_is_no_text_in_it() -> None:
    assert "has to be typed" in reading.read(made.pdf([], []), "scan.pdf").remarks[0]
    partly = reading.read(made.pdf(["Page one"], []), "half.pdf")
    assert partly.remarks == ("1 of its 2 pages hold no text, only pictures.",)


def test_a_word_document_keeps_headings_and_lists_as_markdown() -> None:
    body = made.paragraph("Who visits whom", "Heading1") + made.paragraph("Amara visits Ben &amp; Chidi.")
    read = reading.read(made.word(body), "plan.docx")
    assert read.kind is FileKind.WORD
    assert read.text.endswith("Amara visits Ben & Chidi.")
    assert "Who visits whom" in read.text


@pytest.mark.parametrize(
    ("name", "data", "kind", "text"),
    [
        ("a.txt", "Grüße aus Köln, schöne Tage".encode("latin-1"), FileKind.PLAIN_TEXT, "Grüße aus Köln, schöne Tage"),
        ("a.txt", "\ufeffplain".encode(), FileKind.PLAIN_TEXT, "plain"),
        ("a.txt", "naïve plan".encode("utf-16"), FileKind.PLAIN_TEXT, "naïve plan"),
        ("a.txt", b"one\r\ntwo\rthree\n", FileKind.PLAIN_TEXT, "one\ntwo\nthree\n"),
        ("a.md", b"# Plan\n\n* one", FileKind.MARKDOWN, "# Plan\n\n* one"),
        ("a.py", b"def f():\n    return 1\n", FileKind.CODE, "def f():\n    return 1\n"),
        (
            "a.html",
            b"<h1>Plan</h1><p>We <b>visit</b>.<script>x()</script>",
            FileKind.WEB_PAGE,
            "# Plan\n\nWe **visit**.\n",
        ),
        ("no ending", b"<!doctype html><p>Hello", FileKind.WEB_PAGE, "Hello\n"),
        ("a.txt", "план урока".encode("cp1251") * 20, FileKind.PLAIN_TEXT, "план урока" * 20),
    ],
)
def test_text_is_read_in_whatever_characters_it_was_written(name: str, data: bytes, kind: FileKind, text: str) -> None:
    read = reading.read(data, name)
    assert (read.kind, read.text, read.data) == (kind, text, data)


def test_a_file_is_what_its_bytes_say_and_not_what_its_name_claims() -> None:
    assert reading.read(made.pdf(["Hello"]), "innocent.txt").kind is FileKind.PDF
    assert reading.read(made.picture(), "plan.pdf").kind is FileKind.PICTURE


@pytest.mark.parametrize(("form", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/png")])
def test_a_picture_is_kept_without_what_the_camera_wrote_into_it(form: str, media_type: str) -> None:
    sent = made.picture(form, (3000, 30), place=True)
    assert b"CANARY-CAMERA" in sent
    read = reading.read(sent, "photo")
    assert read.media_type == media_type
    assert b"CANARY" not in read.data
    with Image.open(io.BytesIO(read.data)) as kept:
        assert not kept.getexif()
        assert kept.size == (2400, 24)


HOSTILE: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "nothing": (b"", "empty"),
    "no text": (bytes(range(256)) * 20, "not taken in"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\x00" * 300, "not taken in"),
    "a broken pdf": (b"%PDF-1.7\n" + b"\xff" * 2_000, "damaged"),
    "a pdf cut short": (lambda: made.pdf(["Hello"])[:60], "damaged"),
    "a pdf of pages without end": (lambda: made.pdf(*([["x"]] * 201)), "at most 200"),
    "a picture that is none": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "damaged"),
    "a picture cut short": (lambda: made.picture("JPEG", (900, 900))[:600], "damaged"),
    "an archive of files": (lambda: made.archive({"a.txt": "x"}), "no Word document"),
    "a broken archive": (b"PK\x03\x04" + b"\x00" * 400, "damaged"),
    "a document that says it is too large": (
        lambda: made.archive({"word/document.xml": b" " * 101_000_000}),
        "unpacks",
    ),
    "a document that lies": (lambda: made.lying_archive(400_000_000), "damaged"),
    "a document of too many parts": (
        lambda: made.archive({"word/document.xml": "", **{f"p{at}": "" for at in range(2_001)}}),
        "unpacks",
    ),
    "entities in entities": (
        lambda: made.archive(
            {
                "[Content_Types].xml": made._TYPES,
                "_rels/.rels": made._RELATIONS,
                "word/document.xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
                + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 20}">' for at in range(9))
                + "]><a>&j;</a>",
            }
        ),
        "declares entities",
    ),
    "tags without end": (b"<html>" + b"<div>" * 60_000, "more markup than text"),
}
"""What is sent, and what is said of it. What takes long to make is made when it is sent."""


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_a_sentence(what: str) -> None:
    sent, said = HOSTILE[what]
    data = sent() if callable(sent) else sent
    begin = time.monotonic()
    with pytest.raises(UnreadableFile, match=said):
        reading.read(data, "sent")
    assert time.monotonic() - begin < reading.SECONDS


def test_a_picture_of_too_many_pixels_is_never_drawn() -> None:
    made_ = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(made_, "PNG")
    with pytest.raises(UnreadableFile, match="million pixels"):
        reading.read(made_.getvalue(), "large.png")


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A parser that never ends, in place of the one for PDF; writes the number of its process down."""
    package = tmp_path / "pypdfium2.py"
    number = tmp_path / "number"
    package.write_text(
        f"import os, pathlib, time\npathlib.Path({str(number)!r}).write_text(str(os.getpid()))\ntime.sleep(600)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    return number


def test_a_parser_that_never_ends_is_killed(endless: Path) -> None:
    with pytest.raises(UnreadableFile, match="too long"):
        reading.read(made.pdf(["x"]), "a.pdf", seconds=3)
    with pytest.raises(ProcessLookupError):
        os.kill(int(endless.read_text()), 0)


def test_no_more_are_read_at_once_than_there_are_turns_and_the_rest_are_asked_to_wait(endless: Path) -> None:
    def read() -> None:
        with pytest.raises(UnreadableFile):
            reading.read(made.pdf(["x"]), "a.pdf", seconds=4)

    busy = [threading.Thread(target=read) for _ in range(reading.AT_ONCE)]
    for one in busy:
        one.start()
    time.sleep(0.5)
    with pytest.raises(Unavailable, match="again in a minute"):
        reading.read(b"hello", "a.txt", seconds=0.2)
    for one in busy:
        one.join()
    assert reading.read(b"hello", "a.txt").text == "hello"


def test_the_limits_hold_for_memory_time_and_output() -> None:
    pid = os.fork()
    if pid == 0:  # a process of its own: limits cannot be taken back
        child.limit()
        try:
            bytearray(child.MEMORY)
        except MemoryError:
            limits = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
            held = [resource.getrlimit(one)[1] for one in limits]
            os._exit(0 if held == [child.MEMORY, child.SECONDS, child.WRITTEN, 0] else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
