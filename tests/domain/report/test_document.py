import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.publishing import publish
from feedback.domain.disclosure.statements import Reason, canonical_json
from feedback.domain.report.document import ReceiptDigest, ReportFacts, build_report, build_too_few
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import About, Outcome, Promise, Report, Rules, Twin
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaires import Option, Order, Role

K = 5
Build = Callable
PROMISE = Promise("Rea", 60, 7, was_extended=False)
ABOUT = About("Org", "Pilot", "reverse", "race", "exit", date(2025, 3, 3), date(2025, 3, 24))

many_answers = st.lists(st.sampled_from("01234"), min_size=K, max_size=20)
few_answers = st.lists(st.sampled_from("01234"), max_size=K - 1)


@pytest.fixture(scope="session")
def facts_of() -> Callable[..., ReportFacts]:
    return lambda made, **changes: ReportFacts(ABOUT, PROMISE, K, made.groups, made.questionnaires, **changes)


@pytest.fixture(scope="session")
def report(ask: Build, wave: Build, facts_of: Build) -> Callable[..., Report]:
    """Return a builder: the report of one question answered by mentors and mentees."""

    def build(
        mentors: str | list[str], mentees: str | list[str] = "", question: object = None, **changes: object
    ) -> Report:
        made = wave(question or ask("C1"))
        made.rate("mentor", "C1", mentors)
        made.rate("mentee", "C1", mentees)
        return build_report(facts_of(made, **changes), publish(made.tally, K), None)

    return build


@given(many_answers, many_answers)
def test_a_report_can_be_read_back(report: Build, mentors: list[str], mentees: list[str]) -> None:
    document = report(mentors, mentees)
    assert Report.parse(document.json) == document
    assert canonical_json(json.loads(document.json)) == document.json


@given(st.permutations("000112223344"))
def test_the_order_of_answers_does_not_change_the_statement_hash(report: Build, ratings: list[str]) -> None:
    assert report(ratings).statement_hash == report("000112223344").statement_hash


@given(many_answers, few_answers, few_answers)
def test_a_group_below_k_changes_nothing_in_the_report(
    report: Build, mentors: list[str], some: list[str], others: list[str]
) -> None:
    assert report(mentors, some) == report(mentors, others)


def test_the_statement_hash_is_of_the_statements_alone(report: Build) -> None:
    document = report("000222444", receipts=(ReceiptDigest("mentor", "ab"),))
    statements = canonical_json(json.loads(document.json)["statements"])
    assert document.statement_hash == hashlib.sha256(statements.encode()).hexdigest()
    assert document.statement_hash == report("000222444").statement_hash


def test_the_chain_hash_covers_the_report_before(ask: Build, wave: Build, facts_of: Build) -> None:
    facts = facts_of(wave(ask("C1")))
    first = build_too_few(facts, None)
    second = build_too_few(facts, first.chain_hash)
    said = bytes.fromhex(second.statement_hash)
    assert first.chain_hash == hashlib.sha256(b"feedback/chain/1" + bytes(32) + said).hexdigest()
    expected = b"feedback/chain/1" + bytes.fromhex(first.chain_hash) + said
    assert second.chain_hash == hashlib.sha256(expected).hexdigest()


def test_receipts_of_small_groups_are_left_out_and_the_rest_sorted(report: Build) -> None:
    receipts = (ReceiptDigest("mentor", "b2"), ReceiptDigest("mentee", "c3"), ReceiptDigest("mentor", "a1"))
    assert report("000222444", "012", receipts=receipts).receipts == ("a1", "b2")


def test_too_few_says_who_was_invited_and_nothing_else(ask: Build, wave: Build, facts_of: Build) -> None:
    facts = facts_of(wave(ask("C1")), receipts=(ReceiptDigest("mentor", "a1"),), comments_kept=frozenset({"F1"}))
    document = build_too_few(facts, None)
    record = json.loads(document.json)
    assert [record[name] for name in ("sections", "questions", "statements", "comments", "receipts")] == [[]] * 5
    assert [(rate.group.invited, rate.answered) for rate in document.rates] == [(40, None), (30, None)]
    assert document.outcome is Outcome.TOO_FEW
    assert report_questions(document, "en") == ()


def test_the_header_says_what_the_report_is_about_and_by_which_rules(report: Build) -> None:
    header = report("000222444")
    assert (header.about, header.outcome, header.promise) == (ABOUT, Outcome.PUBLISHED, PROMISE)
    assert header.rules == Rules(k=5, band=2, sensitive_k=10, sensitive_band=3)


def test_another_k_than_was_promised_is_refused(ask: Build, wave: Build, facts_of: Build) -> None:
    made = wave(ask("C1"))
    with pytest.raises(ValueError, match="another k"):
        build_report(facts_of(made), publish(made.tally, 6), None)


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace(",", ", ", 1),
        lambda text: text.replace('"format":1', '"format":2'),
        lambda text: text.replace('"previous":null', '"previous":"ab"'),
        lambda text: "{}",
    ],
)
def test_other_text_is_not_a_report(report: Build, broken: Callable[[str], str]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Report.parse(broken(report("000222444").json))


def test_twins_are_named(report: Build) -> None:
    twins = (Twin("mentor", "kickoff"),)
    assert report("000222444", twins=twins).twins == twins


def test_a_sensitive_question_has_a_bar_for_each_class(report: Build, ask: Build) -> None:
    (question,) = report_questions(report("000112222233", question=ask("C1", sensitive=True)), "en")
    bars = question.results[0].bars
    assert [(bar.options, bar.count.low, bar.count.high) for bar in bars] == [(("2", "1", "0"), 9, 12), (("0",), 3, 5)]


def test_of_then_and_now_those_who_rose_are_a_bar_of_their_own(ask: Build, wave: Build, facts_of: Build) -> None:
    made = wave(ask("C1", then_now=True))
    for then, now in [("0", "3")] * 4 + [("2", "1")] * 6:
        made.tally.add("mentor", Role.MENTOR, Answer({"C1-then": then, "C1-now": now}))
    report = build_report(facts_of(made), publish(made.tally, K), None)
    (question,) = report_questions(report, "en")
    assert report.asked[0].question.then_now
    assert question.results[0].rose == Count(4, 4, 10)


def test_response_rates_are_none_below_k(report: Build) -> None:
    rates = report("000222444", "012").rates
    assert [(rate.group.name, rate.answered) for rate in rates] == [("mentor", 9), ("mentee", None)]


def test_a_distribution_has_a_bar_for_every_option(report: Build) -> None:
    (question,) = report_questions(report("00012222"), "en")
    bars = question.results[0].bars
    assert [(bar.texts, bar.count.low, bar.count.n) for bar in bars][:2] == [
        (("Choice 0",), 3, 8),
        (("Choice 1",), 1, 8),
    ]
    assert all(bar.count.is_exact for bar in bars)


def test_a_banded_question_has_one_bar_with_two_ends(report: Build) -> None:
    (question,) = report_questions(report("000000000111"), "en")
    (bar,) = question.results[0].bars
    assert (bar.texts, bar.count) == (("Choice 0", "Choice 1"), Count(9, 12, 12))


def test_a_group_without_bars_has_a_reason(report: Build, ask: Build) -> None:
    (question,) = report_questions(report("00012222", "01", ask("C1", sensitive=True)), "en")
    assert [result.reason for result in question.results] == [Reason.SENSITIVE_TOO_FEW, Reason.GROUP_TOO_SMALL]


def test_a_question_holds_every_bar_and_the_total(report: Build) -> None:
    (question,) = report_questions(report("00012222", "00022244"), "en")
    assert [(result.group.name, len(result.bars)) for result in question.results] == [("mentor", 5), ("mentee", 5)]
    assert [bar.count.low for bar in question.total.bars] == [6, 1, 7, 0, 2]


def test_a_refusal_has_a_reason_and_no_bars(report: Build) -> None:
    (question,) = report_questions(report("00012222", "01"), "en")
    assert (question.results[1].bars, question.results[1].reason) == ((), Reason.GROUP_TOO_SMALL)


def test_texts_are_given_in_the_language_asked_for_or_in_english(report: Build, ask: Build) -> None:
    options = tuple(Option(code, {"en": code, "de": f"Wahl {code}"}) for code in "0123")
    document = report("00012222", question=replace(ask("C1"), text={"en": "How?", "de": "Wie?"}, options=options))
    (question,) = report_questions(document, "de")
    assert (question.text, question.results[0].bars[0].texts) == ("Wie?", ("Wahl 0",))
    assert report_questions(document, "fr")[0].text == "How?"


def test_every_open_question_says_what_became_of_its_comments(
    ask: Build, ask_open: Build, wave: Build, facts_of: Build
) -> None:
    made = wave(ask("C1"), ask_open("F1"), ask_open("F2"))
    made.rate("mentor", "C1", "00012222")
    facts = facts_of(made, comments_kept=frozenset({"F2"}))
    document = build_report(facts, publish(made.tally, K), None)
    assert [(one.code, one.text["en"], one.kept) for one in document.comments] == [
        ("F1", "F1?", False),
        ("F2", "F2?", True),
    ]


def test_a_question_of_one_role_has_results_for_that_role_only(ask: Build, wave: Build, facts_of: Build) -> None:
    made = wave(mentor=(ask("C1"), ask("V1", order=Order.NONE)), mentee=(ask("C1"),))
    made.rate("mentor", "V1", "000222")
    document = build_report(facts_of(made), publish(made.tally, K), None)
    results = {question.code: question.results for question in report_questions(document, "en")}
    assert [result.group.name for result in results["V1"]] == ["mentor"]
    assert len(results["C1"]) == 2
