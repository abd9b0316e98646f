"""When and where a photograph was taken: read from what cameras write, and nothing believed that cannot be."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from portal.lib.clock import ZONE
from portal.lib.exif import Taken, caption, position, taken

NOW = datetime(2026, 5, 20, 4, tzinfo=UTC)
SHANGHAI: dict[int, Any] = {1: "N", 2: (31.0, 13.0, 49.32), 3: "E", 4: (121.0, 28.0, 25.32)}


def photo(
    told: dict[int, Any] | None = None, place: dict[int, Any] | None = None, kind: str = "JPEG"
) -> bytes:
    """A small picture with these words of its camera."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update(told or {})
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(place or {})
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#7a5230").save(out, kind, exif=exif)
    return out.getvalue()


def when(text: str, offset: str = "") -> dict[int, Any]:
    """The moment as a camera writes it."""
    told = {ExifTags.Base.DateTimeOriginal: text}
    return told | ({ExifTags.Base.OffsetTimeOriginal: offset} if offset else {})


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_time_and_place_are_read(kind: str) -> None:
    found = taken(photo(when("2026:05:19 14:02:07"), SHANGHAI, kind), ZONE, now=NOW)
    assert found.at == datetime(2026, 5, 19, 6, 2, 7, tzinfo=UTC)
    assert found.latitude == pytest.approx(31.230367, abs=1e-6)
    assert found.longitude == pytest.approx(121.4737, abs=1e-6)


def test_a_camera_that_names_its_zone_is_believed() -> None:
    found = taken(photo(when("2026:05:19 14:02:07", "+09:00")), ZONE, now=NOW)
    assert found.at == datetime(2026, 5, 19, 5, 2, 7, tzinfo=UTC)
    odd = taken(photo(when("2026:05:19 14:02:07", "+99:00")), ZONE, now=NOW)
    assert odd.at == datetime(2026, 5, 19, 6, 2, 7, tzinfo=UTC)


def test_south_and_west_are_negative() -> None:
    found = taken(photo(place={**SHANGHAI, 1: "S", 3: "W"}), ZONE, now=NOW)
    assert (found.latitude or 0) < 0 > (found.longitude or 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000:00:00 00:00:00",
        "2026:13:40 25:61:61",
        "1970:01:01 00:00:00",
        "2093:01:01 00:00:00",
        "昨天",
        "    :  :  ",
    ],
)
def test_an_absurd_moment_is_none(text: str) -> None:
    assert taken(photo(when(text), SHANGHAI), ZONE, now=NOW).at is None


@pytest.mark.parametrize(
    "place",
    [
        {1: "N", 2: (31.0, 13.0, 49.32)},
        {**SHANGHAI, 2: (95.0, 0.0, 0.0)},
        {**SHANGHAI, 4: (200.0, 0.0, 0.0)},
        {**SHANGHAI, 2: (31.0, 99.0, 0.0)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {**SHANGHAI, 2: (31.0, 13.0)},
        {**SHANGHAI, 2: (IFDRational(31), IFDRational(0, 0), IFDRational(1))},
    ],
)
def test_an_absurd_place_is_none(place: dict[int, Any]) -> None:
    found = taken(photo(when("2026:05:19 14:02:07"), place), ZONE, now=NOW)
    assert (found.latitude, found.longitude, found.placed) == (None, None, False)
    assert found.at is not None


@pytest.mark.parametrize(
    "pair",
    [
        (float("nan"), 1.0),
        (1.0, float("inf")),
        (None, 1.0),
        (1.0, None),
        (-90.1, 0.0),
        (0.0, 180.1),
        (0.0, 0.0),
    ],
)
def test_no_place_is_neither_number(pair: tuple[float | None, float | None]) -> None:
    assert position(*pair) == (None, None)


@pytest.mark.parametrize("data", [b"", b"no picture", photo()[:200], photo()])
def test_what_tells_nothing_is_unknown(data: bytes) -> None:
    assert taken(data, ZONE, now=NOW) == Taken()


def test_a_caption_says_what_is_known() -> None:
    both = {"taken_at": "2026-05-19T06:02:07+00:00", "place": "31.23037,121.47370"}
    assert caption(both) == "2026-05-19 14:02 · 31.23037, 121.47370"
    assert caption({"place": both["place"]}) == "31.23037, 121.47370"
    assert caption({"name": "x"}) == ""
