"""Obligations of papers that expire, warranties and service contracts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.domain.permissions import person_key, role_key
from portal.forms.customer_service.maintenance_contract import MaintenanceContract, visits
from portal.forms.customer_service.service_words import CONTRACT
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.lib.i18n import _l
from portal.queries import goods, owed, owed_service, service

OFFICERS = (role_key("customer_service_officer"),)
AFTER_SALES = (role_key("after_sales_manager"),)
DIRECTOR = (role_key("customer_service_director"),)
DAYS = _l("天")
SUPPLEMENT = "补加合同"  # among a customer's papers; what follows a contract is another obligation's matter
TERMS = (
    *("project", "scope", "service_fee", "fee_rule", "parts_charged", "visits_per_year", "response_hours"),
)
LONG = timedelta(days=180)  # after its day a case that nobody took up is history


def expiring_papers(look: Look) -> Iterator[Case]:
    """A licence of a customer is renewed before it expires."""
    first, last = look.today - LONG, look.today + timedelta(days=look.numbers["before"])
    newest = owed_service.newest("customer_papers", ("paper",))
    for line in owed_service.lines("customer_papers", "expires_on", max(first, look.since), last):
        expires, paper = line.day("expires_on"), str(line.facts.get("paper") or "")
        if line.customer_id is None or expires is None or paper == SUPPLEMENT:
            continue
        later = newest[line.customer_id, paper]
        customer = owed.customer(line.customer_id)
        keeper = customer.custodian_id or customer.owner_id
        yield Case(
            f"{line.customer_id}:{paper}:{expires}",
            (person_key(keeper),) if keeper else OFFICERS,
            look.at(expires),
            f"{customer.label} {paper} {expires}",
            {
                "customer": Ref(customer.id, customer.label),
                "customer_kind": "existing_customer",
                "paper_rows": [{"paper": paper}],
            },
            customer=customer.id,
            kept=later.id > line.id and (later.day("expires_on") or date.max) > expires,
        )


def ending_warranties(look: Look) -> Iterator[Case]:
    """A maintenance contract is offered before the warranty ends."""
    yield from _ending(look, "warranty", "end_of_warranty")


def ending_contracts(look: Look) -> Iterator[Case]:
    """A service contract is renewed before it ends."""
    yield from _ending(look, "service_contracts", "contract_renewal")


def _ending(look: Look, ledger: str, origin: str) -> Iterator[Case]:
    first = max(look.since, look.today - LONG)
    last = look.today + timedelta(days=look.numbers["before"])
    found = [line for line in owed_service.lines(ledger, "end", first, last) if _counts(line)]
    asked = {line.customer_id for line in found if line.customer_id}
    offers = owed.records_about(["CS-73"], asked, owed.ANSWERED)
    for line in found:
        end = line.day("end")
        if line.customer_id is None or end is None:
            continue
        customer = owed.customer(line.customer_id)
        asked_from = look.at(end - timedelta(days=look.numbers["before"] + 30))
        yield Case(
            f"{ledger}:{line.id}",
            AFTER_SALES,
            look.at(end),
            f"{customer.label} {end}",
            {
                "customer": Ref(customer.id, customer.label),
                **_goes_on(line),
                "origin": origin,
                "start_date": end + timedelta(days=1),
            },
            customer=customer.id,
            record=line.record_id,
            kept=any(
                one.customer_id == line.customer_id
                and one.at >= asked_from
                and one.answers.get("origin") == origin
                and _same_project(one, line)
                for one in offers
            ),
        )


def _counts(line: owed_service.Line) -> bool:
    """A warranty, or a contract that was signed; a supplement ends with its contract."""
    return line.facts.get("outcome", "signed") == "signed" and not line.facts.get("supplement")


def _goes_on(line: owed_service.Line) -> dict[str, Any]:
    """What the next contract takes over: the project of a warranty, the terms of a contract."""
    if "project_id" in line.facts:
        return {"project": Ref(line.facts["project_id"], line.facts["project"])}
    defined = fields(MaintenanceContract())
    stored = goods.opening_answers(line.record_id)
    terms = load([one for one in defined if one["name"] in TERMS], stored)
    return {name: given for name, given in terms.items() if given is not None}


def _same_project(offer: owed.About, line: owed_service.Line) -> bool:
    """Whether a contract is offered for the same work, as far as both name it."""
    named, project = offer.answers.get("project"), line.facts.get("project")
    return not (named and project) or named["text"] == project


def maintenance_visits(look: Look) -> Iterator[Case]:
    """The visits of a service contract in force are made, spread evenly over the year."""
    window = timedelta(days=look.numbers["before"])
    every = owed_service.lines("service_contracts", "end", look.today - LONG, date.max)
    found = [line for line in every if _counts(line)]
    visited = owed_service.named_by("CS-76", {line.record_id for line in found})
    for line in found:
        start, end, yearly = line.day("start"), line.day("end"), int(line.facts.get("visits_per_year") or 0)
        if line.customer_id is None or start is None or end is None or not yearly:
            continue
        customer = owed.customer(line.customer_id)
        terms = _goes_on(line)
        address, phone = service.contact(customer.id)
        days = visits(start, end, yearly)
        for number, planned in enumerate(days, 1):
            following = days[number] if number < len(days) else date.max
            if planned < look.since or not planned - window <= look.today <= planned + LONG:
                continue
            yield Case(
                f"{line.record_id}:{number}",
                OFFICERS,
                look.at(planned),
                f"{customer.label} {planned}",
                {
                    "customer": Ref(customer.id, customer.label),
                    "site_address": address,
                    "contact_phone": phone,
                    "site_condition": terms.get("scope"),
                    "service_type": CONTRACT,
                },
                customer=customer.id,
                record=line.record_id,
                kept=any(
                    planned - window <= day < following - window for day in visited.get(line.record_id, ())
                ),
            )


OBLIGATIONS = (
    Obligation(
        "OS-07",
        "",
        "customer_service",
        _l("客户证照到期更新"),
        _l("客户证照台帐中的有效期将至"),
        _l("资料管理专人或负责的客服专员"),
        _l("有效期截止日"),
        _l("新证照已登记"),
        "CS-36",
        _l("告知客服中心主任"),
        DIRECTOR,
        (Number("before", _l("提前提醒"), 30, DAYS),),
        cases=expiring_papers,
        clause="CS-P-03#licences",
    ),
    Obligation(
        "OS-08",
        "",
        "customer_service",
        _l("保修期满前洽谈保养合同"),
        _l("保修期将满"),
        _l("售后服务部经理"),
        _l("保修期结束日"),
        _l("保养合同书已提交"),
        "CS-73",
        _l("告知客服中心主任"),
        DIRECTOR,
        (Number("before", _l("提前提醒"), 60, DAYS),),
        cases=ending_warranties,
        clause="CS-P-05#maintenance-contract",
    ),
    Obligation(
        "OS-09",
        "",
        "customer_service",
        _l("服务合同到期前续签"),
        _l("服务合同将到期"),
        _l("售后服务部经理"),
        _l("合同结束日"),
        _l("保养合同书已提交"),
        "CS-73",
        _l("告知客服中心主任"),
        DIRECTOR,
        (Number("before", _l("提前提醒"), 60, DAYS),),
        cases=ending_contracts,
        clause="CS-P-05#maintenance-contract",
    ),
    Obligation(
        "OS-10",
        "",
        "customer_service",
        _l("服务合同的保养上门"),
        _l("有效服务合同的计划保养日"),
        _l("客服专员"),
        _l("计划保养日"),
        _l("报修登记（合同服务）已提交"),
        "CS-76",
        _l("告知售后服务部经理"),
        AFTER_SALES,
        (Number("before", _l("提前安排"), 15, DAYS),),
        cases=maintenance_visits,
        clause="CS-P-05#visits",
    ),
)
