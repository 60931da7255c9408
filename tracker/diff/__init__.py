"""two Versions → Diff."""
