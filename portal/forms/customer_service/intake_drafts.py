"""What a visit or call (CS-90) becomes: drafts of other forms, filled with what the caller has said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from portal.domain.effects import Opens
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.queries import customers, goods

# The same way of getting in touch has another name on each form; what is missing is asked there.
COMPLAINT_CHANNELS = {"hotline": "telephone", "repair_station": "other"}
REPAIR_WAYS = {"telephone": "telephone", "hotline": "telephone", "visit": "visit", "website": "website"}
SUPPORT_CHANNELS = {"hotline": "telephone", "visit": None, "dealer": None, "repair_station": None}
MARKETING_CHANNELS = {
    "telephone": "telephone_marketing",
    "hotline": "telephone_marketing",
    "website": "online_marketing",
    "e_mail": "online_marketing",
    "wechat": "online_marketing",
}


def drafts(record: Filed) -> Iterator[Opens]:
    """The drafts, each for the person who took the call."""
    if record["kind"] == "complaint":
        yield _opens(record, "CS-51", _complaint(record))
    if record["kind"] == "repair":
        yield _opens(record, "CS-76", _repair(record))
    if record["technical_problem"]:
        yield _opens(record, "CS-01", _support(record))
    if record["purchase_intention"]:
        yield _opens(record, "CR-12", _prospect(record))
    if record["customer_data_gathered"] and record["customer"] is None:
        yield _opens(record, "CS-30", _registration(record))


def _opens(record: Filed, code: str, answers: Mapping[str, Any]) -> Opens:
    return Opens(code, answers, to=f"person:{record.applicant_id}")


def _complaint(record: Filed) -> dict[str, Any]:
    channel = record["channel"]
    return {
        "complainant": record["caller"],
        "complainant_phone": record["caller_phone"],
        "customer": record["customer"],
        "intake_point": "call_centre" if channel == "hotline" else "owner_service_desk",
        "channel": COMPLAINT_CHANNELS.get(channel, channel),
        "received_at": record["received_at"],
        "first_received_by": _taken_by(record),
        "complaint_object": record["room_or_project"],
        "content": record["content"],
    }


def _repair(record: Filed) -> dict[str, Any]:
    return {
        "customer": record["customer"],
        "site_address": record["room_or_project"],
        "contact_phone": record["caller_phone"],
        "site_condition": record["content"],
        "intake_point": "owner_service_desk",
        "intake_way": REPAIR_WAYS.get(record["channel"]),
        "received_at": record["received_at"],
        "receiver": _taken_by(record),
    }


def _support(record: Filed) -> dict[str, Any]:
    return {
        "customer": record["customer"],
        "contact_person": record["caller"],
        "contact_phone": record["caller_phone"],
        "channel": SUPPORT_CHANNELS.get(record["channel"], record["channel"]),
        "received_at": record["received_at"],
        "problem": record["content"],
    }


def _prospect(record: Filed) -> dict[str, Any]:
    known = record["customer"]
    found = customers.find(known.id) if known else None
    return {
        "prospect_name": found.name if found else record["caller"],
        "known_customer": known,
        "contact_person": record["caller"],
        "contact_phone": record["caller_phone"],
        "marketing_channel": MARKETING_CHANNELS.get(record["channel"], "other"),
        "response_at": record["received_at"],
        "response_content": record["purchase_intention"],
    }


def _registration(record: Filed) -> dict[str, Any]:
    return {
        "customer_name": record["caller"],
        "contact_person": record["caller"],
        "contact_phone": record["caller_phone"],
        "source": "visit_or_call",
    }


def _taken_by(record: Filed) -> Ref:
    return Ref(record.applicant_id, goods.person_label(record.applicant_id))
