"""address → Snapshot."""
