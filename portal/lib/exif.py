"""When and where a photograph was taken, as its camera wrote it into the file; what cannot be true counts as unknown."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from io import BytesIO
from typing import Any

from portal.lib.clock import minute
from portal.lib.pictures import FORMATS

EARLIEST = datetime(
    1990, 1, 1, tzinfo=UTC
)  # before digital cameras; a clock that was never set says 1970 or 1980
LATEST = timedelta(days=1)  # so far may a camera's clock be ahead
_TAKEN, _TAKEN_OFFSET = 0x9003, 0x9011  # tags: DateTimeOriginal, OffsetTimeOriginal
_MOMENT = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True)
class Taken:
    """The moment and the place of a photograph, as far as they are known."""

    at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def placed(self) -> bool:
        """Whether the place is known."""
        return self.latitude is not None


def taken(data: bytes, zone: tzinfo, *, now: datetime) -> Taken:
    """What the picture tells of itself; a camera that names no time zone stands in `zone`."""
    from PIL import ExifTags, Image  # 4 MB, of use when a photograph comes in

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            exif = picture.getexif()
            told, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # a damaged file may raise nearly anything
        return Taken()
    at = believable(_moment(told, zone), now=now)
    return Taken(at, *position(_degrees(place, 2, 1, "S"), _degrees(place, 4, 3, "W")))


def believable(at: datetime | None, *, now: datetime) -> datetime | None:
    """The moment, unless no camera can have taken a picture then."""
    return at if at is not None and EARLIEST <= at <= now + LATEST else None


def position(latitude: float | None, longitude: float | None) -> tuple[float | None, float | None]:
    """The two coordinates, or neither: one alone, one out of range, and the point 0, 0 are no place."""
    if latitude is None or longitude is None or not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180 or not (latitude or longitude):
        return None, None
    return latitude, longitude


def caption(reference: Mapping[str, Any]) -> str:
    """What stands under a photograph: when and where it was taken, as far as its reference says so."""
    at, place = reference.get("taken_at"), reference.get("place", "")
    return " · ".join(
        filter(None, (minute(datetime.fromisoformat(at)) if at else "", place.replace(",", ", ")))
    )


def _moment(told: Any, zone: tzinfo) -> datetime | None:
    found = _MOMENT.match(str(told.get(_TAKEN, "")).strip())
    if found is None:
        return None
    try:
        year, month, day, hour, minutes, seconds = (int(part or 0) for part in found.groups())
        own = _offset(told) or zone
        return datetime(year, month, day, hour, minutes, seconds, tzinfo=own).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(told: Any) -> tzinfo | None:
    found = _OFFSET.match(str(told.get(_TAKEN_OFFSET, "")).strip())
    if found is None or int(found[2]) > 14:
        return None
    way = -1 if found[1] == "-" else 1
    return timezone(way * timedelta(hours=int(found[2]), minutes=int(found[3])))


def _degrees(place: Any, numbers: int, side: int, other: str) -> float | None:
    """Degrees, minutes and seconds as one number, negative on the other side of the equator or of Greenwich."""
    try:
        degrees, minutes, seconds = (float(one) for one in place[numbers])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not (0 <= minutes <= 60 and 0 <= seconds <= 60):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    return -found if str(place.get(side, "")).strip("\0 ").upper() == other else found
