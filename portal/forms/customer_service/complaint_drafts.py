"""What a complaint (CS-51) sets going: quality information, a warning, a report of eight items, a case of the library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.effects import Opens
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.queries import calendar, complaints, customers, people

WARNING_DAYS = 2  # R64: working days to decide whether somebody is warned
REPORT_DAYS = 30  # R68: for the report of eight items


def quality_information(record: Filed) -> Opens:
    """A complaint is quality information of class A."""
    return Opens(
        "QA-01",
        {
            "information_class": "class_a",
            "class_item": "important_customer_opinion_or_complaint",
            "found_at": record["received_at"],
            "department": Ref(record.department_id, people.department_name(record.department_id, "zh")),
            "product": record["product_model"],
            "description": record["content"],
            "evidence": record["evidence"],
        },
        to=f"person:{record.applicant_id}",
        names_as="source_record",
    )


def warning(record: Filed) -> Iterator[Opens]:
    """R64: for a colleague outside customer service who heard of it and did not relay it."""
    heard_by = record["first_received_by"]
    told = complaints.relayed_by(heard_by.id, record.itself)
    if told or customers.works_in(heard_by.id, "customer_service"):
        return
    yield Opens(
        "AD-01",
        {"employee": heard_by, "received_at": record["received_at"], "discovered_on": day(record.now)},
        to="role:customer_service_supervisor",
        names_as="complaint",
        due=calendar.current().add_working_days(record.now, WARNING_DAYS),
    )


def report(record: Filed) -> Opens:
    """R68: for the person in charge; of a complaint that did not hold, for customer service."""
    person = record["person_in_charge"] if record["complaint_valid"] else None
    return Opens(
        "CS-59",
        {
            "customer": record["customer"],
            "problem": record["content"],
            "cause": record["cause_analysis"] or record["confirmed_cause"],
            "solution": record["solution"],
            "prevention": record["prevention"],
        },
        to=f"person:{person.id}" if person else "role:customer_service_officer",
        names_as="complaint",
        due=day(record.now) + timedelta(days=REPORT_DAYS),
    )


def case(record: Filed) -> Opens:
    """What can be learnt, for the case library."""
    return Opens(
        "CS-07",
        {
            "customer": record["customer"],
            "found_at": record["received_at"],
            "problem_statement": record["content"],
            "customer_demand": record["demand"],
        },
        to="role:customer_service_officer",
        names_as="source_record",
    )
