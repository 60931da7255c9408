"""Claims over time → Events."""
