"""other archives → dated Snapshots."""
