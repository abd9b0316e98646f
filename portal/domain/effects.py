"""What a form sets going: declared facts that the services carry out in the signature's own write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

SUBMITTED = "submitted"
FINISHED = "finished"
REFUSED = "refused"
CORRECTED = "corrected"  # submitted again after a return or a withdrawal
VOIDED = "voided"  # given up by its applicant
MOMENTS = (SUBMITTED, CORRECTED, FINISHED, REFUSED, VOIDED)


@dataclass(frozen=True, slots=True)
class Opens:
    """A prefilled draft of another form, with a task for those who fill it in."""

    code: str
    answers: Mapping[str, Any]
    to: str = ""  # authority key, e.g. `role:buyer` or `person:12`; empty: who may open the form
    names_as: str = ""  # field of the new form that names the record which opened it
    due: Any = None  # day or moment until which it should be filled in
    anew: bool = False  # a later round wants it once more, though a former one was finished
    subject: str = ""  # what it is about, where that is not what the record is about


@dataclass(frozen=True, slots=True)
class Made:
    """Stands for the id of the row of this kind that an effect before has created for the same record."""

    kind: str


RowId = int | Made
"""The id of a row of master data, or what stands for it until it has been created."""


@dataclass(frozen=True, slots=True)
class PostsStock:
    """One line of the warehouse journal, with the balance of item and place."""

    kind: str  # in, out, sale, scrap, adjust, reversal
    item_id: RowId
    place: str
    quantity: Decimal  # signed
    unit_cost: Decimal | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class OrdersStock:
    """One line of the journal of goods on order: more is ordered, or some of it has come."""

    item_id: int
    quantity: Decimal  # signed
    put_back: bool = False  # what the record itself had ordered is not to come after all


@dataclass(frozen=True, slots=True)
class FreezesStock:
    """Stops, or lets go on, all movements of an item at a place while it is being counted."""

    item_id: int
    place: str
    frozen: bool


@dataclass(frozen=True, slots=True)
class PostsCount:
    """One line of the stock-take journal: the quantity before and as counted."""

    item_id: int
    place: str
    before: Decimal
    counted: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PostsCredit:
    """New credit limit and term of a customer, with the old ones kept."""

    customer_id: int
    limit: Decimal | None
    days: int | None
    effective_on: Any


@dataclass(frozen=True, slots=True)
class PostsReceivable:
    """One line of a customer's account: a claim (positive) or a payment (negative), for a contract, order or voucher."""

    customer_id: int
    of: int  # id of the record that both claim and payment belong to
    amount: Decimal  # signed
    row: str = ""  # the instalment
    due_on: Any = None  # of a claim
    paid_on: Any = None  # of a payment
    way: str = ""
    account: str = ""
    handler: str = ""


@dataclass(frozen=True, slots=True)
class PostsPrice:
    """The price of a product from a day on."""

    product_id: RowId
    price: Decimal
    valid_from: Any


@dataclass(frozen=True, slots=True)
class PostsEntry:
    """One line of a plain ledger (papers, file numbers, cases, warranties ...)."""

    ledger: str
    facts: Mapping[str, Any]
    customer_id: int | None = None  # whose page shows it
    about: int | None = None  # id of the record that it speaks of, when that is another one
    key: str = ""  # a number that may stand only once in the ledger


@dataclass(frozen=True, slots=True)
class Updates:
    """Creates (no id) or changes a row of master data; `adds` is added to what its numbers are by then.

    `twin` is asked once a new row stands there, with its id: what another row is called that somebody has entered for the
    same at this moment. Then the write is refused, as nobody could have been told of that one before.
    """

    kind: str  # of `queries.pick.MASTER`: customer, supplier, stock_item, document ...
    id: int | None
    values: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, Any] = field(default_factory=dict)
    twin: Callable[[int], str | None] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OpensProject:
    """A new project, with the stages of its kind; once for each record, later rounds change it."""

    kind: str  # of `domain.projects`: works, product, web, permit
    values: Mapping[str, Any] = field(default_factory=dict)  # columns of `models.Project`, without facts
    facts: Mapping[str, Any] = field(default_factory=dict)  # as JSON keeps them


@dataclass(frozen=True, slots=True)
class ChangesProject:
    """New values, facts and people of a project; what its facts decide about its stages is decided anew."""

    project_id: RowId
    values: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetsStage:
    """New values of a stage of a project: dates, owner, state. The stage follows the record that sets its state."""

    project_id: RowId
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)  # columns of `models.ProjectStage`


@dataclass(frozen=True, slots=True)
class Asks:
    """A task outside the route: something to do about this record until a date."""

    title: Any
    to: str
    due: Any = None


@dataclass(frozen=True, slots=True)
class CallsOff:
    """What this record has asked for and nobody has done yet is no longer to be done."""


@dataclass(frozen=True, slots=True)
class Closes:
    """Ends another open record as void, since what it was there for has come to pass; nobody signs for that."""

    record: int  # its id
    reason: Any


@dataclass(frozen=True, slots=True)
class SetsDeadline:
    """The deadline of a step of another record that has waited for this one."""

    record_id: int
    step: str
    due: Any


@dataclass(frozen=True, slots=True)
class Tells:
    """A notice to somebody, in the portal and by mail."""

    to: str
    text: Any


@dataclass(frozen=True, slots=True)
class Shares:
    """Lets these authority keys read the record from now on."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Publishes:
    """Shows the record's text on the portal from a day to a day, to these departments or, without any, to everybody."""

    title: str
    since: date
    until: date | None = None
    departments: tuple[int, ...] = ()
    front: bool = True  # on the first page too
    confirm: bool = False  # who is meant says that they have read it
    tell: bool = False  # who is meant gets a notice besides


@dataclass(frozen=True, slots=True)
class StartsRevision:
    """The next revision of a document, to be written by somebody."""

    document_id: int
    size: str  # minor or major
    author: int  # id of a person
    change: str = ""  # what is to change, and why


@dataclass(frozen=True, slots=True)
class SendsRevision:
    """The text of a revision goes round with the record, if it is still what the record names."""

    revision_id: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReleasesRevision:
    """The text of a revision is in force from a day on, if it is still what was approved."""

    revision_id: int
    document_id: RowId
    effective_on: date
    sha256: str


Effect = (
    Opens
    | PostsStock
    | OrdersStock
    | FreezesStock
    | PostsCount
    | PostsCredit
    | PostsReceivable
    | PostsPrice
    | PostsEntry
    | Updates
    | OpensProject
    | ChangesProject
    | SetsStage
    | Asks
    | CallsOff
    | Closes
    | SetsDeadline
    | Tells
    | Shares
    | Publishes
    | StartsRevision
    | SendsRevision
    | ReleasesRevision
)


def moved_items(effects: Iterable[Effect]) -> frozenset[int]:
    """The items whose stock these effects move, without those that are only created by them."""
    ids = (effect.item_id for effect in effects if isinstance(effect, PostsStock))
    return frozenset(id for id in ids if not isinstance(id, Made))


def touched_items(effects: Iterable[Effect]) -> frozenset[int]:
    """The items of whose books these effects write anything, without those that are only created by them."""
    every = list(effects)
    others = (one.item_id for one in every if isinstance(one, OrdersStock | FreezesStock | PostsCount))
    return moved_items(every) | frozenset(others)


@dataclass(frozen=True, slots=True)
class Hook:
    """A form's method that yields effects after a step, with its title for people to read."""

    after: str
    title: Any
    method: str = field(default="")


def after(step: str, title: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a form method `(record) -> Iterable[Effect]` to run when the step (or `submitted`, `finished`, `refused`) falls."""

    def mark(method: Callable[..., Any]) -> Callable[..., Any]:
        method.hook = Hook(step, title, method.__name__)  # type: ignore[attr-defined]
        return method

    return mark
