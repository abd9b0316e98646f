"""Master data of the made-up company, large for the demo and small for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import sqlalchemy as sa

from portal.demo import assets, carried_over, documents, goods, market, opening, rows, titles
from portal.demo import suppliers as evaluated
from portal.extensions import db
from portal.lib.clock import day
from portal.models import Customer, Notice, OutboxRow, Person, StockItem
from portal.services import places

BEFORE = timedelta(days=400)
COST = Decimal("0.68")  # of a product, as part of its price
PLACE = "A-01"
REVIEWED = timedelta(days=20)  # before the books were opened the documents were last looked at
REORDER, MOST = Decimal("1.5"), Decimal(2)  # of the minimum, and of what lay there at first
SHORT_EVERY, LOW_EVERY = 29, 11  # an item of so many lies below its minimum, or below its reorder point
KEY = 200_000  # credit limit from which a customer is a key one
ORDERING = ("cooperating", "quiet", "not_cooperating")
LAST_ORDERS = (1, 3, 5, 2, 12, 4, 6, 26, 3, 44, 2, 7, 5, 19, 1, 63)  # days ago, one customer after the other
ITEMS = (
    ("镀锌角钢 50×5", "钢材", "米", "32.50", 400, 100),
    ("PPR 冷热水管 DN25", "管材", "米", "11.80", 600, 150),
    ("BV 铜芯电线 2.5mm²", "电气材料", "卷", "168.00", 80, 20),
    ("液压油缸 HG-63", "零件", "件", "940.00", 16, 4),
    ("《建筑施工手册》第五版", "图书", "册", "186.00", 50, 10),
)


def fill_small(cast: dict[str, Person], now: datetime) -> None:
    """Three customers, two suppliers, three projects, two products and five stock items with stock."""
    owner = rows.add(
        "customer",
        name="湖州泰和物业有限公司",
        sort="company",
        status="cooperating",
        credit_code="91330500MA2B4TQX7R",
        contact="钱卫红",
        phone="0572-5550101",
        address="湖州市吴兴区天元街 18 号",
        region="湖州",
        file_number="DA-2024-0001",
        credit_limit=Decimal(200_000),
        credit_days=30,
        klass="key",
        custodian_id=cast["customer_service_officer_2"].id,
        owner_id=cast["customer_service_officer"].id,
        **_followed(now, ordered=10, spoken=5),
    )
    rows.add(
        "customer",
        name="长兴县第二中学",
        sort="owner",
        status="cooperating",
        contact="俞老师",
        phone="0572-5550102",
        address="长兴县雉城街道学府路 6 号",
        region="长兴",
        file_number="DA-2024-0002",
        credit_limit=Decimal(80_000),
        credit_days=15,
        klass="ordinary",
        custodian_id=cast["customer_service_officer_2"].id,
        owner_id=cast["customer_service_officer_2"].id,
        **_followed(now, ordered=100, spoken=120),
    )
    rows.add(
        "customer", name="安吉云峰经销部", sort="dealer", status="new", contact="施云峰", phone="0572-5550103"
    )
    supplier = rows.add("supplier", name="浙北钢材供应有限公司", contact="费建国", phone="0572-5550201")
    rows.add("supplier", name="德清恒通管业有限公司", contact="闵华", phone="0572-5550202")
    ids = {login: person.id for login, person in cast.items()}
    for name, kind, roles in (
        ("泰和写字楼装修工程", "works", ("foreman", "site_supervisor", "designer", "engineering_manager")),
        ("泰和物业官网", "web", ("designer", "programmer", "project_manager")),
        ("西塞山路延伸段", "permit", ("planning_officer", "planning_manager")),
    ):
        people = {role: ids[role] for role in roles}
        rows.add(
            "project",
            name=name,
            kind=kind,
            customer_id=owner.id,
            address="湖州市吴兴区",
            people=people,
            facts=carried_over.FACTS[kind],
        )
    lots: dict[str, list[opening.Lot]] = {}
    for name, category, unit, cost, quantity, minimum in ITEMS:
        item = _item(name, category, unit, {"minimum": Decimal(minimum)})
        place = goods.CATEGORIES["图书"] if category == "图书" else PLACE
        lots.setdefault(place, []).append(opening.Lot(item, Decimal(quantity), Decimal(cost)))
    lots[PLACE] += _offers(market.table(market.FEW_PRODUCTS), cast, now - BEFORE)
    _places()
    for place, found in lots.items():
        opening.enter(found, place, supplier, cast["warehouse_keeper"], cast["buyer"], now - BEFORE)
    documents.load(day(now), timedelta(), by=cast["document_controller"].id, now=now)
    assets.enter(cast, now, assets.FEW)
    _forget_news()


def fill(cast: dict[str, Person], now: datetime) -> None:
    """Forty customers, fifteen suppliers, twenty projects, twelve products and sixty stock items with stock."""
    rng = Random(2026)
    customers = [
        _customer(place, name, kind, region, contact, rng, now)
        for place, (name, kind, region, contact) in enumerate(market.table(market.CUSTOMERS), 1)
    ]
    _look_after(customers, _holders(cast, "customer_service_officer"))
    keep_up(now)
    suppliers = [
        rows.add(
            "supplier",
            name=name,
            contact=contact,
            status=status,
            phone=f"0572-555{place:04d}",
            credit_code=evaluated.credit_code(name),
            **evaluated.found(place - 1, day(now)),
        )
        for place, (name, contact, status) in enumerate(market.table(market.SUPPLIERS), 1)
    ]
    for place, (name, kind, where) in enumerate(market.table(market.PROJECTS)):
        owner = customers[place] if kind in ("works", "web", "permit") else None
        people = {role: rng.choice(_holders(cast, role)).id for role in market.TEAMS[kind]}
        project = rows.add(
            "project",
            name=name,
            kind=kind,
            address=where,
            facts=carried_over.FACTS[kind],
            people=people,
            customer_id=owner.id if owner else None,
        )
        carried_over.place(project, place % 4 + place % 3, day(now))
    _places()
    kept = _offers(market.table(market.PRODUCTS), cast, now - BEFORE)
    opening.enter(
        kept, market.PRODUCT_PLACE, suppliers[0], cast["warehouse_keeper"], cast["buyer"], now - BEFORE
    )
    lots: dict[str, list[opening.Lot]] = {}
    for place, (name, category, unit, cost, quantity, minimum) in enumerate(goods.items()):
        there = Decimal(quantity)
        limits = _limits(place, Decimal(minimum), there)
        item = _item(name, category, unit, limits)
        lots.setdefault(category, []).append(opening.Lot(item, there, Decimal(cost)))
    for place, (category, found) in enumerate(lots.items()):
        keeper = _holders(cast, "warehouse_keeper")[place % 3]
        at = now - BEFORE + timedelta(hours=place)
        opening.enter(found, goods.CATEGORIES[category], suppliers[place], keeper, cast["buyer"], at)
    documents.load(
        day(now - REVIEWED), timedelta(days=6), by=cast["document_controller"].id, now=now - REVIEWED
    )
    assets.enter(cast, now)
    _forget_news()


def _limits(place: int, least: Decimal, there: Decimal) -> dict[str, Decimal]:
    """How much of an item is to be kept; of a few there is less, so that they are ordered anew."""
    if place % SHORT_EVERY == SHORT_EVERY - 1:
        least = there + 1
    point = there + least if place % LOW_EVERY == LOW_EVERY - 1 else least * REORDER
    return {"minimum": least, "reorder_point": min(point, there * MOST), "maximum": there * MOST}


def _item(name: str, category: str, unit: str, limits: dict[str, Decimal]) -> StockItem:
    """A stock item; a book goes by its ISBN and is catalogued."""
    title = titles.named(name)
    known = {"code": title.isbn, "facts": title.facts} if title else {}
    item: StockItem = rows.add("stock_item", name=name, category=category, unit=unit, **limits, **known)
    return item


def _places() -> None:
    """The storage places of the warehouse."""
    for code, name in goods.PLACES.items():
        places.enter(code, name)


def _offers(offered: list[list[str]], cast: dict[str, Person], at: datetime) -> list[opening.Lot]:
    """Enters the products; gives what lies in the warehouse of those that are kept there."""
    lots = []
    for place, (name, model, line, unit, price, months, quantity) in enumerate(offered, 1):
        one = opening.Offer(
            code=f"M{place:04d}",
            name=name,
            model=model,
            line=line,
            unit=unit,
            price=Decimal(price),
            warranty_months=int(months),
            quantity=Decimal(quantity),
        )
        product = opening.offer(one, cast, at)
        if product.item_id is not None:
            item = db.session.get_one(StockItem, product.item_id)
            lots.append(opening.Lot(item, one.quantity, one.price * COST))
    return lots


def _followed(now: datetime, *, ordered: int, spoken: int) -> dict[str, Any]:
    """Of a customer who has ordered, and to whom sales has spoken, so many days ago."""
    return {
        "last_order_on": day(now - timedelta(days=ordered)),
        "last_sales_follow_up": now - timedelta(days=spoken),
    }


def _customer(
    place: int, name: str, kind: str, region: str, contact: str, rng: Random, now: datetime
) -> Customer:
    status = rng.choice(market.STATUSES) if place > 6 else "cooperating"
    known = status in ("cooperating", "not_cooperating")
    customer: Customer = rows.add(
        "customer",
        name=name,
        sort=kind,
        status="blocked" if place == 33 else status,
        credit_code=f"9133{rng.randrange(10**4):04d}MA{rng.randrange(10**8):08d}"
        if kind == "company"
        else "",
        contact=contact,
        phone=f"{market.REGIONS[region]}-555{place:04d}",
        address=f"{region}市建设路 {rng.randint(1, 900)} 号",
        region=region,
        file_number=f"DA-2024-{place:04d}" if known else "",
        credit_limit=Decimal(rng.choice((50_000, 100_000, 200_000, 500_000))) if known else Decimal(0),
        credit_days=rng.choice((15, 30, 45, 60)) if known else 0,
        arrears=Decimal(rng.randrange(0, 60_000, 500)) if known and rng.random() < 0.4 else Decimal(0),
    )
    if known and customer.status != "blocked":
        ordered, spoken = rng.randrange(2, 70), rng.randrange(5, 130)
        for column, value in _followed(now, ordered=ordered, spoken=spoken).items():
            setattr(customer, column, value)
    return customer


def _look_after(customers: list[Customer], officers: list[Person]) -> None:
    """Everybody but prospects has an officer, and those with a file somebody who keeps its data."""
    for place, customer in enumerate(customers):
        if customer.status != "prospect":
            customer.owner_id = officers[place % len(officers)].id
        if customer.file_number:
            customer.custodian_id = officers[place // 10 % len(officers)].id
            customer.klass = "key" if customer.credit_limit >= KEY else "ordinary"


def keep_up(now: datetime) -> None:
    """Customers with a file have ordered not long before `now`, and their status follows from it."""
    known = sa.select(Customer).where(Customer.file_number != "", Customer.status.in_(ORDERING))
    for place, customer in enumerate(db.session.scalars(known.order_by(Customer.id))):
        recent = day(now) - timedelta(days=LAST_ORDERS[place % len(LAST_ORDERS)])
        customer.last_order_on = max(customer.last_order_on or recent, recent)
        idle = (day(now) - customer.last_order_on).days
        customer.status = "cooperating" if idle <= 7 else "quiet" if idle <= 30 else "not_cooperating"
        if customer.status == "not_cooperating":
            customer.klass = "to_follow_up"


def _holders(cast: dict[str, Person], role: str) -> list[Person]:
    return [person for login, person in cast.items() if login == role or login.rstrip("_0123456789") == role]


def _forget_news() -> None:
    for table in (OutboxRow, Notice):
        db.session.execute(sa.delete(table))
