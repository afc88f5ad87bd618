from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import AnswerRefused
from feedback.domain.survey.answers import Answer, Wish, check_answer, check_texts_are_clean, clean_text
from feedback.domain.survey.kinds import MANY, ONE, TEXT
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Kind,
    Option,
    Question,
    Questionnaire,
    Role,
    Section,
)

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


def asking(*questions: Question) -> Questionnaire:
    sections = (Section("all", {"en": "All"}),)
    return Questionnaire("kickoff-mentor", 1, "kickoff", Role.MENTOR, {"en": "Hello"}, sections, questions)


def closed(kind: Kind = ONE, *, required: bool = True, then_now: bool = False) -> Question:
    options = tuple(Option(code, {"en": code}) for code in ("low", "middle", "high"))
    return Question("C1", kind, "all", {"en": "How?"}, options, required=required, then_now=then_now)


def text(*, required: bool = False, max_chars: int = 10) -> Question:
    return Question("F2", TEXT, "all", {"en": "What?"}, required=required, max_chars=max_chars)


def refusal(question: Question, answer: Answer) -> str:
    with pytest.raises(AnswerRefused) as refused:
        check_answer(asking(question), answer)
    return str(refused.value)


@pytest.mark.parametrize("rating", ["low", "high", PREFER_NOT_TO_SAY])
def test_an_offered_option_is_accepted(rating: str) -> None:
    check_answer(asking(closed()), Answer({"C1": rating}))


@pytest.mark.parametrize("rating", ["lowest", "", NONE_OF_THESE, ("low",), ()])
def test_an_option_that_is_not_offered_is_refused(rating: str | tuple[str, ...]) -> None:
    assert "not offered" in refusal(closed(), Answer({"C1": rating}))


@pytest.mark.parametrize("rating", [("low",), ("low", "high"), NONE_OF_THESE, PREFER_NOT_TO_SAY])
def test_many_choices_are_accepted_in_order(rating: str | tuple[str, ...]) -> None:
    check_answer(asking(closed(MANY)), Answer({"C1": rating}))


@pytest.mark.parametrize(
    "rating", ["low", (), ("high", "low"), ("low", "low"), ("low", "lowest"), ("low", PREFER_NOT_TO_SAY)]
)
def test_many_choices_are_refused_out_of_order_doubled_or_unknown(rating: str | tuple[str, ...]) -> None:
    assert "not offered" in refusal(closed(MANY), Answer({"C1": rating}))


def test_an_option_that_is_alone_is_refused_beside_another() -> None:
    asked = closed(MANY)
    asked = replace(asked, options=(*asked.options, Option("nothing", {"en": "Nothing"}, alone=True)))
    check_answer(asking(asked), Answer({"C1": ("nothing",)}))
    assert "not offered" in refusal(asked, Answer({"C1": ("low", "nothing")}))


def test_an_empty_answer_is_refused() -> None:
    assert refusal(closed(), Answer()) == "Question C1 is not answered."


def test_a_question_that_may_be_skipped_may_be_skipped() -> None:
    check_answer(asking(closed(required=False), text()), Answer())


def test_then_and_now_are_both_needed() -> None:
    assert refusal(closed(then_now=True), Answer({"C1-then": "low"})) == "Question C1-now is not answered."


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"C1": "low", "C9": "low"}),
        Answer({"C1": "low"}, {"F9": "x"}),
        Answer({"C1": "low"}, {}, {"F9": Wish.QUOTE}),
        Answer({"C1": "low"}, {}, {"C1": Wish.QUOTE}),
    ],
)
def test_a_field_that_was_not_asked_is_refused(answer: Answer) -> None:
    assert "does not ask" in refusal(closed(), answer)


@pytest.mark.parametrize("wish", Wish)
def test_each_wish_is_accepted(wish: Wish) -> None:
    answer = Answer(texts={"F2": "abc"}, wishes={"F2": wish})
    check_answer(asking(text()), answer)
    assert answer.wish_for("F2") is wish


def test_a_wish_that_was_not_offered_is_refused() -> None:
    assert "wish" in refusal(text(), Answer(texts={"F2": "abc"}, wishes={"F2": "shout"}))  # type: ignore[dict-item]


def test_without_a_wish_a_text_may_only_be_summed_up() -> None:
    assert Answer(texts={"F2": "abc"}).wish_for("F2") is Wish.SUMMARISE


def test_a_text_may_be_as_long_as_its_limit() -> None:
    check_answer(asking(text(max_chars=3)), Answer(texts={"F2": "abc"}))


def test_a_text_above_its_limit_is_refused_without_being_quoted() -> None:
    assert refusal(text(max_chars=3), Answer(texts={"F2": "abcd"})) == "Question F2 has more than 3 characters."


def test_a_text_that_was_not_cleaned_is_refused() -> None:
    with pytest.raises(AnswerRefused, match="cannot be kept"):
        check_texts_are_clean(Answer(texts={"F2": "a\x00b"}))


def test_a_required_text_is_asked_for_and_may_be_left_empty_all_the_same() -> None:
    check_answer(asking(text(required=True)), Answer(texts={"F2": ""}))


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.lists(st.sampled_from("a \n\r\t\u0301\u0344\u200d\u202e\u2066\ufeff\x00\x85\u2000\uac00\u11a8")).map("".join))
def test_cleaning_twice_changes_nothing_even_in_nasty_texts(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\u2069", "\u200f", "\ufeff"])
def test_controls_and_bidirectional_marks_are_removed(hidden: str) -> None:
    assert clean_text(f"one{hidden}two") == "onetwo"


@pytest.mark.parametrize("kept", [FAMILY, "می\u200cخواهم", "a\tb", "a\n\nb", "ни́ша"])
def test_joined_emoji_and_other_scripts_are_kept(kept: str) -> None:
    assert clean_text(kept) == kept


def test_line_ends_become_plain_and_outer_space_goes() -> None:
    assert clean_text("  one\r\ntwo\rthree \n") == "one\ntwo\nthree"


def test_letters_typed_in_two_ways_become_the_same() -> None:
    assert clean_text("e\u0301") == clean_text("\u00e9")
