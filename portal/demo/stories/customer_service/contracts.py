"""Stories of sales: contracts, what customers are invoiced by, deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service.words import human
from portal.demo.story import Story, World
from portal.forms.customer_service import trade
from portal.forms.kinds import Ref
from portal.queries import orders, prices

PRICES = {
    "施工升降机": 186_000,
    "升降机": 12_800,
    "巡检车": 36_800,
    "搅拌运输车": 328_000,
    "塔式起重机": 465_000,
    "新风": 6_800,
    "风机盘管": 980,
    "箱形柱": 5_200,
    "脚手架": 460,
    "旋挖钻机": 1_480_000,
    "图书": 588,
}
TERMS = (
    "卖方负责送货到工地并安装调试，验收合格后签署交付记录；质保期 12 个月，终身维护。",
    "货到现场三日内验收，逾期视为合格；迟延交货按日千分之一支付违约金。",
    "价格含税含运费；易损件不在质保范围内，维修响应时间 24 小时。",
    "首付款到账后排产，尾款付清前所有权保留在卖方。",
)


def tradable(world: World, code: str) -> Ref:
    """A customer who may sign one more contract: with a file, or not yet with a first one."""
    found = world.one("customer")
    for _again in range(200):
        if found.id is None:
            break
        barrier = trade.barrier(found.id)
        if barrier is None or (barrier is trade.NO_FILE and not orders.of_customer(found.id, code)):
            break
        found = world.one("customer")
    return found


def _price(world: World, product: Ref) -> Decimal:
    listed = prices.on(product.id, world.today) if product.id else None
    usual = next((price for word, price in PRICES.items() if word in product.text), 24_000)
    return listed or Decimal(usual)


def _product(world: World) -> dict[str, Any]:
    rng, product = world.rng, world.one("product")
    price = _price(world, product)
    most = 2 if price > 100_000 else 4 if price > 10_000 else 30
    return {
        "product": product,
        "specification": rng.choice(("标准配置", "加长型", "客户定制涂装", "出厂配置含随车工具", None)),
        "quantity": Decimal(rng.randint(1, most)),
        "unit_price": price.quantize(Decimal("0.01")),
    }


def _plan(world: World, amount: Decimal) -> list[dict[str, Any]]:
    """Paid in three parts, or all at once."""
    first, last = amount * 30 // 100, amount * 10 // 100
    today, parts = (
        world.today,
        (("预付款", 15, first), ("发货款", 75, amount - first - last), ("质保金", 380, last)),
    )
    return [
        {"name": name, "due_on": today + timedelta(days=days), "amount": part}
        for name, days, part in parts
        if part
    ]


def _contract(world: World) -> dict[str, Any]:
    rng = world.rng
    products = [_product(world) for _row in range(rng.randint(1, 2))]
    amount = sum((row["quantity"] * row["unit_price"] for row in products), Decimal(0))
    customer = tradable(world, "CS-34")
    new = customer.id is not None and trade.barrier(customer.id) is not None
    return {
        "contract_no": f"HH-XS-{world.today:%Y%m%d}-{rng.randint(1, 9999):04d}",
        "contract_kind": rng.choices(
            ("sales_contract", "purchase_and_sale_contract", "works_contract"), (3, 4, 1)
        )[0],
        "customer": customer,
        "products": products,
        "main_terms": rng.choice(TERMS),
        "start_date": world.today,
        "end_date": world.today + timedelta(days=rng.choice((180, 365, 540))),
        "our_signer": world.person("sales_manager"),
        "customer_signer": human(world),
        "credit_days": rng.choice((15, 30, 45)) if new else None,
        "credit_limit": (amount / 10000).quantize(Decimal(1)) * 10000 + 20000 if new else None,
        "payment_plan": _plan(world, amount) if rng.random() < 0.6 else [],
        "contract_file": [world.file("销售合同（电子版）.pdf")],
    }


def _customer_signed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"signed_on": world.today, "signed_scan": [world.file("销售合同（双方签署）.pdf")]}


def _accepted(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    note = world.rng.choice(("合同要素齐全，印章清晰，与电子版一致。", "附件技术协议一并归档。", None))
    return {"accepted_on": world.today, "acceptance_note": note}


STORIES: dict[str, Story] = {
    "CS-34": Story(_contract, {"customer_sign": _customer_signed, "acceptance": _accepted}),
}
