"""data → what a person sees."""
