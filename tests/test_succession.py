"""A service that changed its name: its documents' histories become one."""

from dataclasses import replace

from gap_histories import NOW, SAYS, WEIGHTS, claim, day, document, only, service

from tracker.gaps import assess
from tracker.model import Cause, DocumentHistory, DocumentKey, EventKind, GapStatus, Kind, ServiceHistory
from tracker.pipeline.succession import united

OLD = claim("we profile you", practice="profiling", models=None)


def stored(name: str, history: DocumentHistory) -> DocumentHistory:
    return replace(history, key=DocumentKey(name, history.key.document))


def policies(*last: object) -> tuple[DocumentHistory, DocumentHistory]:
    former = document("Policy", Kind.PRIVACY, ("2023-01-01", ()), ("2023-09-29", (OLD,), {"edition": 2}))
    return stored("Twitter", former), stored("X", document("Policy", Kind.PRIVACY, ("2024-02-21", last)))  # type: ignore[arg-type]


def test_the_former_name_holds_until_the_present_one_is_first_read() -> None:
    former, current = policies(OLD, *SAYS)
    (joined,) = united("X", ("Twitter",), (current, former))
    assert joined.key == DocumentKey("X", "Policy")
    assert [each.document for each in joined.readings] == [former.key, former.key, None]
    assert [each.until for each in joined.readings] == [day("2023-09-29"), day("2024-02-21"), None]
    assert [each.edition for each in joined.readings] == [1, 2, 2]
    assert joined.readings[-1].cause is Cause.SOURCE
    assert joined.readings[1].last_seen <= day("2024-02-21")


def test_what_the_present_name_discloses_first_is_told_once_and_names_where_it_is_stored() -> None:
    former, current = policies(OLD, *SAYS)
    events = assess(ServiceHistory("X", united("X", ("Twitter",), (former, current))), NOW, WEIGHTS).events
    found = [(each.kind, str(each.document), each.version, each.service) for each in events]
    assert found == [
        (EventKind.DOCUMENT_REPLACED, "Twitter/Policy", 2, "X"),
        (EventKind.PRACTICE_APPEARED, "X/Policy", 1, "X"),
    ]


def test_the_same_text_under_another_name_is_no_news() -> None:
    (joined,) = united("X", ("Twitter",), policies(OLD))
    assert joined.readings[-1].cause is Cause.TECHNICAL


def test_a_gap_is_closed_by_what_was_disclosed_under_the_former_name() -> None:
    page = stored("X", document("Help", Kind.HELP, ("2023-01-01", ()), ("2024-03-01", (OLD,))))
    former, current = policies()
    terms = stored("Twitter", document("Terms", Kind.TERMS, ("2023-01-01", (OLD,))))
    assert only(assess(ServiceHistory("X", (page, current)), NOW)).status is GapStatus.OPEN
    assert not assess(ServiceHistory("X", united("X", ("Twitter",), (page, former, current, terms))), NOW).gaps


def test_documents_of_others_stay_apart() -> None:
    other = stored("Meta", document("Policy", Kind.PRIVACY, ("2024-01-01", ())))
    own = service(document("Policy", Kind.PRIVACY, ("2024-01-01", ()))).documents
    assert {each.key.service for each in united("LinkedIn", (), (*own, other))} == {"LinkedIn", "Meta"}
