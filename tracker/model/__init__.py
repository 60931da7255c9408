"""Every datum that travels between stages.  All are frozen; a stage takes data and returns new data.

Times are aware datetimes in UTC.  Collections are tuples, so that equal data compare and hash equal.
"""

from tracker.model.claims import Actor, Claim, Findings, Models, Notice, NoticeKind, OptOut, Polarity, Source
from tracker.model.documents import Block, BlockKind, DocumentKey, Extract, Kind, NotModified, Snapshot
from tracker.model.events import (
    Assessment,
    Attempt,
    Delivery,
    DeliveryStatus,
    Dispatch,
    Event,
    EventKind,
    Grouping,
    Message,
    Silence,
)
from tracker.model.evidence import Dossier, Exhibit
from tracker.model.ledger import (
    BindingState,
    DocumentHistory,
    Gap,
    GapStatus,
    InformalSide,
    LedgerRow,
    Pending,
    Reading,
    ServiceHistory,
    Severity,
    State,
)
from tracker.model.records import CheckRecord, DocumentRecord, DocumentStatus, Rejection, VersionRecord
from tracker.model.versions import Cause, Change, Diff, Op, Standing, Version, Words

__all__ = [
    "Actor",
    "Assessment",
    "Attempt",
    "BindingState",
    "Block",
    "BlockKind",
    "Cause",
    "Change",
    "CheckRecord",
    "Claim",
    "Delivery",
    "DeliveryStatus",
    "Diff",
    "Dispatch",
    "DocumentHistory",
    "DocumentKey",
    "DocumentRecord",
    "DocumentStatus",
    "Dossier",
    "Event",
    "EventKind",
    "Exhibit",
    "Extract",
    "Findings",
    "Gap",
    "GapStatus",
    "Grouping",
    "InformalSide",
    "Kind",
    "LedgerRow",
    "Message",
    "Models",
    "NotModified",
    "Notice",
    "NoticeKind",
    "Op",
    "OptOut",
    "Pending",
    "Polarity",
    "Reading",
    "Rejection",
    "ServiceHistory",
    "Severity",
    "Silence",
    "Snapshot",
    "Source",
    "Standing",
    "State",
    "Version",
    "VersionRecord",
    "Words",
]
