"""Stories of the bookshop: what a bookseller brings, what goes back to it, what is catalogued, what is sold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.demo.stories.purchasing import listed_supplier
from portal.demo.story import Story, World
from portal.demo.titles import titles
from portal.forms.kinds import Ref
from portal.forms.warehouse.book_entry_stages import STANDARD
from portal.queries import books, goods, pick

ATTEMPTS = 12
CENT = Decimal("0.01")
LIST_REMARKS = (None, None, "随货附赠书目两份。", "其中两包为补送上期缺书。", "外包装完好，按包清点。")
SLIP_REMARKS = (None, None, "工具书请放入口处展架。", "同类书请与原架位合并。")
RETURN_REMARKS = (None, "已与书商业务员电话确认。", "破损图书单独打包，放在收货台。")
BAD = ("damaged", "damaged", "missing_pages", "quantity", "edition")
WAYS = ("mobile", "mobile", "mobile", "cash", "cash", "card")


def list_opening(world: World) -> dict[str, Any]:
    """A bookseller brings a few titles, some of them known already."""
    rng = world.rng
    chosen = rng.sample(titles(), rng.randint(2, 6))
    return {
        "bookseller": _bookseller(world),
        "list_no": f"XH{world.today:%Y%m%d}-{rng.randint(1, 9999):04d}",
        "arrived_on": world.today,
        "books": [
            {
                "title": one.name,
                "book_no": one.isbn,
                "author": one.author,
                "publisher": one.publisher,
                "quantity": rng.choice((5, 8, 10, 12, 15, 20, 30)),
                "price": one.price,
            }
            for one in chosen
        ],
        "list_scan": [world.file("书商采购单扫描件.pdf")],
        "remark": rng.choice(LIST_REMARKS),
    }


def list_acceptance(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """Nearly everything is good; of the first list, and of one in five, a few copies are not."""
    rng = world.rng
    earlier = world.record("PU-09")
    first = earlier is None or earlier.id == so_far.get("@record_id")
    bad_at = rng.randrange(len(so_far["books"])) if first or rng.random() < 0.2 else None
    rows = []
    for at, book in enumerate(so_far["books"]):
        bad = rng.randint(1, 2) if at == bad_at else 0
        rows.append(
            {
                "title": book["title"],
                "book_no": book["book_no"],
                "listed": book["quantity"],
                "accepted": book["quantity"] - bad,
                "rejected": bad,
                "reason": rng.choice(BAD) if bad else None,
            }
        )
    return {"accepted_books": rows}


def list_hand_over(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The cataloguer counts the books that passed."""
    return {"received_quantity": sum(row["accepted"] for row in so_far["accepted_books"])}


def rejected_opening(world: World) -> dict[str, Any]:
    """What the buyer found bad, else what the keeper did, goes back."""
    stage, record, left = _rejected(world)
    answers = world.answers_of(record)
    reason = {row["book_no"]: row["reason"] for row in answers.get("accepted_books") or ()}
    words = {"damaged": "破损", "missing_pages": "缺页", "quantity": "数量不符", "edition": "版本不符"}
    return {
        "bookseller": answers.get("bookseller") or _bookseller(world),
        "purchase_list": record,
        "books": [
            {
                "title": row["title"],
                "book_no": row["book_no"],
                "quantity": left[row["book_no"]],
                "reason": words.get(reason.get(row["book_no"]) or "", "书脊开胶、内页受潮"),
            }
            for row in answers.get("books") or ()
            if left.get(row["book_no"], 0) > 0
        ],
        "reject_stage": stage,
        "returned_on": world.today,
        "claim": world.rng.choice(("refund", "replacement", "replacement")),
        "photos": [world.photo("破损图书.jpg")] if world.rng.random() < 0.6 else None,
        "remark": world.rng.choice(RETURN_REMARKS),
    }


def rejected_taken(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The bookseller fetches them."""
    return {"taken_back_on": max(world.today, so_far["returned_on"])}


def entry_opening(world: World) -> dict[str, Any]:
    """What passed of a purchase list is to be entered."""
    record, left = _to_enter(world)
    answers = world.answers_of(record)
    return {
        "purchase_list": record,
        "bookseller": answers.get("bookseller") or _bookseller(world),
        "received_on": world.today,
        "books": [
            {name: row[name] for name in ("title", "book_no", "price")} | {"quantity": left[row["book_no"]]}
            for row in answers.get("books") or ()
            if left.get(row["book_no"], 0) > 0
        ],
        "remark": world.rng.choice(SLIP_REMARKS),
    }


def entry_cataloguing(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """Each title gets its class and its shelf."""
    known = {one.isbn: one for one in titles()}
    rows = []
    for row in so_far["books"]:
        title = known[row["book_no"]]
        kept = {name: getattr(title, name) for name in ("class_no", "author", "publisher", "shelf")}
        rows.append({**{name: row[name] for name in ("title", "book_no", "quantity", "price")}, **kept})
    return {"catalogue_lines": rows, "classification_standard": STANDARD}


def entry_acceptance(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """Slip and books agree."""
    return {
        "slip_and_books_agree": True,
        "keeper_verdict": "pass",
        "entered_on": max(world.today, so_far["received_on"]),
    }


def sale_opening(world: World) -> dict[str, Any]:
    """A customer buys a book or a few."""
    rng = world.rng
    there = books.for_sale()
    chosen = rng.sample(there, min(len(there), rng.choice((1, 1, 1, 2, 2, 3))))
    rows = []
    for item, quantity in chosen:
        many = 1 if rng.random() < 0.85 else rng.randint(2, 4)
        price = books.price(item.id) or item.unit_cost.quantize(CENT)
        rows.append({"item": Ref(item.id, item.label), "quantity": min(many, int(quantity)), "price": price})
    return {
        "sold_at": _minute(world.now),
        "books": rows,
        "discount": Decimal(rng.choice((2, 5, 10))) if rng.random() < 0.15 else None,
        "payment_way": rng.choice(WAYS),
        "customer_phone": f"138{rng.randrange(10**8):08d}" if rng.random() < 0.3 else None,
        "invoice_wanted": rng.random() < 0.2,
    }


def sale_release(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The guard sees that books and slip agree."""
    return {"books_match": True, "released_at": max(_minute(world.now), so_far["sold_at"])}


def _bookseller(world: World) -> Ref:
    """A bookseller of the approved list; any other supplier of it where none is."""
    for id, label, _note in pick.search("supplier", "书店", None):
        if id is not None and goods.may_order_from(id):
            return Ref(id, label)
    return listed_supplier(world)


def _rejected(world: World) -> tuple[str, Ref, dict[str, int]]:
    """A purchase list of which bad copies are still here, and how many of each title."""
    record = world.record("PU-09") or world.number("PU-09")
    for _attempt in range(ATTEMPTS):
        for stage in ("buyer_s_acceptance", "keeper_s_acceptance"):
            bad, back = books.rejected(record.id or 0, stage), books.given_back(record.id or 0, stage)
            left = {isbn: many - back.get(isbn, 0) for isbn, many in bad.items()}
            if any(many > 0 for many in left.values()):
                return stage, record, left
        record = world.record("PU-09") or record
    return "buyer_s_acceptance", record, {}


def _to_enter(world: World) -> tuple[Ref, dict[str, int]]:
    """A purchase list with books that passed and are not entered, and how many of each title."""
    record = world.record("PU-09") or world.number("PU-09")
    left: dict[str, int] = {}
    for _attempt in range(ATTEMPTS):
        passed, entered = books.accepted(record.id or 0), books.entered(record.id or 0)
        bad = books.rejected(record.id or 0, "keeper_s_acceptance")
        left = {isbn: many - entered.get(isbn, 0) - bad.get(isbn, 0) for isbn, many in passed.items()}
        if any(many > 0 for many in left.values()) and goods.state(record.id or 0) == "finished":
            break
        record = world.record("PU-09") or record
    return record, left


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


STORIES: dict[str, Story] = {
    "PU-09": Story(list_opening, {"acceptance": list_acceptance, "to_cataloguer": list_hand_over}),
    "PU-11": Story(rejected_opening, {"bookseller_sign": rejected_taken}),
    "WH-12": Story(entry_opening, {"cataloguing": entry_cataloguing, "keeper_acceptance": entry_acceptance}),
    "WH-14": Story(sale_opening, {"door_release": sale_release}),
}
