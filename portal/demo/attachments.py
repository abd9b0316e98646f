"""Small files that the demo's people attach: a scan, photographs, signatures drawn with a finger."""

from __future__ import annotations

import io
from functools import cache
from random import Random

from PIL import Image, ImageDraw

PHOTOS, SIGNATURES, SCANS = 8, 6, 4


@cache
def scan(which: int) -> bytes:
    """A PDF of one page with a few ruled lines, as a scanned paper looks from afar."""
    rng = Random(which)
    rules = "\n".join(f"60 {y} m {rng.randint(300, 535)} {y} l S" for y in range(720, 120, -24))
    drawn = f"0.6 w 0.35 g 0.35 G\n{rules}\n0.75 0.1 0.1 RG 2 w 430 150 90 90 re S".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    )
    out, places = io.BytesIO(b""), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


@cache
def photo(which: int) -> bytes:
    """A JPEG of a building site: sky, ground, a few walls."""
    rng = Random(which)
    picture = Image.new("RGB", (640, 480), (176 + rng.randint(0, 40), 200, 224))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 330, 640, 480), fill=(126, 112 + rng.randint(0, 20), 94))
    for _wall in range(6):
        left, top = rng.randint(0, 560), rng.randint(90, 300)
        shade = rng.randint(90, 190)
        draw.rectangle((left, top, left + rng.randint(40, 150), 400), fill=(shade, shade - 8, shade - 20))
        draw.line((left, top, left + 150, top - 40), fill=(90, 90, 96), width=4)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    return out.getvalue()


@cache
def signature(which: int) -> bytes:
    """A PNG of a stroke drawn on a screen."""
    rng = Random(which)
    picture = Image.new("RGBA", (360, 140), (255, 255, 255, 0))
    draw = ImageDraw.Draw(picture)
    x, y = 24, 70
    points = [(x, y)]
    while x < 330:
        x, y = x + rng.randint(4, 16), min(120, max(20, y + rng.randint(-34, 34)))
        points.append((x, y))
    draw.line(points, fill=(24, 32, 60, 255), width=4, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
