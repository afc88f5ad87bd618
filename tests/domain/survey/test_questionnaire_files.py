import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.survey.kinds import MANY, ONE, TEXT
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaires import Condition, Order, Questionnaire, Role

FILE = "kickoff-mentor.toml"
HEAD = """
name = "kickoff-mentor"
version = 3
stage = "kickoff"
role = "mentor"
title.en = "Hello"
[scales.agreement]
order = "rising"
options = [
  { code = "no", text.en = "No" },
  { code = "so-so", text.en = "So so" },
  { code = "yes", text.en = "Yes" },
]
[[sections]]
code = "all"
title.en = "All of it"
"""
C1 = """
[[questions]]
code = "C1"
section = "all"
kind = "one"
scale = "agreement"
text.en = "I talk about {focus}."
source = "Confidence"
licence = "MIT"
"""
B1 = """
[[questions]]
code = "B1"
section = "all"
kind = "many"
options = [{ code = "asked", text.en = "Asked" }, { code = "told", text.en = "Told" }]
text.en = "What did you do?"
source = "Behaviour"
licence = "MIT"
"""
F2 = """
[[questions]]
code = "F2"
section = "all"
kind = "text"
text.en = "What would help?"
required = false
max_chars = 500
source = "Ideas"
licence = "MIT"
"""
WHOLE = HEAD + C1 + B1 + F2


def options(number: int) -> str:
    return ", ".join(f'{{ code = "{at}", text.en = "Choice {at}" }}' for at in range(number))


def read(text: str) -> Questionnaire:
    return read_questionnaire(text, FILE)


def problems(text: str) -> list[str]:
    with pytest.raises(QuestionnaireRefused) as refused:
        read(text)
    return str(refused.value).split("\n")


def problems_if_any(text: str) -> list[str]:
    try:
        read(text)
    except QuestionnaireRefused as refused:
        return str(refused).split("\n")
    return []


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


def test_a_whole_file_becomes_a_questionnaire() -> None:
    questionnaire = read(WHOLE)
    assert (questionnaire.name, questionnaire.version, questionnaire.role) == ("kickoff-mentor", 3, Role.MENTOR)
    assert [question.code for question in questionnaire.questions] == ["C1", "B1", "F2"]
    assert [question.kind for question in questionnaire.questions] == [ONE, MANY, TEXT]


def test_a_shared_scale_gives_its_options_and_order() -> None:
    question = read(WHOLE).questions[0]
    assert (question.option_codes, question.order) == (("no", "so-so", "yes"), Order.RISING)


def test_questions_come_in_the_order_of_their_sections() -> None:
    later = HEAD.replace('title.en = "All of it"', 'title.en = "A"\n[[sections]]\ncode = "end"\ntitle.en = "End"')
    ended = F2.replace('"all"', '"end"')
    assert [question.code for question in read(later + ended + C1).questions] == ["C1", "F2"]


def test_an_option_may_be_alone_where_many_can_be_chosen() -> None:
    assert read(changed('{ code = "told"', '{ alone = true, code = "told"')).questions[1].alone == {"told"}


def test_letters_typed_in_two_ways_give_equal_questions() -> None:
    assert read(changed("So so", "Cafe\u0301")) == read(changed("So so", "Caf\u00e9"))


def test_a_problem_names_file_question_and_mend() -> None:
    sentence = "kickoff-mentor.toml, question C1: has no English text; add text.en."
    assert sentence in problems(changed('text.en = "I talk', 'text.de = "I talk'))


def test_a_sentence_stays_on_one_line_whatever_it_repeats() -> None:
    sentence = f"{FILE}, question C1: has the unknown kind “o n e”; use one of one, many, text."
    assert problems(changed('kind = "one"', r'kind = "o\nn\ne"')) == [sentence]


NEUTRAL = '{ code = "both", text.en = "Both of us, about equally" }'
QUESTION_MISTAKES = [
    ('scale = "agreement"', 'scale = "agrement"', "C1: names the unknown scale “agrement”; use one of agreement."),
    ('scale = "agreement"', "", "C1: has no options; name a scale or add options."),
    ('scale = "agreement"', 'scale = "agreement"\norder = "rising"', "C1: has a scale and its own options or order"),
    ('kind = "one"', 'kind = "won"', "C1: has the unknown kind “won”; use one of one, many, text."),
    ('kind = "one"\n', "", "C1: has no kind; use one of"),
    ('kind = "one"', 'kind = "many"', "C1: lets people choose many; remove order"),
    ('section = "all"', 'section = "al"', "C1: names the unknown section “al”; use one of all."),
    ('source = "Confidence"', 'source = " "', "C1: has no source"),
    ('source = "Confidence"', 'source = "A\\nB"', "C1: has a line break or a hidden character in source"),
    ('source = "Confidence"\nlicence = "MIT"', 'source = "Confidence"', "C1: has no licence"),
    ('code = "C1"', 'code = "c1"', "c1: has the code “c1”; use a capital letter"),
    ('code = "C1"', 'code = "C123"', "C123: has the code “C123”"),
    ('code = "C1"\n', "", "number 1: has no code"),
    ('code = "C1"', 'code = "B1"', "has the question B1 twice"),
    ('code = "C1"', 'code = "C1"\nmax_chars = 9', "C1: has max_chars, but is no text question"),
    ('code = "C1"', 'code = "C1"\nrequired = false', "C1: may be skipped; remove required"),
    ('code = "C1"', 'code = "C1"\nrequired = "yes"', "C1: has a required that is neither true nor false"),
    ('code = "C1"', 'code = "C1"\nrequierd = true', "C1: has the unknown key “requierd”"),
    ("{focus}", "{fokus}", "C1: has other braces than {focus} and {word} in text.en"),
    ("{focus}", "{focus", "C1: has other braces"),
    ("{focus}", "{focus.__class__}", "C1: has other braces"),
    ("{focus}", "\\u202E", "C1: has a line break or a hidden character in text.en"),
    ('text.en = "I talk about {focus}."', 'text = "I talk"', "C1: has a text in no language; write text.en"),
    ('text.en = "I talk about {focus}."', "", "C1: has no English text; add text.en"),
    ('text.en = "I talk about {focus}."', 'text.en = ""', "C1: has an empty text.en"),
    ('text.en = "I talk about', 'text.english = "a"\ntext.en = "I', "C1: has the text in the unknown language"),
    ('text.en = "I talk about', 'text.de = "a"\ntext.en = "I', "B1: has no “de” text; add text.de."),
    ('text.en = "I talk about', 'hint.de = "a"\ntext.en = "I', "C1: has no English hint; add hint.en."),
    ("max_chars = 500", "", "F2: has no max_chars"),
    ("max_chars = 500", "max_chars = 0", "F2: has a wrong max_chars; write a whole number from 1 to 2000"),
    ("max_chars = 500", "max_chars = 2001", "F2: has a wrong max_chars"),
    ("max_chars = 500", "max_chars = true", "F2: has a wrong max_chars"),
    ("max_chars = 500", "max_chars = 5\nsensitive = true", "F2: is a text question and sensitive"),
    ("max_chars = 500", "max_chars = 5\nthen_now = true", "F2: is a text question asked as then_now"),
    ("max_chars = 500", 'max_chars = 5\nscale = "agreement"', "F2: is a text question with options"),
    ("max_chars = 500", 'max_chars = 5\norder = "rising"', "F2: is a text question with an order"),
    ('code = "B1"', 'code = "B1"\nsensitive = true', "B1: is sensitive, as all on the theme of harm are, and lets"),
    (
        'code = "B1"',
        'code = "B1"\nsensitive = true',
        "B1: is sensitive, as all on the theme of harm are, and needs three",
    ),
    (
        'kind = "many"',
        'kind = "one"\ntheme = "harm"',
        "B1: is sensitive, as all on the theme of harm are, and has no order",
    ),
    (
        'scale = "agreement"',
        'then_now = true\norder = "rising"\noptions = [' + options(12) + "]",
        "C1: is asked as then_now with more than 11 options",
    ),
    ('scale = "agreement"', "options = [" + options(31) + "]", "C1: has more than 30 options; leave some out"),
    ('code = "B1"', 'code = "B1"\nthen_now = true', "B1: is asked as then_now; use kind one"),
    ('kind = "many"', 'kind = "one"\nthen_now = true', "B1: is asked as then_now without order"),
    ('"asked"', '"told"', "B1: has the option told twice"),
    ('"asked"', '"Asked!"', "B1, option Asked!: has the code “Asked!”"),
    ('"asked"', f'"{"a" * 21}"', "use at most 20 small letters"),
    ('"asked"', '"prefer-not-to-say"', "option prefer-not-to-say: has a reserved code"),
    ('"asked"', '"none-of-these"', "option none-of-these: has a reserved code"),
    ('"asked"', '"does-not-apply"', "option does-not-apply: has a reserved code"),
    ('"asked"', '"cannot-tell"', "option cannot-tell: has a reserved code"),
    ('code = "B1"', 'code = "B1"\ndoes_not_apply = true', "B1: lets people choose many; remove does_not_apply"),
    ('code = "B1"', 'code = "B1"\ncannot_tell = "yes"', "B1: has a cannot_tell that is neither true nor false"),
    (
        'scale = "agreement"',
        'options = [{ code = "a", text.en = "A", alone = true }, { code = "b", text.en = "B" }]',
        "C1: has an option that is alone, where one is chosen anyway; remove alone.",
    ),
    ("max_chars = 500", "max_chars = 5\ncannot_tell = true", "F2: is a text question; remove does_not_apply"),
    (
        'scale = "agreement"',
        f'sensitive = true\norder = "falling"\noptions = [{options(1)}, {NEUTRAL}, {{ code = "z", text.en = "They" }}]',
        "C1: is sensitive, as all on the theme of harm are, and its middle answer is neither good nor bad",
    ),
    (', { code = "told", text.en = "Told" }', "", "B1: has fewer than two options; add one."),
]


@pytest.mark.parametrize(("old", "new", "sentence"), QUESTION_MISTAKES)
def test_a_mistake_in_a_question_is_named(old: str, new: str, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(changed(old, new)))


FILE_MISTAKES = [
    ("version = 3", "", "has no version; add version = 1"),
    ("version = 3", "version = 0", "has a wrong version"),
    ("version = 3", 'version = "3"', "has a wrong version"),
    ("version = 3", "versoin = 3", "has the unknown key “versoin”"),
    ('name = "kickoff-mentor"', 'name = "exit-mentor"', "has the name “exit-mentor”; give the file and the name"),
    ('stage = "kickoff"', 'stage = "Kick off"', "has the stage “Kick off”; use small letters"),
    ('role = "mentor"', 'role = "coach"', "has the unknown role “coach”; use one of mentor, mentee"),
    ('title.en = "Hello"', "", "has no English title; add title.en"),
    ('order = "rising"', 'order = "up"', "scale agreement: has the unknown order “up”; use one of"),
    ('order = "rising"', "", "scale agreement: has no order"),
    ('text.en = "So so"', 'text.en = "So", colour = "red"', "option so-so: has the unknown key “colour”"),
    ('text.en = "So so"', 'text.de = "So"', "scale agreement, option so-so: has no English text"),
    ("[[sections]]", '[[sections]]\ncode = "none"\ntitle.en = "N"\n[[sections]]', "section none has no questions"),
    ('code = "all"\n', 'code = "all"\nhint.en = "x"\n', "section all: has the unknown key “hint”"),
    ("[[sections]]", '[[sections]]\ncode = "all"\ntitle.en = "N"\n[[sections]]', "has the section all twice"),
    ("[[sections]]", "[[sektions]]", "has no sections; add some"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), FILE_MISTAKES)
def test_a_mistake_in_the_file_is_named(old: str, new: str, sentence: str) -> None:
    assert any(sentence in problem for problem in problems(changed(old, new)))


def test_all_problems_are_told_at_once() -> None:
    text = WHOLE.replace('kind = "one"', 'kind = "won"').replace("version = 3", "").replace("max_chars = 500", "")
    assert [problem.split(":")[0].removeprefix(FILE) for problem in problems(text)] == [
        "",
        ", question C1",
        ", question F2",
    ]


def test_a_file_without_questions_is_refused() -> None:
    assert "kickoff-mentor.toml: has no questions; add some." in problems(HEAD)


def test_a_file_that_an_empty_form_would_complete_is_refused() -> None:
    assert problems(HEAD + F2) == [f"{FILE}: has only text questions; add one that is answered by choosing."]


@pytest.mark.parametrize("text", ["a = ", "a = 1\na = 2", "[" * 5000, "a = " + "9" * 5000, "\x00"])
def test_a_file_that_is_not_toml_is_refused(text: str) -> None:
    assert problems(text)[0].startswith(f"{FILE}: cannot be read as TOML")


WRONG_VALUES = ["1", "true", '"x"', "[]", "[1]", "{}", "{ a = 1 }", "[[1]]", "[{}]", "1979-05-27"]


@given(st.sampled_from(re.findall(r"^[a-z_.]+ = .+$", WHOLE, re.MULTILINE)), st.sampled_from(WRONG_VALUES))
def test_any_wrong_value_is_refused_or_read_but_never_breaks(line: str, value: str) -> None:
    key = line.split(" = ")[0]
    found = problems_if_any(WHOLE.replace(line, f"{key} = {value}", 1))
    assert all(sentence.startswith(FILE) for sentence in found)


@given(st.integers(0, len(WHOLE)), st.integers(1, 80))
def test_any_missing_piece_is_refused_or_read_but_never_breaks(start: int, length: int) -> None:
    found = problems_if_any(WHOLE[:start] + WHOLE[start + length :])
    assert all(sentence.startswith(FILE) for sentence in found)


LATER = """
[[sections]]
code = "later"
title.en = "More of it"
"""
M1 = """
[[questions]]
code = "M1"
section = "later"
kind = "one"
scale = "agreement"
text.en = "I would talk about it if I could."
source = "Confidence"
licence = "MIT"
shown_when = { question = "C1", answers = ["no", "so-so"] }
"""
DEPENDING = HEAD + LATER + C1 + B1 + M1


def test_a_question_may_hang_on_an_earlier_one() -> None:
    asked = read_questionnaire(DEPENDING, FILE).questions[-1]
    assert asked.shown_when == Condition("C1", ("no", "so-so"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('question = "C1", answers', 'question = "C9", answers', "names the unknown question “C9”"),
        ('["no", "so-so"]', '["never"]', "C1 has no option “never”; use no, so-so, yes"),
        ('["no", "so-so"]', "[]", "has no answers; add some"),
        ('["no", "so-so"]', "[1]", "are no codes of options"),
        ('{ question = "C1", answers = ["no", "so-so"] }', '"C1"', "not written as shown_when = {"),
        (", answers =", ", answer =", "unknown key “answer”"),
        ('section = "later"', 'section = "all"', "not in an earlier section"),
        ('question = "C1", answers', 'question = "B1", answers', "lets people choose many"),
        ('section = "all"\nkind = "one"', 'section = "all"\nsensitive = true\nkind = "one"', "which is sensitive"),
        ('section = "all"\nkind = "one"', 'section = "all"\nthen_now = true\nkind = "one"', "asked as then_now"),
    ],
)
def test_a_condition_that_cannot_be_is_named_with_its_mend(old: str, new: str, words: str) -> None:
    assert old in DEPENDING
    with pytest.raises(QuestionnaireRefused, match=re.escape(words)):
        read_questionnaire(DEPENDING.replace(old, new, 1), FILE)


def test_a_text_question_is_asked_of_everybody() -> None:
    text = F2.replace('section = "all"', 'section = "later"') + M1.strip().splitlines()[-1]
    with pytest.raises(QuestionnaireRefused, match="a text question is asked of everybody"):
        read_questionnaire(HEAD + LATER + C1 + text, FILE)
