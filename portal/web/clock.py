"""The time, read once where a request comes in and passed on from there."""

from datetime import UTC, date, datetime

from portal.forms.kinds import ZONE


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The company's day."""
    return now().astimezone(ZONE).date()
