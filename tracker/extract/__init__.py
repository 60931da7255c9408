"""Snapshot → Blocks."""
