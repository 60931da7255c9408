"""Two plain readers to measure the real one against: keywords, and TF-IDF with a linear model."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC

from benchmarks.gold import Example
from tracker.model import Polarity

Claimed = frozenset[tuple[str, Polarity]]

_WORDS = tomllib.loads((Path(__file__).parent / "keywords.toml").read_text(encoding="utf-8"))


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_NEGATION, _USE, _OBJECT = map(_any, (_WORDS["negation"], _WORDS["training"]["use"], _WORDS["training"]["object"]))
_PRACTICES = {practice: _any(patterns) for practice, patterns in _WORDS["practices"].items()}


def keywords(examples: Sequence[Example]) -> list[Claimed]:
    """A practice wherever its words stand; denied wherever a negation stands in the block too."""
    return [_by_words(example.block.text) for example in examples]


def _by_words(text: str) -> Claimed:
    found = [practice for practice, words in _PRACTICES.items() if words.search(text)]
    if _USE.search(text) and _OBJECT.search(text):
        found.append("ai-training")
    polarity = Polarity.DENIES if _NEGATION.search(text) else Polarity.ASSERTS
    return frozenset((practice, polarity) for practice in found)


def linear(examples: Sequence[Example]) -> list[Claimed]:
    """A linear support vector machine on word uni- and bigrams, trained on the development half of ``examples``."""
    training = [example for example in examples if example.half == "development"]
    classes = MultiLabelBinarizer()
    wanted = classes.fit_transform([[f"{one.practice} {one.polarity}" for one in e.labels] for e in training])
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        OneVsRestClassifier(LinearSVC(class_weight="balanced", max_iter=10_000)),
    )
    model.fit([_context(example) for example in training], wanted)
    found = classes.inverse_transform(model.predict([_context(example) for example in examples]))
    return [frozenset((name.split()[0], Polarity(name.split()[1])) for name in names) for names in found]


def _context(example: Example) -> str:
    return " ".join((*example.block.headings, example.block.lead, example.block.text))
