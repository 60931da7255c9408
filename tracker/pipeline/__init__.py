"""All stages together: the only package that knows every one of them.

Import from its modules: what a command does not use is not loaded for it.
"""
