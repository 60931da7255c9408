"""Which region lies in which, and which ones a title names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_EU = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
"""ISO 3166 codes of the member states, since 2020-02-01."""

_WITHIN: dict[str, frozenset[str]] = {
    "EU": frozenset(_EU.split()),
    "EEA": frozenset((*_EU.split(), "EU", "IS", "LI", "NO")),
}

_EUROPE = ("EEA", "GB", "CH")
"""What services mean by "the European region": the EEA, the United Kingdom and Switzerland."""

_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"European (?:Regional?|Users?|Privacy)|Europe(?:an)?\b(?! Union| Economic)|Europa|europäisch\w*", _EUROPE),
    (r"EEA|EWR|EEE|European Economic Area", ("EEA",)),
    (r"EU|UE|European Union|Europäischen? Union|Union européenne|Unión Europea|Uni Eropa", ("EU",)),
    (r"UK|U\.K\.|United Kingdom|Royaume-Uni|Reino Unido|Vereinigtes Königreich", ("GB",)),
    (r"Switzerland|Swiss|Suisse|Suiza|Schweiz(?:er)?|(?<=/)CH", ("CH",)),
    (r"US(?= (?:Privacy|State|Resident|User|Consumer|Region|Terms))|USA|U\.S\.|United States", ("US",)),
    (r"États-Unis|Estados Unidos|Vereinigte Staaten|Amerika Serikat", ("US",)),
    (r"California(?:n|ns)?|Californie|Kalifornien", ("US-CA",)),
    (r"Canad(?:a|ian)|Canadá|Kanada", ("CA",)),
    (r"Bra[sz]il(?:ian)?", ("BR",)),
    (r"Hong Kong", ("HK",)),
    (r"India(?:n)?", ("IN",)),
    (r"Indonesian?", ("ID",)),
    (r"Japan(?:ese)?", ("JP",)),
    (r"(?:South )?Korean?", ("KR",)),
    (r"Australian?", ("AU",)),
)
_PATTERNS = tuple((re.compile(rf"(?<!\w)(?:{names})(?!\w)"), codes) for names, codes in _NAMES)

_ANY = re.compile(rf"(?<!\w)(?:{'|'.join(names for names, _ in _NAMES)})(?!\w)")
_BUT = re.compile(r"\b(?:outside|except|excluding|other than|hors|außerhalb|fuera)\b", re.IGNORECASE)
_LONGEST = 100  # characters: what is longer is no title but a sentence that stands where one would


@lru_cache(maxsize=1024)
def regions_named(title: str | None) -> tuple[str, ...]:
    """The regions that a title names, sorted; () if it names none (or is None), as most do."""
    if not title or len(title) > _LONGEST or _BUT.search(title):
        return ()
    found = {code for pattern, codes in _PATTERNS if pattern.search(title) for code in codes}
    return tuple(sorted(found - {inner for outer in found for inner in _WITHIN.get(outer, ())}))


@lru_cache(maxsize=1 << 12)  # asked of every block of a text, most of which are those of the one before
def names_region(text: str) -> bool:
    """Whether a text names any region that we know by name."""
    return _ANY.search(text) is not None


def lies_in(region: str, wider: str) -> bool:
    """Whether a region is another one or a part of it: ``FR`` lies in ``EU``, ``US-CA`` in ``US``."""
    return region == wider or region in _WITHIN.get(wider, ()) or region.startswith(f"{wider}-")


def covers(limits: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether all wanted regions lie within the limits; on either side no region means everywhere."""
    bounds, asked = tuple(limits), tuple(wanted)
    return not bounds or (bool(asked) and all(any(lies_in(each, bound) for bound in bounds) for each in asked))
