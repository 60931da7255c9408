"""parse → call → render."""
