"""What a delivery (CS-31) leaves behind: lines of received goods, machines with their customer, a complaint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.domain.effects import PostsEntry, Updates
from portal.forms.filed import Filed
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import machines, orders, products


def sent_machines(record: Filed, sent: dict[str, Any]) -> Iterator[Updates]:
    """Machines on their way; those of an earlier round, or of the sheet that this one corrects, are in stock again."""
    for machine in machines.moved_by(record.itself):
        if machine.code not in sent:
            back = {"state": "in_stock", "customer_id": None, "contract_id": None}
            yield Updates("machine", machine.id, {**back, "delivered_on": None, "warranty_until": None})
    for serial, product in sent.items():
        known, made = machines.numbered(serial), products.find(product.id)
        values = {
            "product_id": product.id,
            "state": "in_transit",
            "place": "",
            "contract_id": record["contract_or_order"].id,
        }
        if known is None:
            values |= {"code": serial, "name": (made.model or made.name) if made else product.text}
        yield Updates("machine", known.id if known else None, values)


def handed_over(record: Filed, product_id: int) -> dict[str, Any]:
    """A machine in the hands of the customer, whose warranty begins."""
    product, delivered_on = products.find(product_id), record["delivered_on"]
    months = product.warranty_months if product else 0
    until: date | None = months_later(delivered_on, months) if months else None
    return {
        "state": "delivered",
        "customer_id": record["customer"].id,
        "delivered_on": delivered_on,
        "warranty_until": until,
    }


def delivery(record: Filed, row: dict[str, Any]) -> PostsEntry:
    """One line of what the customer has received."""
    return PostsEntry(
        orders.DELIVERIES,
        {
            "product": {"id": row["product"].id, "text": row["product"].text},
            "item": row["item"].text if row["item"] else "",
            "quantity": str(row["quantity"]),
            "serial_no": row["serial_no"] or "",
            "delivered_on": record["delivered_on"].isoformat(),
            "receiver": record["receiver"],
            "damaged": row["damaged"],
        },
        customer_id=record["customer"].id,
        about=record["contract_or_order"].id,
    )


def shortage(record: Filed, damaged: list[dict[str, Any]]) -> str:
    """What the complaint is about, in a line for each of the goods."""
    lines = [
        str(_l("%(product)s %(serial)s 签收 %(quantity)s"))
        % {
            "product": row["product"].text,
            "serial": row["serial_no"] or "",
            "quantity": f"{row['quantity']:f}",
        }
        for row in damaged
    ]
    return "\n".join([str(_l("%(number)s 送货短少或破损：")) % {"number": record.number}, *lines])
