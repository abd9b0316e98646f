"""Stories of the quality department's forms that belong to goods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.queries import goods

STANDARDS = (
    "GB/T 2828.1 一般检验水平Ⅱ",
    "采购技术协议第三版",
    "GB/T 706-2016",
    "封样件比对，外观及尺寸",
    "进货检验规程 QC-JY-04",
)
MEASURED = (
    "尺寸均在公差内，外观无划伤",
    "抽检项目全部符合图纸",
    "硬度、厚度实测符合标准",
    "数量、型号、标识与订单一致",
    "通电及绝缘测试合格",
)
REASONS = (
    "表面锈蚀",
    "壁厚超出下偏差",
    "接口螺纹损伤",
    "运输挤压变形",
    "批号标签缺失且材质单不符",
    "绝缘电阻偏低",
)


def inspection_opening(world: World) -> dict[str, Any]:
    """An inspection of what has come, mostly good."""
    rng = world.rng
    receipt, supplier, delivered = _delivery(world)
    failing = rng.random() < 0.25
    lines = []
    for index, (item, quantity) in enumerate(delivered):
        bad = Decimal(0)
        if failing and index == 0:
            bad = max(
                min(Decimal(1), quantity), (quantity * rng.choice((4, 8, 15)) / 100).quantize(Decimal(1))
            )
            bad = quantity if rng.random() < 0.15 else bad
        lines.append(
            {
                "item": item,
                "delivered": quantity,
                "sample": min(quantity, max(Decimal(1), (quantity / 10).quantize(Decimal(1)))),
                "standard": rng.choice(STANDARDS),
                "measured": rng.choice(MEASURED) if not bad else "抽检发现不合格，已扩大抽样并逐件分选",
                "good": quantity - bad,
                "bad": bad,
                "reason": rng.choice(REASONS) if bad else None,
            }
        )
    return {
        "receipt": receipt,
        "supplier": supplier,
        "lines": lines,
        "certificate_seen": rng.random() < 0.95,
        "inspected_at": world.now.replace(second=0, microsecond=0) - timedelta(minutes=rng.randint(5, 120)),
        "inspector": world.applicant,
        "verdict": goods.verdict(lines),
        "photos": [world.photo("进货检验.jpg")] if failing or rng.random() < 0.4 else None,
        "report": [world.file("进货检验报告.pdf")] if rng.random() < 0.5 else None,
    }


def inspection_disposal(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """Failed goods mostly go back, now and then they are taken by concession."""
    return {"disposal": world.rng.choice(("return", "return", "return", "concession"))}


def _delivery(world: World) -> tuple[Ref, Ref, list[tuple[Ref, Decimal]]]:
    """A delivery that waits for its inspection; else one noted on paper."""
    waiting = goods.waiting_for_inspection()
    if waiting:
        receipt = Ref(waiting[0], goods.label(waiting[0]))
        answers = world.answers_of(receipt)
        named = {line["item"].id: line["item"] for line in answers["lines"]}
        rows = [
            (named[item], quantity) for item, quantity in goods.totals(answers["lines"], "delivered").items()
        ]
        return receipt, answers["supplier"], rows
    items = {item.id: item for item in (world.one("stock_item") for _ in range(world.rng.randint(1, 4)))}
    amounts = [Decimal(n) for n in (12, 30, 50, 100)]
    paper = Ref(None, f"纸质收货单 SH{world.today:%Y%m%d}-{world.rng.randint(1, 30):02d}")
    return paper, world.one("supplier"), [(item, world.rng.choice(amounts)) for item in items.values()]


STORIES: dict[str, Story] = {"PU-06": Story(inspection_opening, {"quality_check": inspection_disposal})}
