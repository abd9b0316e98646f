"""What the forms of after-sales service share: types of service, who stands for the department, who may be served how."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.domain.signoff import either, role
from portal.forms.kinds import Ref
from portal.forms.references import Customer
from portal.lib.i18n import _l
from portal.queries import service

FEE, CONTRACT, FREE, ADMINISTRATION = (
    "a_fee_service",
    "b_contract_service",
    "c_free_service",
    "d_general_administration",
)
SERVICE_TYPES = {FEE: _l("A收费服务"), CONTRACT: _l("B合同服务"), FREE: _l("C免费服务")}
ALL_TYPES = {**SERVICE_TYPES, ADMINISTRATION: _l("D一般行政工作")}
NO_CONTRACT = _l("该客户当天没有生效的保养合同，不能按 B 合同服务受理，请改选 A 收费服务")
NO_WARRANTY = _l("该客户当天不在保修期内，不能按 C 免费服务受理，请改选 A 收费服务")

FEEDBACK_HOURS = 24  # from the end of the work until customer service knows what came of it

# Nobody judges their own work: what the manager has drawn up, the director of the centre looks at.
MANAGER = either(role("after_sales_manager"), role("customer_service_director"))


def contract_ref(kind: str | None, customer: Ref | None, on: date | None) -> Ref | None:
    """R69: the contract by which a service of type B is given."""
    if kind != CONTRACT or not (customer and customer.id and on):
        return None
    found = service.contract_in_force(customer.id, on)
    return Ref(found.record_id, found.label) if found else None


def warranty_text(kind: str | None, customer: Ref | None, machine: Ref | None, on: date | None) -> str | None:
    """R69: the warranty by which a service of type C is given."""
    if kind != FREE or not (customer and customer.id and on):
        return None
    return service.warranty_in_force(customer.id, on, machine_id=machine.id if machine else None) or None


def unfounded(kind: str | None, customer: Ref | None, machine: Ref | None, on: date | None) -> Any:
    """R69: what speaks against a type of service; nothing if it may be given."""
    if not (customer and customer.id and on):
        return None
    if kind == CONTRACT and contract_ref(kind, customer, on) is None:
        return NO_CONTRACT
    if kind == FREE and warranty_text(kind, customer, machine, on) is None:
        return NO_WARRANTY
    return None


def others_machine(machine: Ref | None, customer: Ref | None) -> bool:
    """Whether the machine was delivered to another customer."""
    if not (machine and machine.id and customer and customer.id):
        return False
    return service.machine_customer(machine.id) not in (None, customer.id)


def customer_of_project(project: Ref | None, customer: Ref | None) -> bool:
    """Whether a project may be this customer's: it is, or its customer is not known."""
    if not (project and project.id and customer and customer.id):
        return True
    return service.customer_of(project.id) in (None, customer.id)


def fill_customer(field: Customer, customer_id: int | None) -> None:
    """Fills in the customer whom the record named already tells, where nobody has typed another."""
    if customer_id and field.data is None and not field.text:
        field.data = Ref(customer_id, service.customer_label(customer_id))


OTHERS_MACHINE = _l("该机编号登记在另一位客户名下，请核对客户和机编号")
