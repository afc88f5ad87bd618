"""Which page answers a request: every way to send a form, with answers that are whole and answers that are not."""

import random
from dataclasses import replace

import pytest

from feedback.domain.links import Receipt
from feedback.domain.survey.drafts import Draft, with_typed
from feedback.domain.survey.kinds import filled_code
from feedback.domain.survey.next_page import (
    CheckPage,
    OpenPage,
    Page,
    PartPage,
    PromisePage,
    Sent,
    Submission,
    ThanksPage,
    Withdrawal,
    WithdrawnPage,
    WithdrawPage,
    after_check,
    after_part,
    after_word,
    first_page,
)
from feedback.domain.survey.parts import parts_of
from feedback.domain.survey.questionnaires import Condition, Questionnaire, Role
from forms.bank import pair
from tests.answering import an_answer, draft_of

ASKED = pair("kickoff")[Role.MENTOR]
PARTS = parts_of(ASKED, Draft())
FIRST, SECOND, THIRD, LAST = PARTS
SEEN = frozenset(PARTS)
COMPLETE = draft_of(an_answer(ASKED, random.Random(1)))
WITHOUT_SECOND = {name: said for name, said in COMPLETE.values.items() if name not in PARTS[SECOND].fields}
SECOND_UNSEEN = Draft(WITHOUT_SECOND)
SECOND_OPEN = replace(SECOND_UNSEEN, passed=SEEN)
OPEN = tuple(question for question in PARTS[SECOND].questions if question.required)
PROMPTED = replace(SECOND_OPEN, prompted=frozenset(question.code for question in OPEN))
WRONG = replace(COMPLETE, values={**COMPLETE.values, PARTS[SECOND].fields[0]: ("no such option",)})
NOTHING, NOTHING_SAID = Draft(), Draft(passed=SEEN)
RECEIPT = Receipt(bytes(range(16)))
TYPED = with_typed(NOTHING, "0001-0203")


def filled(code: str, draft: Draft = COMPLETE) -> dict[str, tuple[str, ...]]:
    return {name: draft.values[name] for name in PARTS[code].fields if name in draft.values}


def form(draft: Draft, code: str, *pressed: str, **more: object) -> Sent:
    """A part as it is sent, filled in as the complete draft is, by a button."""
    return replace(Sent(draft, {**filled(code), "part": [code], "go": pressed}), **more)


def told(page: Page | Submission | Withdrawal) -> str:
    """A page in a word or two."""
    if not isinstance(page, PartPage):
        return type(page).__name__
    marks = [mark for mark in ("judged", "checking") if getattr(page, mark)]
    return " ".join([page.part.code, *marks, *(["at", page.at] if page.at else [])])


def button(draft: Draft, **pressed: str) -> Sent:
    return Sent(draft, {name: [said] for name, said in pressed.items()})


def wrongly(code: str, **pressed: str) -> Sent:
    """A part in which something is chosen that was not offered."""
    return button(NOTHING, part=code, **{PARTS[code].fields[0]: "no such option"}, **pressed)


def unread(draft: Draft = NOTHING, **pressed: str) -> Sent:
    """A form whose page state could not be read; the draft holds what was typed as a receipt."""
    return replace(button(draft, **pressed), lost=True)


FROM_A_PART = [
    (form(NOTHING, FIRST, "next"), SECOND),
    (form(NOTHING, FIRST), SECOND),
    (form(NOTHING, FIRST, "back"), "PromisePage"),
    (form(NOTHING, SECOND, "back"), FIRST),
    (form(NOTHING, FIRST, "stay"), FIRST),
    (form(NOTHING, FIRST, "next", switched=True), FIRST),
    (form(NOTHING, LAST, "next"), FIRST),
    (form(SECOND_UNSEEN, LAST, "next"), SECOND),
    (form(SECOND_OPEN, LAST, "next"), "CheckPage"),
    (form(WRONG, LAST, "next"), f"{SECOND} judged checking"),
    (form(COMPLETE, LAST, "next"), "CheckPage"),
    (button(NOTHING, part=SECOND), THIRD),
    (button(NOTHING, part=SECOND, go="back"), FIRST),
    (button(NOTHING, part=SECOND, go="stay"), SECOND),
    (button(COMPLETE, part=SECOND, checking="yes"), "CheckPage"),
    (wrongly(SECOND), f"{SECOND} judged"),
    (wrongly(SECOND, go="back"), FIRST),
    (button(COMPLETE, change=THIRD), f"{THIRD} checking"),
    (button(COMPLETE, change="no such part"), f"{FIRST} judged"),
    (button(PROMPTED, question=filled_code(OPEN[1].code)), f"{SECOND} checking at {OPEN[1].code}"),
    (button(PROMPTED, question="no such question"), f"{FIRST} judged"),
    (button(COMPLETE, go="resume"), "CheckPage"),
    (button(PROMPTED, go="resume", shown="open"), "CheckPage"),
    (button(SECOND_UNSEEN, go="resume"), SECOND),
    (button(COMPLETE, part="no such part"), f"{FIRST} judged"),
    (button(COMPLETE), f"{FIRST} judged"),
    (button(PROMPTED, go="resume", at=THIRD), THIRD),
    (button(PROMPTED, go="resume", at=THIRD, checking="yes"), f"{THIRD} checking"),
    (button(PROMPTED, go="resume", at="open"), "OpenPage"),
    (button(PROMPTED, go="resume", at="check"), "CheckPage"),
    (button(SECOND_UNSEEN, go="resume", at="check"), SECOND),
    (button(PROMPTED, go="resume", at="promise"), "PromisePage"),
    (button(COMPLETE, go="resume", at="thanks"), "CheckPage"),
    (replace(button(NOTHING, go="resume", at="thanks"), receipt=RECEIPT), "ThanksPage"),
    (replace(button(NOTHING, go="resume", at="withdrawn"), receipt=RECEIPT), "WithdrawnPage"),
    (unread(go="resume"), f"{FIRST} judged"),
    (replace(button(COMPLETE, shown="promise"), switched=True), "PromisePage"),
    (replace(button(PROMPTED, shown="open"), switched=True), "OpenPage"),
]
FROM_THE_CHECK = [
    (button(COMPLETE, go="send"), "Submission"),
    (button(SECOND_OPEN, go="send"), "OpenPage"),
    (button(PROMPTED, go="send"), "Submission"),
    (button(SECOND_UNSEEN, go="send"), f"{SECOND} judged"),
    (button(WRONG, go="send"), f"{SECOND} judged checking"),
    (button(NOTHING, go="send"), f"{FIRST} judged"),
    (button(NOTHING_SAID, go="send"), "OpenPage"),
    (unread(go="send"), f"{FIRST} judged"),
    (button(COMPLETE), "CheckPage"),
    (button(COMPLETE, go="change"), "CheckPage"),
    (button(NOTHING), f"{FIRST} judged"),
    (replace(button(SECOND_UNSEEN, go="send"), switched=True), SECOND),
    (replace(button(COMPLETE, go="send"), switched=True), "CheckPage"),
    (replace(button(SECOND_OPEN, go="send"), switched=True), "CheckPage"),
    (replace(button(NOTHING), switched=True, receipt=RECEIPT), "ThanksPage"),
    (replace(button(COMPLETE, go="send"), receipt=RECEIPT), "Submission"),
]


@pytest.mark.parametrize(("sent", "page"), FROM_A_PART)
def test_from_a_part(sent: Sent, page: str) -> None:
    assert told(after_part(ASKED, sent)) == page


@pytest.mark.parametrize(("sent", "page"), FROM_THE_CHECK)
def test_from_the_check_or_the_thanks(sent: Sent, page: str) -> None:
    assert told(after_check(ASKED, sent)) == page


def test_the_first_page_is_the_first_part_and_empty() -> None:
    page = first_page(ASKED)
    assert isinstance(page, PartPage)
    assert (told(page), page.number, page.count, page.filled) == (FIRST, 1, 4, NOTHING)


def test_a_page_carries_what_was_filled_in_and_what_was_passed() -> None:
    page = after_part(ASKED, form(NOTHING, FIRST, "next"))
    assert isinstance(page, PartPage)
    assert page.draft == Draft(filled(FIRST), frozenset({FIRST}))


def test_the_receipt_of_a_visit_travels_with_every_page() -> None:
    begun = replace(NOTHING, receipt=RECEIPT)
    pages = [after_part(ASKED, form(begun, code, "next")) for code in (FIRST, LAST)]
    pages.append(after_part(ASKED, form(begun, FIRST, "back")))
    assert [page.draft.receipt for page in pages] == [RECEIPT] * 3


def test_a_part_changed_from_the_check_leads_back_to_it() -> None:
    changed = replace(form(COMPLETE, SECOND, "next"), fields={**form(COMPLETE, SECOND).fields, "checking": ["yes"]})
    assert told(after_part(ASKED, changed)) == "CheckPage"


def test_each_question_left_open_is_prompted_for_once() -> None:
    prompt = after_check(ASKED, button(SECOND_OPEN, go="send"))
    assert prompt == OpenPage(OPEN, PROMPTED)
    assert after_check(ASKED, button(prompt.draft, go="send")) == Submission(PROMPTED)
    one_more = replace(PROMPTED, prompted=PROMPTED.prompted - {OPEN[0].code})
    assert after_check(ASKED, button(one_more, go="send")) == OpenPage(OPEN, PROMPTED)


def test_where_nothing_is_answered_nothing_is_sent_however_often_it_is_tried() -> None:
    once = after_check(ASKED, button(NOTHING_SAID, go="send"))
    assert isinstance(once, OpenPage)
    again = after_check(ASKED, button(once.draft, go="send"))
    assert again == once
    assert once.nothing


def hung(questionnaire: Questionnaire) -> Questionnaire:
    """The second part asked only after one answer to a question of the first."""
    condition = Condition(PARTS[FIRST].questions[0].code, ("very",))
    depends = {one.code: replace(one, shown_when=condition) for one in PARTS[SECOND].questions}
    return replace(questionnaire, questions=tuple(depends.get(one.code, one) for one in questionnaire.questions))


@pytest.mark.parametrize(
    ("before", "now", "page"),
    [("very", "very", "CheckPage"), ("slightly", "very", f"{SECOND} checking"), ("very", "slightly", "CheckPage")],
)
def test_only_what_asks_more_after_a_change_is_to_be_seen_again(before: str, now: str, page: str) -> None:
    code = PARTS[FIRST].questions[0].code
    draft = replace(SECOND_OPEN, values={**SECOND_OPEN.values, code: (before,)})
    changed = {**filled(FIRST), code: (now,), "part": [FIRST], "checking": ["yes"]}
    assert told(after_part(hung(ASKED), Sent(draft, changed))) == page


def test_a_promise_read_again_carries_the_draft_and_a_first_one_nothing() -> None:
    again = after_part(ASKED, form(NOTHING, FIRST, "back"))
    assert again == PromisePage(Draft(filled(FIRST)))
    assert PromisePage().draft is None


def test_the_check_shows_every_part() -> None:
    page = after_part(ASKED, button(COMPLETE, go="resume"))
    assert page == CheckPage(tuple(PARTS.values()), COMPLETE)


def test_thanks_in_another_language_tell_the_same_receipt() -> None:
    sent = replace(button(NOTHING), switched=True, receipt=RECEIPT)
    assert after_check(ASKED, sent) == ThanksPage(RECEIPT)


FROM_THE_WITHDRAWAL = [
    (button(NOTHING, word="withdraw"), Withdrawal(NOTHING)),
    (button(COMPLETE, word=" WithDraw "), Withdrawal(COMPLETE)),
    (unread(word="withdraw"), WithdrawPage(NOTHING, "withdraw", lost=True)),
    (unread(TYPED, word="withdraw"), Withdrawal(TYPED)),
    (button(NOTHING, word="withdraw"), Withdrawal(NOTHING)),
    (button(NOTHING, word="no"), WithdrawPage(NOTHING, "no", refused=True)),
    (button(NOTHING), WithdrawPage(NOTHING, "", refused=True)),
    (button(NOTHING, go="ask"), WithdrawPage(NOTHING)),
    (replace(button(NOTHING, word="withdraw"), switched=True), WithdrawPage(NOTHING, "withdraw")),
    (replace(button(NOTHING), switched=True, receipt=RECEIPT), WithdrawnPage(RECEIPT)),
]


@pytest.mark.parametrize(("sent", "page"), FROM_THE_WITHDRAWAL)
def test_only_the_word_takes_back(sent: Sent, page: object) -> None:
    assert after_word(sent, "withdraw") == page
