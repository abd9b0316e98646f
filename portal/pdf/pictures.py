"""Photos and drawn signatures made small enough for print."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from portal.lib import pictures

LONGEST = 1200


def prepare(data: bytes) -> tuple[str, bytes] | None:
    """The picture upright, at most 1200 pixels long, as JPEG, or PNG when it is see-through; None if unreadable."""
    try:
        return _encode(pictures.read(data, LONGEST))
    except pictures.Unreadable:
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
