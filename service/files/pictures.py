"""Pictures, by Pillow: looked at whole, and drawn anew, so that neither a place nor a camera's number is kept."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, ImageOps

from service.domain.files import FileKind, FileRead, UnreadableFile

LONGEST_SIDE: Final = 2_400
"""Pixels: enough to read a photographed page by; larger ones are made smaller."""
MOST_PIXELS: Final = 50_000_000
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")


def read(data: bytes) -> FileRead:
    """No text, and the picture as it is kept: PNG, or JPEG where it came as one. Raises UnreadableFile."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
            as_photo = sent.format == "JPEG"
            picture = ImageOps.exif_transpose(sent)
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            drawn = picture.convert("RGB" if as_photo else "RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableFile(f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels.") from error
    except MemoryError:
        raise
    except Exception as error:  # decoders fail in as many ways as there are files
        raise UnreadableFile("This picture is damaged: it cannot be drawn. Save it anew as PNG or JPEG.") from error
    kept = io.BytesIO()
    drawn.info.clear()
    drawn.save(kept, "JPEG" if as_photo else "PNG")
    media_type = "image/jpeg" if as_photo else "image/png"
    said = "A picture is shown to those who read the work; no text is read from it."
    return FileRead(FileKind.PICTURE, media_type, "", kept.getvalue(), remarks=(said,))
