"""Block → Claims."""
