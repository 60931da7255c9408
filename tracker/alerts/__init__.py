"""Events → deliveries: what is told, to whom, and how it gets there."""

from tracker.alerts.compose import compose
from tracker.alerts.deliver import BACKOFF, deliver, wants

__all__ = ["BACKOFF", "compose", "deliver", "wants"]
