"""Whoever is in both roles may answer twice: what protects a person counts people, not rights to answer."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from feedback.auditor import audit, in_words
from feedback.domain.address import read_address
from feedback.domain.disclosure.bands import band_of, sensitive_band
from feedback.domain.disclosure.groups import EVERYBODY, Atom, Grouping, counted_once, partition
from feedback.domain.disclosure.publishing import comments_kept, publish
from feedback.domain.errors import PlanRefused
from feedback.domain.report.report import Report
from feedback.domain.roster.digests import PeopleCount, count_people
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import MANY, TEXT
from feedback.domain.survey.questionnaires import Order, Question, Rating, Role
from feedback.services.roster.import_roster import import_roster
from feedback.storage.waves import groups_of, wave_by_id
from tests.answering import respond
from tests.auditor.programmes import K, Person, Programme, a_question, document_of
from tests.promises.closing import begin, finish, stored_report
from tests.world import World

PLAIN = a_question("C1", 5)
TICKS = a_question("B1", 3, kind=MANY, order=Order.NONE)
HARM = a_question("H1", 3, sensitive=True)
THEN_NOW = a_question("C1", 5, then_now=True)


def answered(question: Question, said: Iterable[Rating], doubled: int) -> Programme:
    """A programme of 18 rights, half of each role, whose first people answered so; some of them are in both roles."""
    sides = [*said, *[None] * 18][:18]
    people = []
    for at, rating in enumerate(sides):
        answer = None if rating is None else Answer(dict.fromkeys(question.fields, rating))
        people.append(Person(Atom((Role.MENTOR, Role.MENTEE)[at % 2], ""), answer))
    return Programme(dict.fromkeys(Role, (question,)), tuple(people))


def report(question: Question, said: Iterable[Rating], doubled: int) -> dict[str, object]:
    """Our report about everybody as one group."""
    programme = answered(question, said, doubled)
    groups = counted_once(partition(programme.atoms, K), doubled)
    document = document_of(programme, groups, programme.tally(groups))
    verdict = audit(document, programme.sizes)
    assert verdict.passed, in_words(verdict)
    return document


def kinds(document: dict[str, object]) -> list[str]:
    statements = document["statements"]
    assert isinstance(statements, list)
    return [one["kind"] for one in statements if "question" in one]


def test_a_person_is_one_in_whatever_spelling_and_role() -> None:
    roster = [("ann@a.org", "mentor"), ("Ann+x@b.org", "mentee"), ("bo@a.org", "mentor"), ("bo+2@a.org", "mentor")]
    entries = [(read_address(address), role) for address, role in roster]
    assert count_people(entries, {"b.org": "a.org"}) == PeopleCount(people=2, doubled=1, repeated=1)
    assert count_people(entries, {}) == PeopleCount(people=3, doubled=0, repeated=1)


def test_five_answers_of_three_people_are_not_shown() -> None:
    assert kinds(report(PLAIN, "01234", doubled=0)) == ["distribution"]
    assert kinds(report(PLAIN, "01234", doubled=2)) == []
    assert kinds(report(PLAIN, "012340", doubled=2)) == []


def test_with_k_people_for_certain_they_are_shown() -> None:
    assert kinds(report(PLAIN, "0123401234", doubled=2)) == ["distribution"]
    assert kinds(report(PLAIN, ["0", "1", "2", "3", "4", "prefer-not-to-say", "0"], doubled=2)) == ["withheld"]


@pytest.mark.parametrize("doubled", [1, 3])
def test_whoever_subtracts_both_own_answers_is_certain_of_nobody(doubled: int) -> None:
    (band,) = (one for one in about(report(PLAIN, "4" * 10 + "3333", doubled)) if one["kind"] == "dominance-band")
    assert (band["n"], band["at_least"]) == (14, 8)
    assert kinds(report(PLAIN, "4" * 10 + "3333", doubled=0)) == ["distribution"]


def about(document: dict[str, object]) -> list[dict[str, object]]:
    statements = document["statements"]
    assert isinstance(statements, list)
    return [one for one in statements if "question" in one]


@pytest.mark.parametrize(("doubled", "at_least", "caught"), [(0, 8, False), (1, 8, True), (1, 6, False)])
def test_the_auditor_tries_both_own_answers_together(doubled: int, at_least: int, caught: bool) -> None:
    programme = answered(PLAIN, "0123401234", doubled)
    groups = counted_once(partition(programme.atoms, K), doubled)
    document = document_of(programme, groups, programme.tally(groups))
    band = {"kind": "dominance-band", "group": "all", "question": "C1", "n": 10, "options": ["4"], "at_least": at_least}
    document["statements"] = [*(one for one in document["statements"] if "question" not in one), band]
    found = [one.sentence for one in audit(document, programme.sizes).findings if one.rule == "D2i"]
    assert found == ([ALL_OTHERS_CHOSE_4] if caught else [])


ALL_OTHERS_CHOSE_4 = (
    "a colleague in both roles who subtracts both own answers may know that all others of the people who answered "
    "chose “4”."
)


def test_bands_that_would_meet_are_not_told() -> None:
    ticks = [("0",), ("0", "1"), ("2",)] * 4
    assert set(kinds(report(TICKS, ticks, doubled=1))) == {"withheld"}
    assert set(kinds(report(TICKS, [*ticks, ("1",)], doubled=1))) == {"ticks"}
    assert kinds(report(THEN_NOW, "01234012", doubled=1)) == ["withheld"]
    assert all(2 * band_of(n, 2) < n for n in range(13, 500))


def test_sensitive_answers_need_ten_people_and_twice_the_width() -> None:
    assert kinds(report(HARM, "0120120120", doubled=1)) == ["withheld"]
    (said,) = about(report(HARM, "01201201201", doubled=1))
    classes = said["classes"]
    assert isinstance(classes, list)
    assert {one["high"] - one["low"] for one in classes} == {5}
    assert {sensitive_band(count, 11, 2) for count in range(12)} == {(0, 5), (6, 11)}


@pytest.mark.parametrize(("wrote", "kept"), [(6, False), (7, True)])
def test_comments_need_as_many_people(wrote: int, kept: bool) -> None:
    question = a_question("F1", 0, kind=TEXT, order=Order.NONE, max_chars=100)
    programme = answered(PLAIN, "0" * 14, doubled=2)
    asked = replace(programme, questions=dict.fromkeys(Role, (PLAIN, question)))
    groups = counted_once(partition(programme.atoms, K), 2)
    texts = (Answer({"C1": "0"}, {"F1": "More time." if at < wrote else ""}) for at in range(14))
    people = [replace(one, answer=next(texts)) if one.answer else one for one in asked.people]
    tally = replace(asked, people=tuple(people)).tally(groups)
    assert comments_kept(tally, K) == ({"F1"} if kept else set())


def test_the_auditor_catches_a_publisher_that_counts_rights() -> None:
    programme = answered(PLAIN, "01234", doubled=2)
    groups = partition(programme.atoms, K)
    document = document_of(programme, groups, programme.tally(groups))
    (group,) = document["groups"]
    true = {**document, "groups": [group | {"invited": 16, "doubled": 2}]}
    sentences = [finding.sentence for finding in audit(true, programme.sizes).findings]
    assert any("fewer than 5 and the 2 who may answer twice" in one for one in sentences)
    assert any("fewer than the 7 it takes" in one for one in sentences)
    assert publish(programme.tally(groups), K).counted_groups == {EVERYBODY}


def roster(both: int, mentors: int, mentees: int, *more: str) -> bytes:
    """So many who are in both roles, once with a tag behind their name, and others beside them."""
    lines = ["name,email,role,cohort", *more]
    for at in range(both):
        lines += [f"Both {at},both.{at}@example.com,mentor,", f"Both {at},both.{at}+m@example.com,mentee,"]
    lines += [f"Mentor {at},mentor.{at}@example.com,mentor," for at in range(mentors)]
    return "\n".join([*lines, *(f"Mentee {at},mentee.{at}@example.com,mentee," for at in range(mentees))]).encode()


def programme(world: World, data: bytes) -> int:
    made = world.programme(0, 0)
    with world.session() as session:
        import_roster(session, world.keys, made, data, now=world.clock(), actor="test")
    return made


def test_everybody_is_one_of_the_people_invited(world: World) -> None:
    wave = world.open(world.planned_wave(programme(world, roster(2, 6, 6)), grouping=Grouping.TOGETHER))
    with world.session() as session:
        (group,) = groups_of(session, wave)
        assert (group.name, group.invited, group.doubled) == ("all", 14, 2)
        assert wave_by_id(session, wave).invited == 14
    page = world.client().get(f"/s/{world.links(wave)[0]}").text
    assert "asks the 14 people" in page


def test_a_report_says_how_many_may_answer_twice_and_needs_as_many_more(world: World) -> None:
    wave = world.open(world.planned_wave(programme(world, roster(2, 6, 6)), grouping=Grouping.TOGETHER))
    respond(world, world.links(wave)[:6])
    begin(world, wave)
    finish(world, wave)
    (rate,) = Report.parse(stored_report(world, wave).document).rates
    assert (rate.group.invited, rate.group.doubled, rate.answered) == (14, 2, None)


def test_a_wave_of_too_few_people_with_two_roles_each_is_refused(world: World) -> None:
    with pytest.raises(PlanRefused, match="has 4 people"):
        world.open(world.planned_wave(programme(world, roster(4, 0, 0))))


def test_two_rights_in_one_role_are_refused(world: World) -> None:
    data = roster(0, 6, 6, "Ann,ann+1@example.com,mentor,", "Ann,ann+2@example.com,mentor,")
    with pytest.raises(PlanRefused, match="more than once in one role"):
        world.open(world.planned_wave(programme(world, data)))
