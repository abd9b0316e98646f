"""How the results of a search are divided, and which kinds of things are for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.domain.projects import PROJECT_STATES
from portal.forms import customer_parts, project_parts, supplier_parts
from portal.forms.customer_words import CUSTOMER_STATES
from portal.forms.ledgers import LEDGERS
from portal.forms.ledgers.crm import PRODUCT_STATES
from portal.forms.ledgers.sales import MACHINE_STATES
from portal.forms.ledgers.works import SUPPLIER_STATES
from portal.forms.quality import document_words
from portal.forms.words import STATES
from portal.lib.i18n import _l
from portal.queries import documents


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing in the index: for whom it is, what its states are called and look like."""

    key: str
    open_to: Callable[[Any], bool] = lambda _actor: True
    states: Mapping[str, Any] = field(default_factory=dict)
    looks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds whose hits stand together."""

    key: str
    title: Any
    icon: str
    kinds: tuple[Kind, ...]

    @property
    def states(self) -> Mapping[str, Any]:
        """The states that its things may be in."""
        return {key: word for kind in self.kinds for key, word in kind.states.items()}


def _book(key: str) -> Callable[[Any], bool]:
    return lambda actor: LEDGERS[key].open_to(actor)


_STATES = {"effective": "finished", "obsolete": "voided", "under_revision": "running"}


def _of_documents(key: str) -> tuple[Kind, ...]:
    return (Kind(key, _book(documents.DOCUMENTS), document_words.STATES, _STATES),)


GROUPS = {
    one.key: one
    for one in (
        Group("records", _l("业务记录"), "file-text", (Kind("record", states=STATES, looks={key: key for key in STATES}),)),
        Group("documents", _l("制度和文件"), "files", _of_documents("document")),
        Group("clauses", _l("文件条款"), "list-details", _of_documents("clause")),
        Group("customers", _l("客户列表"), "headset", (Kind("customer", customer_parts.may_see, CUSTOMER_STATES),)),
        Group("projects", _l("项目列表"), "crane", (Kind("project", states=PROJECT_STATES, looks=project_parts.LOOKS),)),
        Group(
            "items",
            _l("物品和产品"),
            "building-warehouse",
            (
                Kind("stock_item", _book("stock_list")),
                Kind("product", _book("product_catalogue"), PRODUCT_STATES),
                Kind("machine", _book("unit_file"), MACHINE_STATES),
            ),
        ),
        Group(
            "suppliers",
            _l("供应商列表"),
            "shopping-cart",
            (Kind("supplier", supplier_parts.may_see, SUPPLIER_STATES, supplier_parts.LOOKS),),
        ),
        Group("people", _l("人员"), "users", (Kind("person"),)),
    )
}  # fmt: skip
KINDS = {kind.key: kind for group in GROUPS.values() for kind in group.kinds}
"""Kinds that a person sees or not as a whole; of projects and of what names its readers also single ones."""


def kinds_for(actor: Any) -> list[str]:
    """The kinds that are for the person."""
    return [key for key, kind in KINDS.items() if kind.open_to(actor)]
