"""A second opinion on the warehouse's books: what they should say, kept in plain dictionaries beside the portal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

NOTHING = Decimal(0)
Key = tuple[int, str]  # item, place
Line = tuple[int, str, str, Decimal]  # item, place, batch, signed quantity


class Impossible(Exception):
    """The books must not do this: less than nothing would be left, or the place is being counted."""


@dataclass
class Order:
    """What was ordered of an item, and what each goods received note has brought of it."""

    item: int
    ordered: Decimal
    came: dict[int, Decimal] = field(default_factory=dict)

    @property
    def left(self) -> Decimal:
        """What is still to come."""
        return max(NOTHING, self.ordered - sum(self.came.values(), NOTHING))


@dataclass
class Model:
    """Batches by item and place in the order of their coming, and what each record has done to them."""

    stock: dict[Key, dict[str, Decimal]] = field(default_factory=dict)
    posted: dict[int, list[Line]] = field(default_factory=dict)
    taken_back: dict[int, list[Line]] = field(default_factory=dict)  # by the record that corrects
    frozen: dict[Key, int] = field(default_factory=dict)
    promised: dict[int, tuple[int | None, dict[int, Decimal]]] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)

    def balance(self, item: int, place: str) -> Decimal:
        """What lies at a place."""
        return sum(self.stock.get((item, place), {}).values(), NOTHING)

    def on_hand(self, item: int) -> Decimal:
        """What lies at all places."""
        return sum((self.balance(*key) for key in self.stock if key[0] == item), NOTHING)

    def on_order(self, item: int) -> Decimal:
        """What is still to come of all orders."""
        return sum((one.left for one in self.orders.values() if one.item == item), NOTHING)

    def reserved(self, item: int, but: int | None = None) -> Decimal:
        """What is promised and not handed out, without what one record was promised."""
        return sum((self._promise(id, item) for id in self.promised if id != but), NOTHING)

    def _promise(self, record: int, item: int) -> Decimal:
        corrects, asked = self.promised[record]
        gone = sum(
            (
                -line[3]
                for id in (record, corrects)
                for line in self.posted.get(id or 0, ())
                if line[0] == item
            ),
            NOTHING,
        )
        return max(NOTHING, asked.get(item, NOTHING) - gone)

    def add(self, record: int, line: Line) -> None:
        """One line of the journal."""
        item, place, batch, quantity = line
        if self.frozen.get((item, place), record) != record:
            raise Impossible(f"{item} at {place} is being counted")
        lots = self.stock.setdefault((item, place), {})
        if lots.get(batch, NOTHING) + quantity < 0:
            raise Impossible(f"batch {batch} of {item} at {place}")
        lots[batch] = lots.get(batch, NOTHING) + quantity
        self.posted.setdefault(record, []).append(line)

    def move(self, record: int, item: int, place: str, quantity: Decimal, batch: str = "") -> None:
        """Into a batch, or out of the oldest ones."""
        if quantity >= 0 or batch:
            self.add(record, (item, place, batch, quantity))
            return
        for lot, there in list(self.stock.get((item, place), {}).items()):
            share = min(there, -quantity)
            if share > 0:
                self.add(record, (item, place, lot, -share))
                quantity += share
        if quantity:
            raise Impossible(f"{item} at {place}: {quantity} too much")
        if self.frozen.get((item, place), record) != record:
            raise Impossible(f"{item} at {place} is being counted")

    def settle(self, record: int, wanted: dict[Key, Decimal]) -> None:
        """The record has taken just this; what it took too much goes back where it came from, the last first."""
        took: dict[Key, Decimal] = {}
        for item, place, _batch, quantity in self.posted.get(record, ()):
            took[item, place] = took.get((item, place), NOTHING) - quantity
        for key in [*took, *(key for key in wanted if key not in took)]:
            more = wanted.get(key, NOTHING) - took.get(key, NOTHING)
            if more > 0:
                self.move(record, *key, -more)
            elif more < 0:
                self._put_back(record, key, -more)

    def _put_back(self, record: int, key: Key, quantity: Decimal) -> None:
        took: dict[str, Decimal] = {}
        for item, place, batch, amount in self.posted[record]:
            if (item, place) == key:
                took[batch] = took.pop(batch, NOTHING) - amount  # the batch moved last stands last
        for batch in reversed(list(took)):
            share = min(took[batch], quantity)
            if share > 0:
                self.add(record, (*key, batch, share))
                quantity -= share

    def take_back(self, record: int, corrects: int) -> None:
        """What a record has posted counts no longer."""
        lines = self.posted.get(corrects, [])
        for item, place, batch, quantity in reversed(lines):
            self.add(record, (item, place, batch, -quantity))
            self.posted[record].pop()
        self.taken_back[record] = lines
        self.posted[corrects] = []

    def replace(self, record: int, corrects: int, post: Callable[[], None]) -> None:
        """What a record has posted counts no longer, and what stands in its place does; what has left of it is made up first."""
        left = any(
            quantity > self.stock.get((item, place), {}).get(batch, NOTHING)
            for item, place, batch, quantity in self.posted.get(corrects, ())
        )
        if not left:
            self.take_back(record, corrects)
        post()
        if left:
            self.take_back(record, corrects)

    def restore(self, record: int, corrects: int) -> None:
        """The correction is given up: what it took back stands again."""
        self.settle(record, {})
        self.posted[record] = []
        for line in self.taken_back.pop(record, []):
            item, place, _batch, _quantity = line
            if self.frozen.get((item, place), corrects) != corrects:
                raise Impossible(f"{item} at {place} is being counted")
            self.add(corrects, line)
