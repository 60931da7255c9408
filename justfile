# Everyday commands.  `just` alone lists them.

default:
    @just --list

# the tests, on all cores
test:
    python -m pytest

# style and types
check:
    ruff check . && ruff format --check . && mypy

# bring the style in order
format:
    ruff check --fix . && ruff format .

# every benchmark, as Markdown
bench:
    python -m benchmarks
