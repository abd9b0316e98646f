"""Pictures from outside, read by nobody but Pillow: measured before decoded, upright, no larger than asked for, for a screen."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 80_000_000
SHOWN = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
"""What pages and prints show, with the ending of its name."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


class Unreadable(ValueError):
    """It is no picture, a damaged one, or far too large."""


def read(data: bytes, longest: int, most: int = MOST_PIXELS) -> Image.Image:
    """The whole picture, its longer side at most so long, if it has no more than `most` pixels.

    Raises:
        Unreadable: it cannot be read to its end.
    """
    from PIL import Image, ImageFile, ImageOps  # 4 MB, of use when a picture comes in or is printed

    Image.MAX_IMAGE_PIXELS = None  # measured below; Pillow would first only warn
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, lets half a picture pass
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > most:
                raise Unreadable
            share = min(1, longest / max(opened.size))
            size = (max(round(opened.width * share), 1), max(round(opened.height * share), 1))
            opened.draft("RGB", size)  # a JPEG is decoded at a smaller scale
            full = opened.convert("RGBA") if opened.mode in ("P", "1") else opened
            full.load()
            full.thumbnail(size, reducing_gap=2)
            return ImageOps.exif_transpose(_for_screens(full))
    except Exception:  # a damaged file may raise nearly anything
        raise Unreadable from None


def _for_screens(picture: Image.Image) -> Image.Image:
    """The picture as screens and every way of writing it take it: no inks, no more than 256 shades of grey."""
    if picture.mode.startswith("I"):  # sixteen bits; Pillow by itself takes all but the darkest 256 for white
        picture = picture.point(lambda shade: shade / 256).convert("L")
        picture.info.pop("transparency", None)  # one of the 65,536 shades
    return picture.convert("RGB") if picture.mode == "CMYK" else picture
