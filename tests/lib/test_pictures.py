"""Pictures from outside: whole, upright, small, or refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from portal.lib.pictures import Unreadable, read


def made(size: tuple[int, int], kind: str, **more: object) -> bytes:
    """A picture with something on it."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A small file that says it is a large picture."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    parts = [
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one))
        for one in (head, body, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_comes_out_small(kind: str) -> None:
    assert read(made((900, 300), kind), 300).size == (300, 100)
    assert read(made((90, 30), kind), 300).size == (90, 30)


def test_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert read(made((400, 200), "JPEG", exif=turned), 200).size == (100, 200)


@pytest.mark.parametrize("longest", [256, 100])
def test_sixteen_bit_grey_keeps_its_shades(longest: int) -> None:
    deep, out = Image.new("I;16", (256, 4)), io.BytesIO()
    deep.putdata([column * 256 for _row in range(4) for column in range(256)])
    deep.save(out, "PNG", transparency=300)
    shown = read(out.getvalue(), longest).convert("RGBA")
    for share in (0.25, 0.5, 0.75):
        red, green, blue, opaque = shown.getpixel((round(shown.width * share), 0))
        assert abs(red - 256 * share) < 4
        assert (red, red, 255) == (green, blue, opaque)


def test_inks_become_colours() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (40, 40), (0, 255, 255, 0)).save(out, "JPEG")
    shown = read(out.getvalue(), 320)
    shown.save(io.BytesIO(), "PNG")  # which knows no inks
    assert shown.getpixel((20, 20)) == (255, 0, 0)


@pytest.mark.proves("S38")
@pytest.mark.parametrize("data", [b"", b"no picture", claiming(50_000, 50_000), claiming(9000, 9000)])
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data, 320)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_half_a_picture_is_refused(kind: str) -> None:
    whole = made((900, 700), kind)
    with pytest.raises(Unreadable):
        read(whole[: len(whole) // 2], 320)
