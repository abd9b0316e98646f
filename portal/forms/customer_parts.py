"""How a customer's page is divided: which forms belong together, which ledgers tell of a customer, what may be begun."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.ledgers import LEDGERS, Ledger
from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class Part:
    """Records that belong together; forms that the portal does not serve yet join when it does."""

    key: str
    title: Any
    icon: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """A form that is begun from the customer's page, with the customer filled in."""

    code: str
    title: Any
    icon: str


MASTER, RECEIVABLES, CREDIT = "customer_master", "receivables", "credit_ledger"
CUSTOMER = (
    "customer",
    "customer",
    False,
)  # name and type of the field that a beginning fills in, not computed
ORDERS = ("CS-34", "CR-17")  # what is delivered and paid
PARTS = (
    Part("orders", _l("合同和订单"), "shopping-cart", ORDERS),
    Part("deliveries", _l("送货"), "building-warehouse", ("CS-31",)),
    Part("repairs", _l("报修和服务"), "settings", ("CS-76", "CS-77", "CS-78", "CS-01")),
    Part("complaints", _l("投诉"), "alert-triangle", ("CS-51", "CS-50", "CS-59")),
    Part(
        "visits",
        _l("拜访和联系"),
        "message",
        ("CS-90", "CS-25", "CS-27", "CS-28", "CS-39", "CS-100", "CR-03", "EN-29"),
    ),
    Part("prospects", _l("商机和报价"), "chart-bar", ("CR-12", "CR-16")),
    Part("surveys", _l("满意度调查"), "certificate", ("QA-10", "QA-11", "QA-12")),
    Part("contracts", _l("保修和保养合同"), "shield", ("CS-71", "CS-73", "CS-75")),
    Part("file", _l("档案、信用和收款"), "files", ("CS-30", "CS-35", "CS-36", "CS-38", "CR-06", "EN-27")),
)
OTHER = Part("other", _l("其他记录"), "file-text", ())
MONEY = Part("money", _l("应收、回款和信用"), "table", ())
ENTRIES = Part("entries", _l("台帐登记"), "table", ())
KINDS = {part.key: part for part in (*PARTS, OTHER, MONEY, ENTRIES)}
BY_FORM = {code: part.key for part in PARTS for code in part.forms}

# Plain ledgers with lines of a customer, as the page tells them; others are told in the line of time only.
TOLD = ("customer_papers", "service_contracts", "warranty", "deliveries")
BEGINNINGS = (
    Beginning("CS-90", _l("接听来电"), "headset"),
    Beginning("CS-51", _l("新投诉"), "alert-triangle"),
    Beginning("CS-76", _l("新报修"), "settings"),
    Beginning("CS-39", _l("新回访"), "message"),
    Beginning("CR-03", _l("新跟踪记录"), "pencil"),
    Beginning("CR-17", _l("新订单"), "shopping-cart"),
)


def may_see(actor: Any) -> bool:
    """Whether customers' pages are for the person: whoever reads the customer database."""
    return LEDGERS[MASTER].open_to(actor)


def may_read(key: str, actor: Any) -> bool:
    """Whether a ledger is there and for the person."""
    return key in LEDGERS and LEDGERS[key].open_to(actor)


def readable(keys: Iterable[str], actor: Any) -> list[Ledger]:
    """Those of these ledgers that are there and for the person."""
    return [LEDGERS[key] for key in keys if may_read(key, actor)]


def beginnings(actor: Any) -> list[Beginning]:
    """What the person may begin for a customer."""
    return [
        one
        for one in BEGINNINGS
        if one.code in FORMS and actor.may_open(FORMS[one.code].opened_by) and _asks_for_customer(one.code)
    ]


@cache
def _asks_for_customer(code: str) -> bool:
    """Whether the form has a field that the customer can be filled into."""
    fields = definition(FORMS[code])["fields"]
    return any((one["name"], one["type"], one["computed"]) == CUSTOMER for one in fields)
