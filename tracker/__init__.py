"""A tracker of what services disclose about people's data, and of where they disclose it first."""

__version__ = "0.1.0"
