"""An auditor that is fed garbage says what is wrong and where; it never crashes, and never passes it."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from feedback.auditor import Finding, audit, in_words
from tests.auditor.programmes import our_report, some_programme
from tests.tried import tried

Record = dict[str, Any]
GOOD = our_report(some_programme(8))


def only_finding(document: Any) -> Finding:
    (finding,) = audit(document, None).findings
    return finding


def changed(change: Callable[[Record], object]) -> Record:
    document = copy.deepcopy(GOOD)
    change(document)
    return document


def statement(document: Record, kind: str) -> Record:
    found = next(one for one in document["statements"] if one["kind"] == kind)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("garbage", [None, 3, "report", [], {1: 2}, float("nan"), [{}]])
def test_what_is_no_object_is_called_so(garbage: object) -> None:
    assert "not an object" in only_finding(garbage).sentence


@pytest.mark.parametrize("key", ["format", "outcome", "rules", "groups", "questions", "statements"])
def test_a_missing_key_is_named(key: str) -> None:
    sentence = only_finding({name: value for name, value in GOOD.items() if name != key}).sentence
    assert repr(key) in sentence or "rules" in sentence


WRONG: list[tuple[Callable[[Record], object], str]] = [
    (lambda d: d.update(format=2), "another format"),
    (lambda d: d.update(format=True), "'format' is True"),
    (lambda d: d.update(averages=[1]), "'averages'"),
    (lambda d: d.update(outcome="fine"), "'outcome' is 'fine', not one of published, too-few"),
    (lambda d: d["rules"].update(k=0), "whole number from 1"),
    (lambda d: d["rules"].update(k="5"), "'k' is '5'"),
    (lambda d: d["groups"].append(3), "group 3 is 3"),
    (lambda d: d["groups"].append(d["groups"][0]), "occurs twice"),
    (lambda d: d["groups"][0].update(invited=10**30), "a huge number"),
    (lambda d: d["groups"][0].update(role="boss"), "'boss'"),
    (lambda d: d["groups"][0].update(cohorts=["A", "A"]), "without repeats"),
    (lambda d: d["questions"][0].update(options=[]), "has no options"),
    (lambda d: d["questions"][0].update(options="01"), "'options' is '01', not a list"),
    (lambda d: d["questions"][0].update(sensitive="no"), "'sensitive' is 'no', not true or false"),
    (lambda d: d["questions"][0].update(roles=["boss"]), "boss"),
    (lambda d: d["questions"][0].update(then_now=True, order="none"), "no order"),
    (lambda d: d["statements"].append({"kind": "mean"}), "'mean'"),
    (lambda d: d["statements"].append({}), "lacks 'kind'"),
    (lambda d: statement(d, "distribution").update(mean=3.5), "'mean'"),
    (lambda d: statement(d, "distribution").update(group="nobody"), "'nobody'"),
    (lambda d: statement(d, "distribution").update(question="Z9"), "'Z9'"),
    (lambda d: statement(d, "distribution").update(n=float("nan")), "'n' is nan"),
    (lambda d: statement(d, "distribution").update(n=-1), "'n' is -1"),
    (lambda d: statement(d, "distribution").update(n=12.0), "'n' is 12.0"),
    (lambda d: statement(d, "distribution")["counts"].pop(), "each option"),
    (lambda d: statement(d, "distribution")["counts"].append(3), "count"),
    (lambda d: statement(d, "dominance-band").update(options=["9"]), "does not have"),
    (lambda d: statement(d, "ticks").update(bound="about"), "'about'"),
    (lambda d: statement(d, "rose").update(question="C1"), "not asked then and now"),
    (lambda d: statement(d, "response-rate").update(extra=1), "'extra'"),
    (lambda d: d["statements"].append(statement(d, "response-rate")), "occurs twice"),
    (lambda d: d.update(receipts=[1]), "'receipts'"),
    (lambda d: d.update(rules=3), "rules"),
]


@pytest.mark.parametrize(("change", "words"), WRONG, ids=[words for _, words in WRONG])
def test_what_is_wrong_is_named(change: Callable[[Record], object], words: str) -> None:
    assert words in only_finding(changed(change)).sentence


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: statement(d, "distribution")["counts"][0].update(count=999), "do not add up"),
        (lambda d: statement(d, "distribution").update(n=9_999), "only"),
        (lambda d: statement(d, "response-rate").update(answered=9_999), "9999 of"),
        (lambda d: statement(d, "response-rate").update(invited=9_999), "9999 invited"),
        (lambda d: statement(d, "dominance-band").update(at_least=9_999), "does not fit"),
    ],
)
def test_numbers_that_contradict_each_other_are_named(change: Callable[[Record], object], words: str) -> None:
    findings = audit(changed(change), None).findings
    assert any(one.rule == "inconsistent" and words in one.sentence for one in findings)


def test_an_unknown_statement_fails_closed() -> None:
    assert only_finding(changed(lambda d: d["statements"].append({"kind": "median"}))).rule == "unknown"


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))


@tried(150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), values)
def test_no_change_of_any_value_crashes_the_auditor(data: st.DataObject, value: object) -> None:
    document = copy.deepcopy(GOOD)
    place: Any = document
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = value
            break
        place = place[key]
    assert json.dumps(in_words(audit(document, None)))
