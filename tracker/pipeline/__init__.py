"""All stages together: the only package that knows every one of them."""

from tracker.pipeline.archive import Import, Imported
from tracker.pipeline.assessment import Assessor
from tracker.pipeline.deliveries import deliver_due
from tracker.pipeline.evidence import gather as gather_evidence
from tracker.pipeline.rebuild import Rebuild
from tracker.pipeline.rounds import Change, Outcome, Round

__all__ = ["Assessor", "Change", "Import", "Imported", "Outcome", "Rebuild", "Round", "deliver_due", "gather_evidence"]
