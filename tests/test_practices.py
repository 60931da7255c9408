"""What the detector reads out of sentences, and what keeps it from reading too much."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import LexiconError
from tracker.extract.passages import passages
from tracker.model import Actor, Block, BlockKind, Claim, Models, Polarity, Source
from tracker.practices.detector import Detector, detector
from tracker.practices.folding import folded
from tracker.practices.grammar import read_grammar
from tracker.practices.lexicon import read_lexicon
from tracker.practices.tagging import expand
from tracker.practices.taxonomy import read_source, read_taxonomy

ASSERTED = [
    "We may use your content to train our AI models.",
    "Your posts and comments are used to train our large language models.",
    "We may use data to help our models become more accurate.",
    "Your data helps us build better AI models.",
    "You grant us a licence to use your content to train AI and machine learning models.",
    "We use photos you upload for the purposes of machine learning.",
    "Even if you opt out, we may use previously collected posts to train our models.",
    "We do not use your inputs to train our models, except on the free plan.",
    "If you don't want us to use your chats to train our models, you can turn this off in settings.",
    "Our models are trained on public posts shared by adults.",
    "We have not stopped using your search history to train our machine learning models.",
    "Your images will be added to the datasets on which our generative AI tools are trained.",
    "User data helps us to refine and improve the machine learning systems that power recommendations.",
    "We use your \u00adcon\u00adtent to tr\u0430in our Al models.",
]
DENIED = [
    "We do not use your content to train our AI models.",
    "We never train on your data.",
    "No customer data is used to train generative AI models.",
    "Neither your prompts nor the outputs are used to train any AI.",
    "Starting today, we no longer use your messages for training our AI.",
    "Content in private repositories is excluded from model training.",
    "By default, we do not use your business data for training our models.",
    "We have never trained our models on customers' documents and never will.",
    "Data of users under the age of 18 are not used to train our generative AI.",
]
SILENT = [
    "You may not use the Services or their output to train, develop or improve AI models.",
    "You agree not to use our content to train large language models.",
    "Users may not scrape the site, including in order to train AI systems, without our prior written consent.",
    "Do not use our API to train competing AI models.",
    "Partner shall not use the Data for training of artificial intelligence.",
    "Customers must not use the service to develop machine learning models that compete with it.",
    "You can train your own custom model using your data.",
    "We train our staff on AI ethics and data protection.",
    "Our employees are trained on the responsible use of AI.",
    "Calls may be recorded for training and quality purposes.",
    "Machine learning models are trained on large datasets and learn patterns from them.",
    '"AI Technology" means any machine learning model trained on data.',
    "Learn more about how we use your data to train our AI models.",
    "We updated our Privacy Policy to clarify how we use data to train AI.",
    "How do you use my data to train AI?",
    "Any dispute concerning AI, machine learning or training shall be resolved by arbitration.",
    "We do not guarantee that the AI has been trained on accurate data.",
    "We have developed matching algorithms to predict your compatibility with other members.",
]


def training(text: str, lead: str = "", headings: tuple[str, ...] = ()) -> list[Claim]:
    kind = BlockKind.ITEM if lead else BlockKind.PARAGRAPH
    claims = detector().read(Block("x", text, kind, headings, lead), "en").claims
    return [claim for claim in claims if claim.practice == "ai-training"]


@pytest.mark.parametrize("text", ASSERTED)
def test_asserts(text: str) -> None:
    assert {claim.polarity for claim in training(text)} == {Polarity.ASSERTS}


@pytest.mark.parametrize("text", DENIED)
def test_denies(text: str) -> None:
    assert {claim.polarity for claim in training(text)} == {Polarity.DENIES}


@pytest.mark.parametrize("text", SILENT)
def test_claims_nothing_of_training(text: str) -> None:
    assert training(text) == []


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("We may share your content with partners who may use it to train their own AI models.", {Actor.THIRD_PARTY}),
        ("We license user content to AI companies.", {Actor.THIRD_PARTY}),
        ("We may license public content to third parties for AI training.", {Actor.THIRD_PARTY}),
        ("The recipients of your data may use them to train their AI models.", {Actor.THIRD_PARTY}),
        ("We and our affiliates may use your data to train generative AI models.", {Actor.SERVICE, Actor.AFFILIATE}),
        ("We share your posts with service providers to train our models.", {Actor.SERVICE}),
        ("We share data with our parent company so that it can train its AI models.", {Actor.AFFILIATE}),
    ],
)
def test_tells_who_trains(text: str, actors: set[Actor]) -> None:
    assert {claim.actor for claim in training(text)} == actors


def test_a_list_item_takes_its_subject_from_the_lead_in() -> None:
    assert training("train machine learning models with it", lead="You will not:") == []
    (claim,) = training("Improve our AI technologies, such as translations", lead="We use your information to:")
    assert claim.polarity is Polarity.ASSERTS


def test_an_answer_claims_what_was_asked() -> None:
    (no,) = training("No.", headings=("Do you use my posts to train AI?",))
    (yes,) = training("Yes. You can opt out at any time.", headings=("Do you use my chats for AI training?",))
    assert (no.polarity, yes.polarity) == (Polarity.DENIES, Polarity.ASSERTS)
    assert no.quote == "No."


def test_a_row_answers_its_columns() -> None:
    row = Block("x", "Direct messages | Yes | No", BlockKind.ROW, (), "Data | Stored | Used for AI training")
    (claim,) = detector().read(row, "en").claims
    assert (claim.polarity, claim.data) == (Polarity.DENIES, ("private-messages",))


def test_carries_scope() -> None:
    text = "From November 3, 2025, we use the posts of members outside the EU and Switzerland to train generative AI."
    (claim,) = training(
        text + " You can opt out at any time; opting out does not affect training that has already taken place."
    )
    assert set(claim.except_regions) == {"EU", "CH"}
    assert claim.models is Models.GENERATIVE
    assert claim.source is Source.MEMBERS
    assert claim.from_date is not None
    assert claim.from_date.isoformat() == "2025-11-03"
    assert claim.opt_out is not None
    assert (claim.opt_out.offered, claim.opt_out.retroactive) == (True, False)


def test_consent_makes_it_conditional() -> None:
    (denied,) = training("We will not use your data to train AI models without your consent.")
    (asserted,) = training("With your permission, we may use your prompts to improve our AI models.")
    assert (denied.conditional, asserted.conditional) == (True, True)


@pytest.mark.parametrize(
    ("practice", "polarity", "text"),
    [
        ("data-sale", "denies", "We do not sell your personal information."),
        ("third-party-sharing", "asserts", "We share your information with advertisers and other partners."),
        ("affiliate-sharing", "asserts", "We may share your data with our affiliates."),
        ("government-disclosure", "asserts", "We may disclose your data to law enforcement if required by law."),
        ("targeted-advertising", "asserts", "We use your data to show you personalised ads."),
        ("biometric-data", "denies", "We do not collect biometric data."),
        ("precise-location", "asserts", "We collect your precise location."),
        ("children-data", "denies", "We do not knowingly collect personal information from children under 13."),
        ("legitimate-interest", "asserts", "We rely on our legitimate interests."),
        ("arbitration", "asserts", "All disputes shall be resolved by binding arbitration."),
        (
            "content-licence",
            "asserts",
            "You grant us a worldwide, royalty-free, sublicensable licence to use your content.",
        ),
        ("unilateral-change", "asserts", "We may change these terms at any time without notice."),
        ("cross-border-transfer", "asserts", "Your data may be transferred to countries outside the EEA."),
        ("ai-human-review", "asserts", "Human reviewers may read your conversations to improve our AI."),
        ("profiling", "asserts", "We infer your interests from what you read."),
        ("sensitive-data", "asserts", "We collect information about your health and religious beliefs."),
    ],
)
def test_reads_the_other_practices(practice: str, polarity: str, text: str) -> None:
    found = {(claim.practice, claim.polarity.value) for claim in detector().read(Block("x", text), "en").claims}
    assert (practice, polarity) in found


def test_headings_claim_nothing() -> None:
    assert detector().read(Block("x", ASSERTED[0], BlockKind.HEADING), "en").claims == ()


def test_explains_which_gate_stopped_a_near_miss() -> None:
    explanation = detector().explain(Block("x", SILENT[0]), "en")
    assert "user-duty" in {trace.gate for trace in explanation.traces}
    queue = detector().near([Block("x", "Your posts may teach a thing or two to an AI."), Block("y", SILENT[0])], "en")
    assert [one.score for one in queue] == sorted((one.score for one in queue), reverse=True)


WORDS = st.sampled_from(
    ["We", "may", "use", "your", "data", "to", "train", "our", "AI", "models", "not", "never", "unless", "you",
     "opt out", "third parties", "—", "...", "\u00ad", "\u200f", "\n", "é", "ﬁ", "İ", "<b>", "|", "🙂", "نستخدم",
     "ß", "e\u0301", ":", "?"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=200))
def test_offsets_slice_the_quotation(text: str) -> None:
    found = detector().read(Block("x", text), "en")
    assert all(text[claim.start : claim.end] == claim.quote for claim in found.claims)
    assert all(text[notice.start : notice.end] == notice.quote for notice in found.notices)


PARAGRAPHS = [*ASSERTED, *DENIED, *SILENT]


@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=6))
@settings(deadline=None, max_examples=25)
def test_a_text_says_what_its_paragraphs_say_in_their_order(texts: list[str]) -> None:
    whole = "\n\n".join(texts)
    found = [
        (claim.practice, claim.polarity, claim.actor, whole[cut.origin(claim.start) : cut.origin(claim.end - 1) + 1])
        for cut in passages(whole)
        for claim in detector().read(cut.block, "en").claims
    ]
    assert found == [
        (claim.practice, claim.polarity, claim.actor, claim.quote)
        for text in texts
        for claim in detector().read(Block("x", text), "en").claims
    ]


def test_what_was_read_before_changes_nothing() -> None:
    named = "Microsoft may use your posts to train its AI models."
    pairs = [*pairwise(PARAGRAPHS), (named, ""), (named, "Our parent company is Microsoft.")]
    blocks = [Block("x", f"{one} {other}".strip(), headings=above) for one, other in pairs for above in ((), (other,))]
    english = {"en": read_source("lexicon/en.toml")}
    fresh = Detector(read_taxonomy(), read_source("frames.toml"), english, "")
    backwards = [fresh.read(block, "en") for block in reversed(blocks)]
    assert [found.claims for found in reversed(backwards)] == [detector().read(block, "en").claims for block in blocks]


@given(st.text(max_size=300))
@settings(deadline=None)
def test_folding_keeps_the_way_back(text: str) -> None:
    plain = folded(text)
    spans = [plain.span(at, at + 1) for at in range(len(plain.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize(
    "text",
    [
        "we may use your data to train our ai models and " * 4_000,
        "train " * 100_000,
        "(" * 200_000,
        "a" * 1_000_000,
        "| x " * 100_000,
        "\u200f\u00ad" * 200_000 + "train",
        "- item\n" * 100_000,
    ],
)
def test_megabytes_without_end_do_not_stop_it(text: str) -> None:
    found = detector().read(Block("x", text), "en")
    assert all(text[claim.start : claim.end] == claim.quote for claim in found.claims)


def test_choices_expand() -> None:
    assert expand("(a|b (c|d)) e(|s)") == ["a e", "a es", "b c e", "b c es", "b d e", "b d es"]


@pytest.mark.parametrize(
    "name", sorted(entry.name for entry in files("tracker.practices").joinpath("lexicon").iterdir())
)
def test_shipped_lexicons_are_sound(name: str) -> None:
    taxonomy = read_taxonomy()
    grammar = read_grammar(read_source("frames.toml"), taxonomy)
    source = read_source(f"lexicon/{name}")
    lexicon = read_lexicon(source, grammar, taxonomy)
    assert name == f"{lexicon.language}.toml"
    assert {"train", "ai", "model", "not", "use", "third"} <= set(source.tables["words"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            'language = "xx"\nname = "X"\n[words]\ntrane = ["a"]\n',
            r"xx\.toml:4: words\.trane: there is no concept 'trane'",
        ),
        (
            'language = "xx"\nname = "X"\n[words]\nai = ["a"]\nmodel = ["a"]\n',
            r"xx\.toml:\d: words\.model: 'a' already",
        ),
        ('language = "xx"\nname = "X"\n[data]\nnothing = ["a"]\n', r"xx\.toml:4: data\.nothing"),
        ('language = "xx"\nname = "X"\n[words]\nai = ["(a|b"]\n', r"xx\.toml:4: words\.ai: .*choice"),
        ('language = "xx"\nname = X\n', r"xx\.toml: .*line 2"),
        ('name = "X"\n', r"xx\.toml:1: language"),
    ],
)
def test_a_broken_lexicon_names_its_line(text: str, says: str) -> None:
    taxonomy = read_taxonomy()
    grammar = read_grammar(read_source("frames.toml"), taxonomy)
    with pytest.raises(LexiconError, match=says):
        read_lexicon(read_source("xx.toml", text), grammar, taxonomy)


def test_the_taxonomy_is_whole() -> None:
    tables = tomllib.loads(files("tracker.practices").joinpath("taxonomy.toml").read_text("utf-8"))
    frames = tomllib.loads(files("tracker.practices").joinpath("frames.toml").read_text("utf-8"))
    assert set(tables["practices"]) == {frame["practice"] for frame in frames["frame"]}


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Meta uses public posts to train its AI models.", Actor.SERVICE),
        ("OpenAI may use your content to train its models.", Actor.SERVICE),
        ("We share your posts with OpenAI, which may use them to train its models.", Actor.THIRD_PARTY),
    ],
)
def test_a_company_named_alone_speaks_of_itself(text: str, actor: Actor) -> None:
    [claim] = [c for c in detector().read(Block("x", text)).claims if c.practice == "ai-training"]
    assert claim.actor is actor


def test_a_product_that_learns_from_a_customers_staff_claims_nothing_unless_somebody_speaks() -> None:
    product = "The module offers comment analysis by an NLP model that is trained on employee feedback."
    assert not detector().read(Block("x", product)).claims
    assert detector().read(Block("x", "Our models are trained on employee feedback.")).claims
