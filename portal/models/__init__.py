"""The tables, one noun per file."""

from portal.models.audit_packages import AuditPackage
from portal.models.ballots import Ballot, BallotBox, BallotVoter
from portal.models.documents import DocumentReading, DocumentRevision, RevisionFile
from portal.models.events import AuditCheckpoint, AuditEvent, AuditLeaf, AuditNode, AuditStream
from portal.models.files import RecordFile, StoredFile
from portal.models.ledgers import (
    CountEntry,
    CreditEntry,
    LedgerEntry,
    LedgerKey,
    OrderEntry,
    PriceEntry,
    ReceivableEntry,
    StockBalance,
    StockEntry,
)
from portal.models.master import (
    CalendarDay,
    CompanySetting,
    ControlledDocument,
    Customer,
    InformationAsset,
    Machine,
    Product,
    Project,
    StockItem,
    StoragePlace,
    Supplier,
)
from portal.models.notices import Digest, GroupRobot, Notice, NoticeChoice, OutboxRow
from portal.models.own_keys import OwnKey
from portal.models.passkeys import Passkey, PasskeyQuestion
from portal.models.people import Department, Person, RoleGrant, SignInAttempt, SignInSession, Substitution
from portal.models.postings import Posting, PostingDepartment, ReadReceipt
from portal.models.prints import RecordPrint
from portal.models.projects import ProjectStage
from portal.models.provider_ties import ProviderTie
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
from portal.models.search import SearchEntry
from portal.models.second_factors import RecoveryCode, SecondFactor
from portal.models.signatures import OutsideLink, Signature
from portal.models.tasks import ObligationRun, Task, TaskExclusion, TaskHolder

__all__ = [
    "AuditCheckpoint",
    "AuditEvent",
    "AuditLeaf",
    "AuditNode",
    "AuditPackage",
    "AuditStream",
    "Ballot",
    "BallotBox",
    "BallotVoter",
    "CalendarDay",
    "Comment",
    "CompanySetting",
    "Content",
    "ControlledDocument",
    "CountEntry",
    "CreditEntry",
    "Customer",
    "Department",
    "Digest",
    "DocumentReading",
    "DocumentRevision",
    "Draft",
    "FormVersion",
    "GroupRobot",
    "InformationAsset",
    "LedgerEntry",
    "LedgerKey",
    "Machine",
    "Notice",
    "NoticeChoice",
    "NumberSeries",
    "ObligationRun",
    "OrderEntry",
    "OutboxRow",
    "OutsideLink",
    "OwnKey",
    "Passkey",
    "PasskeyQuestion",
    "Person",
    "Phrase",
    "Posting",
    "PostingDepartment",
    "PriceEntry",
    "Product",
    "Project",
    "ProjectStage",
    "ProviderTie",
    "PublicRequest",
    "ReadReceipt",
    "ReceivableEntry",
    "Record",
    "RecordFile",
    "RecordLink",
    "RecordPrint",
    "RecordReader",
    "RecordSubject",
    "RecoveryCode",
    "RevisionFile",
    "RoleGrant",
    "SavedView",
    "SearchEntry",
    "SecondFactor",
    "SignInAttempt",
    "SignInSession",
    "Signature",
    "StockBalance",
    "StockEntry",
    "StockItem",
    "StoragePlace",
    "StoredFile",
    "Substitution",
    "Supplier",
    "Task",
    "TaskExclusion",
    "TaskHolder",
]
