import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from werkzeug.datastructures import MultiDict

from feedback.domain.errors import AnswerRefused
from feedback.domain.survey import kinds
from feedback.domain.survey.answers import Answer, Wish, check_answer
from feedback.domain.survey.drafts import (
    Draft,
    answer_in,
    fits,
    read_draft,
    said_on,
    wish_field,
    with_section,
    write_draft,
)
from feedback.domain.survey.questionnaires import (
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Option,
    Order,
    Question,
    Questionnaire,
    Role,
    Section,
)
from forms.bank import available, load
from forms.questionnaire import build_form, fill_form, question_in_words
from tests.answering import an_answer, draft_of

pytestmark = pytest.mark.usefixtures("page")

OPTIONS = tuple(Option(code, {"en": code.title(), "de": f"{code}-de"}) for code in ("low", "middle", "high"))
HINT = {"en": "No <names>."}
ONE = Question("C1", kinds.ONE, "all", {"en": "How?", "de": "Wie?"}, OPTIONS)
PAIR = Question("C2", kinds.ONE, "all", {"en": "How far?"}, OPTIONS, Order.RISING, then_now=True)
MANY = Question("B1", kinds.MANY, "all", {"en": "Which?"}, OPTIONS)
TEXT = Question("F2", kinds.TEXT, "all", {"en": "What?"}, required=False, max_chars=10, hint=HINT)
REQUIRED = Question("F2", kinds.TEXT, "all", {"en": "What?"}, max_chars=10)
SENT = [
    ("C1", "low"),
    ("C2-then", "low"),
    ("C2-now", "high"),
    ("B1", "high"),
    ("B1", "low"),
    ("F2", " Time \r\n"),
    ("F2-wish", "quote"),
]
CHOSEN = {"C1": "low", "C2-then": "low", "C2-now": "high", "B1": ("low", "high")}
ANSWER = Answer(CHOSEN, {"F2": "Time"}, {"F2": Wish.QUOTE})


def asking(*questions: Question) -> Questionnaire:
    sections = (Section("all", {"en": "All"}),)
    return Questionnaire("kickoff-mentor", 1, "kickoff", Role.MENTOR, {"en": "Hello"}, sections, questions)


ALL = asking(ONE, PAIR, MANY, TEXT)


def sent(questionnaire: Questionnaire, *pairs: tuple[str, str]) -> Any:
    return build_form(questionnaire, "all", "en")(MultiDict(pairs))


def draft(questionnaire: Questionnaire, *pairs: tuple[str, str]) -> Draft:
    """What is carried on when a section was sent."""
    return with_section(Draft(), "all", questionnaire.questions, MultiDict(pairs).to_dict(flat=False))


def answer(questionnaire: Questionnaire, *pairs: tuple[str, str]) -> Answer:
    return answer_in(questionnaire, draft(questionnaire, *pairs))


def in_words(questionnaire: Questionnaire, answer: Answer) -> list[tuple[str, str]]:
    asked = questionnaire.asked_of(answer.ratings)
    return [pair for question in asked for pair in question_in_words(question, answer, "en")]


def errors(question: Question, *values: str) -> list[str]:
    form = sent(asking(question), *((question.code, value) for value in values))
    form.validate()
    return [str(error) for error in form[question.code].errors]


def test_fields_are_named_and_ordered_as_the_questions() -> None:
    assert [field.name for field in build_form(ALL, "all", "en")()] == [
        "C1",
        "C2-then",
        "C2-now",
        "B1",
        "F2",
        "F2-wish",
    ]


def test_a_complete_form_becomes_an_answer_in_the_order_of_the_options() -> None:
    assert sent(ALL, *SENT).validate()
    assert answer(ALL, *SENT) == ANSWER


def test_what_a_valid_form_says_fits_the_questionnaire() -> None:
    check_answer(ALL, answer(ALL, *SENT))


@pytest.mark.parametrize("name", available())
def test_an_empty_form_is_no_error_and_never_an_answer(name: str) -> None:
    asked = load(name)
    empty = [build_form(asked, section.code, "en")(MultiDict()) for section in asked.sections]
    assert all(form.validate() for form in empty)
    with pytest.raises(AnswerRefused):
        answer_in(asked, Draft())


@pytest.mark.parametrize("name", available())
def test_what_is_left_open_is_not_to_be_told_from_prefer_not_to_say(name: str) -> None:
    asked, chance = load(name), random.Random(17)
    fields = [field for question in asked.questions if question.closed for field in question.fields]
    for _time in range(20):
        whole = draft_of(an_answer(asked, chance))
        left = set(chance.sample(fields, chance.randrange(1, len(fields))))
        blank = Draft({field: said for field, said in whole.values.items() if field not in left})
        unsaid = Draft({**whole.values, **dict.fromkeys(left, (PREFER_NOT_TO_SAY,))})
        assert answer_in(asked, blank) == answer_in(asked, unsaid)


@pytest.mark.parametrize("name", available())
def test_nothing_is_chosen_beforehand_but_what_may_happen_to_a_text(name: str) -> None:
    forms = [build_form(load(name), section.code, "en")() for section in load(name).sections]
    chosen = [field.name for form in forms for field in form if "checked" in str(field())]
    assert chosen == [wish_field(question.code) for question in load(name).open_questions]


@pytest.mark.parametrize("question", [ONE, MANY])
def test_prefer_not_to_say_is_always_offered(question: Question) -> None:
    assert errors(question, PREFER_NOT_TO_SAY) == []


@pytest.mark.parametrize("question", [ONE, MANY, REQUIRED])
def test_any_question_may_be_left_open(question: Question) -> None:
    assert errors(question) == []


@pytest.mark.parametrize("forged", ["lowest", NONE_OF_THESE, "low\x00", "<b>"])
def test_a_forged_option_is_refused(forged: str) -> None:
    assert errors(ONE, forged) == ["Choose only from the answers on this page."]


def test_a_second_value_for_one_choice_is_refused() -> None:
    assert errors(ONE, "low", "high") == ["Choose one answer only."]


@pytest.mark.parametrize("forged", ["lowest", "", "%(value)s", "<b>"])
def test_a_forged_tick_is_refused_and_not_repeated(forged: str) -> None:
    assert errors(MANY, "low", forged) == ["Choose only from the answers on this page."]


@pytest.mark.parametrize("alone", [NONE_OF_THESE, PREFER_NOT_TO_SAY])
def test_an_exclusive_choice_beside_another_is_refused(alone: str) -> None:
    assert errors(MANY, "low", alone) == ["Choose “None of these” or “Prefer not to say” alone, or remove it."]


def test_an_option_that_is_alone_beside_another_is_refused_in_its_own_words() -> None:
    options = (*OPTIONS, Option("nothing-yet", {"en": "Nothing yet"}, alone=True))
    asked = replace(MANY, options=options)
    assert errors(asked, "low", "nothing-yet") == ["Choose “Nothing yet” alone, or remove it."]
    assert errors(asked, "nothing-yet", NONE_OF_THESE) == [
        "Choose “None of these” or “Prefer not to say” alone, or remove it."
    ]
    assert answer(asking(asked), ("B1", "nothing-yet")).ratings == {"B1": ("nothing-yet",)}


def test_both_exclusive_choices_together_are_refused() -> None:
    assert len(errors(MANY, NONE_OF_THESE, PREFER_NOT_TO_SAY)) == 1


@pytest.mark.parametrize("alone", [NONE_OF_THESE, PREFER_NOT_TO_SAY])
def test_an_exclusive_choice_alone_is_a_plain_rating(alone: str) -> None:
    assert answer(asking(MANY), ("B1", alone)).ratings == {"B1": alone}


def test_a_tick_sent_twice_counts_once() -> None:
    assert answer(asking(MANY), ("B1", "low"), ("B1", "low")).ratings == {"B1": ("low",)}


def test_a_field_that_was_not_asked_is_ignored() -> None:
    assert answer(asking(ONE), ("C1", "low"), ("C9", "low")) == Answer({"C1": "low"})


def test_before_and_now_are_labelled() -> None:
    form = build_form(asking(PAIR), "all", "en")()
    assert [str(field.label.text) for field in form] == ["Before the programme", "Now"]


@pytest.mark.parametrize(("excess", "words"), [(1, "1 character too long"), (5, "5 characters too long")])
def test_a_text_that_is_too_long_is_refused_with_the_excess(excess: int, words: str) -> None:
    assert errors(TEXT, "x" * (10 + excess)) == [f"Your text is {words}. Shorten it."]


def test_a_text_is_counted_after_cleaning() -> None:
    assert errors(TEXT, "  " + "x\u202e" * 10 + "\r\n") == []


def test_a_text_may_be_left_empty() -> None:
    assert errors(TEXT) == []
    assert answer(asking(ONE, TEXT), ("C1", "low"), ("F2", " \u202e ")).texts == {}


def test_a_wish_travels_with_its_text() -> None:
    assert answer(asking(TEXT), ("F2", "Time"), ("F2-wish", "quote")).wishes == {"F2": Wish.QUOTE}


@pytest.mark.parametrize("pairs", [[("F2", "Time")], [("F2", "Time"), ("F2-wish", "")], [("F2-wish", "quote")]])
def test_nothing_chosen_and_nothing_written_leave_no_wish(pairs: list[tuple[str, str]]) -> None:
    assert sent(asking(TEXT), *pairs).validate()
    assert answer(asking(ONE, TEXT), ("C1", "low"), *pairs).wishes == {}


@pytest.mark.parametrize("forged", [["shout"], ["quote", "count"], ["QUOTE"]])
def test_a_forged_wish_is_refused(forged: list[str]) -> None:
    pairs = [("F2", "Time"), *(("F2-wish", wish) for wish in forged)]
    assert not sent(asking(TEXT), *pairs).validate()
    with pytest.raises(AnswerRefused):
        answer(asking(TEXT), *pairs)


def test_a_wish_can_be_read_in_words_and_so_can_what_holds_without_one() -> None:
    said = Answer(texts={"F2": "Time"}, wishes={"F2": Wish.COUNT})
    words = [in_words(asking(TEXT), answer)[-1] for answer in (said, Answer(texts={"F2": "Time"}))]
    assert words == [
        ("What may happen to this text?", "Only count that I wrote; nobody reads it"),
        ("What may happen to this text?", "Only sum it up"),
    ]


def test_a_browser_is_told_the_limit_but_never_cuts() -> None:
    shown = str(build_form(asking(TEXT), "all", "en")().F2())
    assert 'data-max="10"' in shown
    assert "maxlength" not in shown


def test_a_hint_tells_the_limit_and_is_escaped() -> None:
    field = build_form(asking(TEXT), "all", "en")().F2
    shown = Environment(autoescape=True).from_string("{{ hint }}").render(hint=field.description)
    assert shown == "No &lt;names&gt;. At most 10 characters."


def test_texts_are_in_the_language_asked_for_or_in_english() -> None:
    form = build_form(ALL, "all", "de")()
    assert [form.C1.label.text, form.F2.label.text, form.C1.choices[0].label] == ["Wie?", "What?", "low-de"]


def test_a_form_is_built_once() -> None:
    assert build_form(asking(ONE), "all", "en") is build_form(asking(ONE), "all", "en")
    assert build_form(asking(ONE), "all", "en") is not build_form(asking(ONE), "all", "de")


def test_an_answer_is_shown_again_as_it_was_given() -> None:
    form = fill_form(build_form(ALL, "all", "en"), ALL.questions, draft_of(ANSWER))
    assert form.validate()
    assert [form[name].data for name in ("C1", "C2-now", "F2", "F2-wish")] == ["low", "high", "Time", "quote"]
    assert form.B1.data == ["low", "high"]


def test_an_answer_can_be_read_in_words() -> None:
    words = dict(in_words(ALL, ANSWER))
    assert words["How?"] == "Low"
    assert words["How far? – Now"] == "High"
    assert words["Which?"] == "Low; High"
    assert words["What?"] == "Time"


def test_what_was_not_said_can_be_read_in_words() -> None:
    answer = Answer({"C1": PREFER_NOT_TO_SAY, "B1": NONE_OF_THESE, "C2-then": "low"})
    words = dict(in_words(asking(ONE, MANY, PAIR, TEXT), answer))
    assert list(words.values()) == ["Prefer not to say", "None of these", "Low", "Left open", "Left empty"]


codes = [*ONE.option_codes, PREFER_NOT_TO_SAY]
ticks = st.sets(st.sampled_from(MANY.option_codes), min_size=1)
ratings = st.fixed_dictionaries(
    {
        "C1": st.sampled_from(codes),
        "C2-then": st.sampled_from(codes),
        "C2-now": st.sampled_from(codes),
        "B1": st.sampled_from([NONE_OF_THESE, PREFER_NOT_TO_SAY])
        | ticks.map(lambda some: tuple(code for code in MANY.option_codes if code in some)),
    }
)


@given(ratings)
def test_every_answer_survives_being_shown_again(ratings: dict[str, Any]) -> None:
    assert answer_in(ALL, read_draft(write_draft(draft_of(Answer(ratings))))) == Answer(ratings)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["C1", "C2-then", "C2-now", "B1", "F2", "F2-wish"]),
            st.sampled_from([*codes, *Wish, "x", ""]),
        )
    )
)
def test_what_a_form_accepts_can_be_sent_and_nothing_else(pairs: list[tuple[str, str]]) -> None:
    if not any(name == "F2" and value for name, value in pairs):
        # A wish about a text that was not written is dropped, whatever it says.
        pairs = [(name, value) for name, value in pairs if name != "F2-wish"]
    said = said_on(ALL.questions, MultiDict(pairs).to_dict(flat=False))
    form = fill_form(build_form(ALL, "all", "en"), ALL.questions, Draft(said))
    assert form.validate() == fits(ALL.questions, draft(ALL, *pairs))
