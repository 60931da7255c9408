"""The founding case as a small web site with a clock."""
