"""Photos and drawn signatures made small enough for print, and read by nobody but Pillow."""

from __future__ import annotations

import warnings
from io import BytesIO

from PIL import Image, ImageOps

LONGEST = 1200
MOST_PIXELS = 60_000_000


def prepare(data: bytes) -> tuple[str, bytes] | None:
    """The picture upright, at most 1200 pixels long, as JPEG, or PNG when it is see-through; None if unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return None
                share = min(1, LONGEST / max(opened.size))
                size = (round(opened.width * share), round(opened.height * share))
                opened.draft("RGB", size)  # a JPEG is decoded at a smaller scale
                full = opened.convert("RGBA") if opened.mode in ("P", "1") else opened
                full.thumbnail(size, reducing_gap=2)
                return _encode(ImageOps.exif_transpose(full))
    except Exception:  # a damaged file may raise nearly anything
        return None


def _encode(picture: Image.Image) -> tuple[str, bytes]:
    written = BytesIO()
    clear = picture.has_transparency_data
    shown = picture.convert("RGBA" if clear else "RGB")
    shown.info = {}
    if clear:
        shown.save(written, "PNG")
        return "image/png", written.getvalue()
    shown.save(written, "JPEG", quality=80, optimize=True)
    return "image/jpeg", written.getvalue()
