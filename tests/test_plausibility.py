"""What can be the document, and what cannot."""

from datetime import timedelta

from tracker.extract.page import extract_text
from tracker.extract.plausibility import judge
from tracker.model import Block


def policy(sections: int, words: str = "rule") -> tuple[Block, ...]:
    lines = [
        f"# Section {number}\n\n" + f"This {words} says number {number} and holds for all. " * 5
        for number in range(sections)
    ]
    return extract_text("\n\n".join(lines), "text/markdown").blocks


def page(text: str) -> tuple[Block, ...]:
    return extract_text(text, "text/html").blocks


WALL = page("<h1>Log in</h1>" + "<p>To go on, log in or make an account with your address.</p>" * 6)


def test_a_document_and_its_edits_are_plausible() -> None:
    former = policy(20)
    assert judge(former, None).plausible
    assert judge(former, former).plausible
    assert judge(former[:-10], former).plausible
    assert judge(former + policy(5, "addendum"), former).plausible


def test_errors_shells_and_loading_pages_are_not() -> None:
    for text in ("", "<p>Loading", "<h1>Oops!</h1><p>Something went wrong. Try again later.</p>"):
        assert not judge(page(text), policy(20)).plausible
    for text in ("", "<p>Loading"):
        assert not judge(page(text), None).plausible
    assert judge((), None).reason == "no text"


def test_a_help_page_may_be_one_sentence() -> None:
    assert judge(page("<p>We use your posts to train our AI models."), None).plausible


def test_a_login_wall_is_not_the_policy_it_stands_in_front_of() -> None:
    verdict = judge(WALL, policy(20))
    assert not verdict.plausible
    assert verdict.reason.endswith("of the former length, 0% of its text kept")


def test_a_wall_beside_a_short_page_is_known_by_the_lost_headings() -> None:
    former = policy(4)
    wall = page("<h1>Log in</h1>" + "<p>To go on, log in or make an account with your own address.</p>" * 9)
    assert not judge(wall, former).plausible
    assert judge(policy(3, "new rule"), former).plausible


def test_a_rewrite_of_similar_length_is_plausible() -> None:
    assert judge(policy(14, "wholly new rule"), policy(20)).plausible


def test_much_less_of_the_same_text_is_plausible() -> None:
    former = policy(20) + policy(1, "preamble " * 300)
    assert judge(former[-2:], former).plausible


def test_what_has_stood_for_a_month_is_believed_unless_it_is_next_to_nothing() -> None:
    month = timedelta(days=30)
    assert judge(WALL, policy(20), stood=month).plausible
    assert not judge(WALL, policy(20), stood=month - timedelta(days=1)).plausible
    assert not judge(page("<p>Loading"), policy(20), stood=month).plausible


def test_another_language_is_not_the_document() -> None:
    text = policy(5)
    assert judge(text, None, language="de", expected="en").reason == "in another language (de, not en)"
    assert judge(text, None, language="en-GB", expected="en_US").plausible
    assert judge(text, None, language="de").plausible
    assert judge(text, None, expected="en").plausible


def test_length_is_told_alike_in_scripts_without_spaces() -> None:
    former = page("".join(f"<p>{'利用者の情報を学習に使います' * 10}{number}</p>" for number in range(20)))
    assert judge(former[:15], former).plausible
    assert not judge(page(f"<p>{'ログインしてください' * 20}</p>"), former).plausible
