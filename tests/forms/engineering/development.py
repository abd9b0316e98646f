"""A product under development in the small company: its technical papers submitted, signed and changed."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.ledgers import LEDGERS
from portal.models import Record, StockItem, Supplier
from portal.queries import ledgers, projects
from tests.forms.customer_service.shop import Shop, days
from tests.forms.projects import begun

FILE = {"id": 1, "name": "图纸.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
PHOTO = {**FILE, "name": "图示.jpg", "type": "image/jpeg"}
_numbers = count(1)


def row(level: int, part_no: str, quantity: str = "1", **other: Any) -> dict[str, Any]:
    """A row of a bill of materials."""
    return {
        "level": level,
        "part_no": part_no,
        "name": f"零件{part_no}",
        "quantity": Decimal(quantity),
        "unit": "个",
        "item": None,
        "material": None,
        "supplier": None,
        **other,
    }


class Development(Shop):
    """Acts in the session at hand; nothing here commits."""

    def __init__(self) -> None:
        self.product_ = begun("product", "output_documents")

    def bill(self, *rows: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """The answers of a bill of materials with these rows."""
        structure = rows or (row(1, "A"), row(2, "B", "2"))
        return {"product": self.product_, "components": [*structure], "effective_on": days(1), **changed}

    def card(self, **changed: Any) -> dict[str, Any]:
        """The answers of an injection card."""
        return {
            "product": self.product_,
            "part": "上壳",
            "mould_no": "M-01",
            "machine": "MA1600",
            "raw_material": "ABS",
            "temperatures": [{"zone": "一段", "celsius": Decimal(210)}],
            "pressures": [{"stage": "injection", "pressure": Decimal(80), "speed": Decimal(50)}],
            "cycle_seconds": Decimal(40),
            "cooling_seconds": Decimal(18),
            "key_points": "无毛边",
            "effective_on": days(1),
            **changed,
        }

    def painting(self, **changed: Any) -> dict[str, Any]:
        """The answers of painting data."""
        paint = {"colour": "白", "paint": "PU", "ratio": "10:1", "layers": 2, "thickness": Decimal(20)}
        return {
            "product": self.product_,
            "part": "上壳",
            "paint_lines": [paint],
            "colour_sample": "SB-001",
            "appearance_standard": "无颗粒",
            "artwork": [FILE],
            "effective_on": days(1),
            **changed,
        }

    def moulds(self, **changed: Any) -> dict[str, Any]:
        """The answers of a capacity table: 720 shells and 1,440 lids in a shift of eight hours."""
        rows = [("M-01", "上壳", 1, 40), ("M-02", "电池盖", 2, 40)]
        return {
            "product": self.product_,
            "shift_hours": Decimal(8),
            "shifts": 1,
            "moulds": [
                {
                    "mould_no": number,
                    "part": part,
                    "cavities": cavities,
                    "cycle": Decimal(cycle),
                    "machine": "MA1600",
                    "sets": 1,
                    "usage": None,
                }
                for number, part, cavities, cycle in rows
            ],
            "daily_demand": 700,
            "effective_on": days(1),
            **changed,
        }

    def flow(self, *seconds: int, **changed: Any) -> dict[str, Any]:
        """The answers of an assembly flow of stations that take so many seconds."""
        steps = ("装电机", "合壳", "测试", "装箱")
        return {
            "product": self.product_,
            "stations": [
                {"no": number, "step": steps[number - 1], "seconds": Decimal(one), "check": False}
                for number, one in enumerate(seconds or (38, 45), 1)
            ],
            "flow_chart": [FILE],
            "line_people": 2,
            "effective_on": days(1),
            **changed,
        }

    def instruction(self, flow: Record, **changed: Any) -> dict[str, Any]:
        """The answers of a work instruction for the first station of a flow."""
        return {
            "product": self.product_,
            "assembly_flow": self.ref(flow),
            "station": "1",
            "steps": [{"no": 1, "step": "放入电机", "point": None}],
            "tools": "电批",
            "quality_points": "不漏装",
            "safety_points": "断电操作",
            "photos": [PHOTO],
            "effective_on": days(1),
            **changed,
        }

    def criteria(self, **changed: Any) -> dict[str, Any]:
        """The answers of characteristics and acceptance criteria."""
        lines = (("绝缘电阻", "不小于 7MΩ", "critical"), ("噪声", "不大于 70dB", "major"))
        return {
            "product": self.product_,
            "safety_characteristics": "带电部件不可触及",
            "use_characteristics": "连续运行 40 分钟",
            "characteristics": [
                {"item": item, "requirement": wanted, "class": class_, "method": "仪器"}
                for item, wanted, class_ in lines
            ],
            "acceptance_criteria": "关键特性全检",
            "sampling_plan": "GB/T 2828.1 II",
            "standards": "GB 4706.1",
            "effective_on": days(1),
            **changed,
        }

    def archived(self, code: str, answers: dict[str, Any], *, recalled: bool = True) -> Record:
        """A paper that has come to its archive."""
        login = "production_engineer" if code in ("RD-11", "RD-14", "RD-15") else "rd_engineer"
        return self.file(self.submit(code, login, **answers), recalled=recalled)

    def file(self, record: Record, *, recalled: bool = True, number: str = "") -> Record:
        """Signs a paper to its end."""
        while record.state == "running":
            match record.step:
                case "issue":
                    old = {"old_version_recalled": recalled} if self.given(record, "old_version") else {}
                    self.sign(record, issued_copies=2, **old)
                case "archive":
                    number = number or f"JS-{next(_numbers)}"
                    self.sign(record, archive_no=number, archive_place="A 柜 1 层")
                case _:
                    self.sign(record)
        assert record.state == "finished"
        return record

    def given(self, record: Record, name: str) -> Any:
        """A stored answer of the opening section."""
        return record.contents[-1].answers.get(name)

    def lines(self, ledger: str) -> list[dict[str, Any]]:
        """The newest lines of a ledger as its page shows them."""
        return ledgers.page(LEDGERS[ledger].source, ledgers.Wanted(), "", 100).rows

    def stage_state(self, key: str = "output_documents") -> str:
        """How a stage of the product stands."""
        found = projects.stage(self.product_.id, key)
        assert found is not None
        return found.row.state

    def stock_item(self, place: int = 0) -> StockItem:
        """An item of the warehouse."""
        return db.session.scalars(sa.select(StockItem).order_by(StockItem.id)).all()[place]

    def supplier(self) -> Ref:
        """A supplier."""
        return self.ref(db.session.scalars(sa.select(Supplier).order_by(Supplier.id)).first())
