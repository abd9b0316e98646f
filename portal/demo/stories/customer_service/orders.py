"""Stories of quotations, orders and payments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.queries import customers, prices, products, receivables

CENT = Decimal("0.01")
DEAR = 30_000
SITES = ("工地东门材料堆场", "厂区 2 号仓库", "项目部临时库房", "一号车间卸货区")


def _trading_customer(world: World) -> Ref:
    """A customer who may trade; contracts, orders and payments are open to no other."""
    found = world.one("customer")
    for _again in range(200):
        if found.id is None or customers.may_trade(found.id):
            break
        found = world.one("customer")
    return found


def _offered(world: World) -> tuple[Ref, Decimal]:
    """A product on sale with its uniform price of today."""
    for _again in range(200):
        product = world.one("product")
        row = products.find(product.id or 0)
        price = prices.on(row.id, world.today) if row and row.state == "on_sale" else None
        if price is not None:
            return product, price
    return product, Decimal(1000)


def _offers(world: World, most: int) -> dict[Ref, Decimal]:
    return dict(_offered(world) for _line in range(world.rng.randint(1, most)))


def _quantity(world: World, price: Decimal) -> Decimal:
    """Several of what is cheap, one of what is dear."""
    return Decimal(world.rng.randint(1, 6) if price < DEAR else 1)


def _quotation(world: World) -> dict[str, Any]:
    rng = world.rng
    cheaper = rng.random() < 0.3
    lines = [
        {
            "product": product,
            "quantity": _quantity(world, price),
            "price": (price * (rng.randint(92, 98) if cheaper else 100) / 100).quantize(CENT),
        }
        for product, price in _offers(world, 3).items()
    ]
    return {
        "customer": _trading_customer(world),
        "lead": None,
        "lines": lines,
        "discount_reason": "客户为长期合作单位，本次数量较大，参照同区域成交价让利。" if cheaper else None,
        "valid_until": world.today + timedelta(days=rng.randint(30, 60)),
        "delivery_terms": rng.choice(
            ("合同生效后 20 天内送到客户指定地点，运费由我方承担。", "款到后 10 个工作日发货，客户自提。")
        ),
        "payment_terms": rng.choice(
            ("预付 30%，货到验收合格后付 65%，质保期满付 5%。", "货到 30 天内付清全款。")
        ),
        "quotation_file": [world.file("报价单.pdf")] if rng.random() < 0.6 else None,
    }


def _answer(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """Mostly yes; who has no file yet, and so may not order, mostly goes elsewhere."""
    if not customers.may_trade(so_far["customer"].id or 0) and world.rng.random() < 0.7:
        return {"accepted": False, "answer_note": "已选用其他单位的产品。", "requote": False}
    return {
        "accepted": True,
        "answer_note": world.rng.choice(("同意报价，请尽快安排。", "价格接受，交货期请再提前。", None)),
        "requote": None,
    }


def _order(world: World) -> dict[str, Any]:
    rng = world.rng
    customer = _trading_customer(world)
    known = customers.find(customer.id or 0)
    return {
        "customer": customer,
        "quotation": None,
        "contract": None,
        "order_date": world.today,
        "lines": [
            {
                "product": product,
                "quantity": _quantity(world, price),
                "price": price,
                "wanted_by": world.today + timedelta(days=rng.randint(20, 60)),
            }
            for product, price in _offers(world, 2).items()
        ],
        "delivery_address": f"{known.address if known else ''} {rng.choice(SITES)}".strip(),
        "customer_order_no": f"PO{rng.randint(10_000, 99_999)}" if rng.random() < 0.5 else None,
    }


def _release(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"released": True, "release_note": None}


def _confirmed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"confirmed_on": max(world.today, so_far["order_date"])}


def _payment(world: World) -> dict[str, Any]:
    rng = world.rng
    of, found = _owed(world)
    customer = world.answers_of(of).get("customer") or _trading_customer(world)
    owed = sum((one.open for one in found), Decimal(0))
    one = rng.choice(found) if found else None
    return {
        "customer": customer,
        "contract_or_order": of,
        "payment_way": rng.choice(("transfer", "transfer", "transfer", "cheque", "bill", "electronic")),
        "paid_on": world.today - timedelta(days=rng.randint(0, 2)),
        "amount": min(owed, one.open).quantize(CENT) if one else Decimal(1000),
        "handler": world.person("salesperson"),
        "account": f"中国建设银行湖州分行 尾号 {rng.randint(1000, 9999)}",
        "plan_row": one.row or None if one else None,
        "voucher": [world.file("银行回单.pdf")] if rng.random() < 0.7 else None,
        "remark": None,
    }


def _owed(world: World) -> tuple[Ref, list[receivables.Instalment]]:
    """An order or contract with something left to pay."""
    of = world.record("CR-17", "CS-34")
    for _again in range(60):
        found = receivables.instalments(of=of.id) if of and of.id else []
        if of is not None and any(one.open > 0 for one in found):
            return of, [one for one in found if one.open > 0]
        of = world.record("CR-17", "CS-34")
    return of or world.number("CR-17"), []


def _received(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"received_on": max(world.today, so_far["paid_on"]), "received_amount": so_far["amount"]}


STORIES: dict[str, Story] = {
    "CR-16": Story(_quotation, {"customer_answer": _answer}),
    "CR-17": Story(_order, {"finance_release": _release, "customer_confirm": _confirmed}),
    "CR-06": Story(_payment, {"finance_confirm": _received}),
}
