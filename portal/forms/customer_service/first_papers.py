"""The papers of a first cooperation, and which of them the portal has."""

from __future__ import annotations

from typing import Any

from portal.lib.i18n import _l
from portal.queries import customers

PAPERS = (
    _l("客户信息登记"),
    _l("送货申请表"),
    _l("营业执照"),
    _l("担保书"),
    _l("购销合同"),
    _l("安全生产许可证"),
    _l("土地使用证复印件"),
    _l("开票资料"),
    _l("其他"),
)
LETTER = 3  # the place of the letter of guarantee
RECORDED = {0: "CS-30", 1: "CS-31", 4: "CS-34", 7: "CS-35"}  # papers that are records of the portal, by place


def papers_on_file(customer_id: int) -> list[dict[str, Any]]:
    """The checklist as far as the portal knows it: a paper that is a record of the customer is there."""
    found = {place: customers.named_by(customer_id, code) for place, code in RECORDED.items()}
    return [
        {"item": str(paper), "done": True if found.get(place) else None, "remark": found.get(place) or None}
        for place, paper in enumerate(PAPERS)
    ]


def known_papers(customer_id: int) -> list[str]:
    """Papers of a first cooperation that are records of the customer, then those in the ledger of papers."""
    found = [f"{row['item']}：{row['remark']}" for row in papers_on_file(customer_id) if row["done"]]
    papers = customers.papers(customer_id)
    return found + [f"{paper['paper']}：{paper['number']}".rstrip("：") for paper in papers]
