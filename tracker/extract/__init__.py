"""Snapshot → Blocks: what a reader sees of a page, and whether it can be the document at all.

Import from its modules: who reads Markdown loads no parser of HTML or PDF.
"""
