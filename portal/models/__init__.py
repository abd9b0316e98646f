"""The tables, one noun per file."""

from portal.models.events import AuditEvent, AuditStream
from portal.models.files import RecordFile, StoredFile
from portal.models.ledgers import CountEntry, CreditEntry, LedgerEntry, OrderEntry, StockBalance, StockEntry
from portal.models.master import (
    CalendarDay,
    CompanySetting,
    Customer,
    Product,
    Project,
    StockItem,
    Supplier,
)
from portal.models.people import Department, Person, RoleGrant, SignInAttempt, SignInSession, Substitution
from portal.models.records import (
    Comment,
    Content,
    Draft,
    FormVersion,
    NumberSeries,
    Phrase,
    Record,
    RecordLink,
    RecordReader,
    SavedView,
)
from portal.models.signatures import OutsideLink, Signature
from portal.models.tasks import Notice, OutboxRow, Task, TaskExclusion, TaskHolder

__all__ = [
    "AuditEvent",
    "AuditStream",
    "CalendarDay",
    "Comment",
    "CompanySetting",
    "Content",
    "CountEntry",
    "CreditEntry",
    "Customer",
    "Department",
    "Draft",
    "FormVersion",
    "LedgerEntry",
    "Notice",
    "NumberSeries",
    "OrderEntry",
    "OutboxRow",
    "OutsideLink",
    "Person",
    "Phrase",
    "Product",
    "Project",
    "Record",
    "RecordFile",
    "RecordLink",
    "RecordReader",
    "RoleGrant",
    "SavedView",
    "SignInAttempt",
    "SignInSession",
    "Signature",
    "StockBalance",
    "StockEntry",
    "StockItem",
    "StoredFile",
    "Substitution",
    "Supplier",
    "Task",
    "TaskExclusion",
    "TaskHolder",
]
