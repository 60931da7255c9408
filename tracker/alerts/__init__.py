"""Events → deliveries: what is told, to whom, and how it gets there.

Import from its modules: who only asks who wants to be told loads no way of telling.
"""
