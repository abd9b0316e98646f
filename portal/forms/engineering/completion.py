"""What the completion of a site (EN-24) leaves: a completed project, and the papers for after-sales service."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.effects import ChangesProject, Effect, Opens
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.queries import goods, projects, service, settlement, works


def completed(record: Filed, key: str) -> Iterator[Effect]:
    """The project is completed; one whose completion is corrected to a failure goes on."""
    project = record["project"].id
    if record["verdict"] == "pass":
        yield ChangesProject(project, {"state": "completed", "finished_on": record["completed_on"]})
    for row in works.stages_of(record["@corrects"]):
        if row.key == key and (record["verdict"] != "pass" or row.project_id != project):
            former = projects.project(row.project_id)
            state = "held" if former and former.facts.get("held_by") else "running"
            facts = {"going_since": day(record.now).isoformat()}
            yield ChangesProject(row.project_id, {"state": state, "finished_on": None}, facts)


def handed_over(record: Filed, key: str) -> Iterator[Effect]:
    """After-sales service takes over the documents, once for each project."""
    project = record["project"]
    if record["verdict"] != "pass" or projects.passed(project.id, key):
        return
    contract, customer = settlement.contract_of(project.id), service.customer_of(project.id)
    answers = {
        "project": project,
        "completed_on": record["completed_on"],
        "free_months": record["free_months"],
        "warranty_start": record["completed_on"],
    }
    if customer:
        answers["customer"] = Ref(customer, service.customer_label(customer))
    if contract:
        answers["contract"] = Ref(contract, goods.label(contract))
    yield Opens("CS-71", answers, to="role:engineering_manager", names_as="completion_acceptance")
