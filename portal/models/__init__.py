"""The tables, one noun per file."""

from portal.models.events import AuditEvent, AuditStream
from portal.models.files import RecordFile, StoredFile
from portal.models.ledgers import (
    CountEntry,
    CreditEntry,
    LedgerEntry,
    OrderEntry,
    PriceEntry,
    ReceivableEntry,
    StockBalance,
    StockEntry,
)
from portal.models.master import (
    CalendarDay,
    CompanySetting,
    Customer,
    Machine,
    Product,
    Project,
    StockItem,
    Supplier,
)
from portal.models.notices import Digest, GroupRobot, Notice, NoticeChoice, OutboxRow
from portal.models.people import Department, Person, RoleGrant, SignInAttempt, SignInSession, Substitution
from portal.models.public_requests import PublicRequest
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
    RecordSubject,
    SavedView,
)
from portal.models.signatures import OutsideLink, Signature
from portal.models.tasks import ObligationRun, Task, TaskExclusion, TaskHolder

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
    "Digest",
    "Draft",
    "FormVersion",
    "GroupRobot",
    "LedgerEntry",
    "Machine",
    "Notice",
    "NoticeChoice",
    "NumberSeries",
    "ObligationRun",
    "OrderEntry",
    "OutboxRow",
    "OutsideLink",
    "Person",
    "Phrase",
    "PriceEntry",
    "Product",
    "Project",
    "PublicRequest",
    "ReceivableEntry",
    "Record",
    "RecordFile",
    "RecordLink",
    "RecordReader",
    "RecordSubject",
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
