"""Files as people and worse send them, made here byte by byte."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence

from PIL import Image

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>"""


def pdf(*pages: Sequence[str]) -> bytes:
    """A PDF with these lines on its pages."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for at, lines in enumerate(pages):
        shown = "".join(f"({line}) Tj 0 -16 Td " for line in lines)
        drawn = f"BT /F1 12 Tf 72 720 Td {shown}ET"
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {5 + 2 * at} 0 R"
        parts += [f"{page}/Resources<</Font<</F1 3 0 R>>>>>>", f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream"]
    body = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj{part}endobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        body
        + (
            f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}"
            f"trailer<</Root 1 0 R/Size {len(parts) + 1}>>\nstartxref\n{len(body)}\n%%EOF"
        ).encode()
    )


def word(body: str, **parts: bytes) -> bytes:
    """A Word document with this body in WordprocessingML."""
    document = (
        '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    return archive({"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": document, **parts})


def paragraph(text: str, style: str = "") -> str:
    """One paragraph; `style` such as Heading1."""
    how = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{how}<w:r><w:t>{text}</w:t></w:r></w:p>"


def archive(parts: dict[str, str] | dict[str, bytes] | dict[str, str | bytes]) -> bytes:
    """A ZIP archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in parts.items():
            written.writestr(name, data)
    return made.getvalue()


def lying_archive(unpacked: int) -> bytes:
    """A Word document whose body unpacks to so many bytes, and whose list says that it is small."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(packed.compress(b" " * 1_000_000) for _ in range(unpacked // 1_000_000)) + packed.flush()
    made = archive({"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": b"x" * len(data)})
    with zipfile.ZipFile(io.BytesIO(made)) as there:
        info = there.getinfo("word/document.xml")
    stored = archive_stored({"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS}, data)
    assert info.file_size == len(data)
    return stored


def archive_stored(parts: dict[str, str], body: bytes) -> bytes:
    """An archive whose document is these bytes, stored, but said to be packed and 1,000 bytes long when unpacked."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as written:
        for name, text in parts.items():
            written.writestr(name, text)
        written.writestr("word/document.xml", body)
    raw = bytearray(made.getvalue())
    for mark, packing, sizes in ((b"PK\x03\x04", 8, 18), (b"PK\x01\x02", 10, 20)):
        at = raw.rfind(mark)
        raw[at + packing : at + packing + 2] = (8).to_bytes(2, "little")
        raw[at + sizes + 4 : at + sizes + 8] = (1000).to_bytes(4, "little")
    return bytes(raw)


def picture(form: str = "PNG", size: tuple[int, int] = (60, 40), *, place: bool = False) -> bytes:
    """A picture; with `place`, of a camera that wrote down where it was."""
    made = io.BytesIO()
    exif = Image.Exif()
    if place:
        exif[0x010F] = "CANARY-CAMERA"
        exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", size, "teal").save(made, form, exif=exif)
    return made.getvalue()
