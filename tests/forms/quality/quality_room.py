"""What the small company's people of quality write, for tests of several forms."""

from __future__ import annotations

from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.models import Draft, Record
from tests.forms.customer_service.shop import NOW, TODAY, Shop


def department(shop: Shop, login: str = "production_manager") -> Ref:
    """The department in which somebody works."""
    of = shop.actor(login).person.department
    return Ref(of.id, of.name)


def information(shop: Shop, **changed: Any) -> dict[str, Any]:
    """The answers of quality information of class B."""
    return {
        "information_class": "class_b",
        "class_item": "serious_nonconforming_item_or_defect",
        "found_at": NOW,
        "department": department(shop),
        "place": "焊接车间",
        "description": "焊缝未熔合",
        **changed,
    }


def informed(shop: Shop, **changed: Any) -> Record:
    """Quality information of the workshop."""
    return shop.submit("QA-01", "production_engineer", **information(shop, **changed))


def eight_d(shop: Shop) -> Record:
    """An 8D report."""
    leader = shop.person("production_manager")
    return shop.submit(
        "QA-15",
        "quality_inspector",
        source_record=shop.ref(informed(shop)),
        subject="门板划伤",
        responsible_department=department(shop),
        team_leader=leader,
        team=[{"person": leader, "task": "组织"}],
        problem="12件划伤",
        found_on=TODAY,
    )


def content_of(draft: Draft) -> dict[str, Any]:
    """The typed answers of a draft."""
    return load(fields(FORMS[draft.form_code]()), draft.answers)
