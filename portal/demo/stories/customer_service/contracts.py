"""Stories of sales: contracts, what customers are invoiced by, deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service.words import human, mobile, moment
from portal.demo.story import Story, World
from portal.forms.customer_service import trade
from portal.forms.kinds import Ref
from portal.queries import customers, goods, orders, prices, products, receivables

NEW = 0.2  # share of contracts with new customers
UNLISTED = Decimal(24_000)  # price of a product that has none yet
TERMS = (
    "卖方负责送货到工地并安装调试，验收合格后签署交付记录；质保期 12 个月，终身维护。",
    "货到现场三日内验收，逾期视为合格；迟延交货按日千分之一支付违约金。",
    "价格含税含运费；易损件不在质保范围内，维修响应时间 24 小时。",
    "首付款到账后排产，尾款付清前所有权保留在卖方。",
)


def _buyer(world: World) -> Ref:
    """A customer with a file, and now and then a new one who has signed no contract yet."""
    new = world.rng.random() < NEW
    found = world.one("customer")
    for _again in range(200):
        barrier = trade.barrier(found.id) if found.id else None
        first = barrier is trade.NO_FILE and not orders.of_customer(found.id or 0, "CS-34")
        if first if new else barrier is None:
            break
        found = world.one("customer")
    return found


def _price(world: World, product: Ref) -> Decimal:
    listed = prices.on(product.id, world.today) if product.id else None
    return listed or UNLISTED


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
    customer = _buyer(world)
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


def _delivery(world: World) -> dict[str, Any]:
    rng = world.rng
    contract, known, rows = _open_contract(world)
    start = (world.now + timedelta(days=rng.randint(1, 6))).replace(minute=0, second=0, microsecond=0)
    return {
        "customer": known.get("customer") or world.one("customer"),
        "contract_or_order": contract,
        "delivery_address": rng.choice(
            (
                "湖州市吴兴区织里镇吴兴大道 1888 号项目部",
                "嘉兴港区中山路北侧 3 号仓库",
                "杭州市萧山区临江工业园 7 号门",
                "德清县莫干山镇劳岭村施工便道入口",
            )
        ),
        "site_contact": human(world),
        "site_phone": mobile(world),
        "wanted_from": start,
        "wanted_to": start + timedelta(hours=rng.choice((2, 4, 8))) if rng.random() < 0.7 else None,
        "goods": rows or [{"product": world.one("product"), "quantity": Decimal(1), "unit": "台"}],
        "unloading_conditions": rng.choice(("现场有 25 吨汽车吊。", "须自带叉车，通道限高 4.2 米。", None)),
    }


def _open_contract(world: World) -> tuple[Ref, Mapping[str, Any], list[dict[str, Any]]]:
    """A contract or order with goods still to come that are there, of a customer who may get them."""
    contract = world.record("CS-34", "CR-17") or world.number("CS-34")
    for _again in range(60):
        known = world.answers_of(contract)
        if contract.id is None or not known:
            break
        rows = _deliverable(contract.id)
        customer = known["customer"].id
        if rows and trade.barrier(customer) is None and not receivables.overdue(customer, world.today):
            return contract, known, rows
        contract = world.record("CS-34", "CR-17") or contract
    known = world.answers_of(contract)
    return contract, known, _deliverable(contract.id) if contract.id and known else []


def _deliverable(contract: int) -> list[dict[str, Any]]:
    rows = []
    for product_id, open in orders.deliverable(contract).items():
        product = products.find(product_id)
        if product is None or not orders.may_deliver(contract):
            continue
        there = _there(product.item_id) if product.item_id else open
        if quantity := min(open, there):
            unit = product.unit or "台"
            rows.append({"product": Ref(product.id, product.label), "quantity": quantity, "unit": unit})
    return rows


def _there(item: int) -> Decimal:
    place = goods.fullest_place(item)
    return goods.balance(item, place) if place else Decimal(0)


def _sales_check(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    customer = so_far["customer"].id
    found = customers.standing(customer) if customer else None
    beyond = found is not None and found.arrears > found.limit
    late = receivables.overdue(customer, world.today) if customer else 0
    return {
        "credit_ok": not late,
        "credit_reason": "按合同付款计划执行，预付款已到账，余款在账期内。" if beyond and not late else None,
    }


def _issued(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rows = [row for line in so_far["goods"] for row in _issued_rows(world, line)]
    plate = f"浙E{world.rng.randint(10000, 99999)}"
    return {"issued_goods": rows, "issued_on": moment(world, 20), "carrier": f"安顺物流 {plate}"}


def _issued_rows(world: World, line: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Machines one by one with their numbers, the rest together."""
    item, quantity = line.get("item"), line["quantity"]
    place = goods.fullest_place(item.id) if item and item.id else None
    row = {"product": line["product"], "item": item, "place": place, "quantity": quantity, "serial_no": None}
    if line["unit"] not in ("台", "辆") or quantity > 6:
        return [row]
    serials = [
        f"HH{world.today:%y%m}{world.rng.randrange(10**5):05d}{number}" for number in range(int(quantity))
    ]
    return [{**row, "quantity": Decimal(1), "serial_no": serial} for serial in serials]


def _received(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    names = ("product", "item", "serial_no", "quantity")
    rows = [{name: row[name] for name in names} for row in so_far["issued_goods"]]
    for row in rows:
        row["damaged"] = world.rng.random() < 0.05
    return {
        "delivered_on": world.today,
        "received_goods": rows,
        "receiver": so_far["site_contact"],
        "receipt_scan": [world.file("送货签收单.pdf")] if world.rng.random() < 0.7 else None,
    }


def _invoicing(world: World) -> dict[str, Any]:
    rng, customer = world.rng, world.one("customer")
    known = customers.find(customer.id) if customer.id else None
    code = (known.credit_code if known else "") or f"9133{rng.randrange(10**14):014d}"
    branch = rng.choice(("湖州吴兴支行", "嘉兴南湖支行", "杭州萧山支行", "苏州工业园区支行"))
    return {
        "customer": customer,
        "invoice_name": known.name if known else "浙江恒远路桥工程有限公司",
        "tax_no": code,
        "invoice_address": (known.address if known else "") or "湖州市吴兴区天元街 18 号",
        "invoice_phone": (known.phone if known else "") or mobile(world),
        "bank": f"{rng.choice(('中国工商银行', '中国建设银行', '中国农业银行', '浙商银行'))}{branch}",
        "bank_account": f"{rng.randrange(10**15, 10**16)}",
        "invoice_kind": rng.choices(
            ("special_vat_invoice", "ordinary_vat_invoice", "electronic_invoice"), (6, 1, 3)
        )[0],
        "invoice_email": f"fapiao{rng.randint(10, 999)}@kehu.example.cn" if rng.random() < 0.5 else None,
        "sealed_copy": [world.file("开票资料（盖章）.pdf")],
    }


STORIES: dict[str, Story] = {
    "CS-34": Story(_contract, {"customer_sign": _customer_signed, "acceptance": _accepted}),
    "CS-35": Story(_invoicing),
    "CS-31": Story(
        _delivery,
        {"sales_check": _sales_check, "warehouse_issue": _issued, "delivery_receipt": _received},
    ),
}
