"""The calls (CS-100) that follow when a complaint or a repair is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.effects import Opens
from portal.forms.filed import Filed
from portal.lib.clock import day

FOLLOW_UP_DAYS = (7, 30, 90)


def follow_up_calls(record: Filed) -> Iterator[Opens]:
    """R76: a draft for each of the three calls, due on its day; the record answers `customer`.

    A record that corrects another one's close asks nobody to call a second time.
    """
    if record["@corrects"] is not None:
        return
    closed_on = day(record.now)
    for round, days in enumerate(FOLLOW_UP_DAYS, 1):
        planned_on = closed_on + timedelta(days=days)
        yield Opens(
            "CS-100",
            {"customer": record["customer"], "planned_on": planned_on, "round": round},
            to="role:customer_service_officer",
            names_as="case_record",
            due=planned_on,
        )
