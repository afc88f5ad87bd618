"""Which page answers a request: every way to send a form, with answers that are complete and answers that are not."""

import random
from dataclasses import replace

import pytest

from feedback.domain.links import Receipt
from feedback.domain.survey.drafts import Draft, with_typed
from feedback.domain.survey.next_page import (
    CheckPage,
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
    check_again,
    first_page,
)
from feedback.domain.survey.parts import first_open, parts_of
from feedback.domain.survey.questionnaires import Role
from forms.bank import pair
from tests.answering import an_answer, draft_of

ASKED = pair("kickoff")[Role.MENTOR]
PARTS = parts_of(ASKED, Draft())
FIRST, SECOND, THIRD, LAST = PARTS
COMPLETE = draft_of(an_answer(ASKED, random.Random(1)))
ALL_BUT_SECOND = Draft({name: said for name, said in COMPLETE.values.items() if name not in PARTS[SECOND].fields})
NOTHING = Draft()
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
    return " ".join([page.part.code, *marks])


def button(draft: Draft, **pressed: str) -> Sent:
    return Sent(draft, {name: [said] for name, said in pressed.items()})


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
    (form(NOTHING, LAST, "next"), f"{FIRST} judged"),
    (form(ALL_BUT_SECOND, LAST, "next"), f"{SECOND} judged"),
    (form(COMPLETE, LAST, "next"), "CheckPage"),
    (button(NOTHING, part=SECOND), f"{SECOND} judged"),
    (button(NOTHING, part=SECOND, go="back"), FIRST),
    (button(NOTHING, part=SECOND, go="stay"), SECOND),
    (button(COMPLETE, part=SECOND, checking="yes"), f"{SECOND} judged checking"),
    (button(COMPLETE, change=THIRD), f"{THIRD} checking"),
    (button(COMPLETE, change="no such part"), f"{FIRST} judged"),
    (button(COMPLETE, go="resume"), "CheckPage"),
    (button(ALL_BUT_SECOND, go="resume"), SECOND),
    (button(COMPLETE, part="no such part"), f"{FIRST} judged"),
    (button(COMPLETE), f"{FIRST} judged"),
    (unread(go="resume"), f"{FIRST} judged"),
    (replace(button(COMPLETE, shown="promise"), switched=True), "PromisePage"),
]
FROM_THE_CHECK = [
    (button(COMPLETE, go="send"), "Submission"),
    (button(ALL_BUT_SECOND, go="send"), "Submission"),
    (unread(go="send"), f"{FIRST} judged"),
    (button(COMPLETE), "CheckPage"),
    (button(COMPLETE, go="change"), "CheckPage"),
    (button(ALL_BUT_SECOND), f"{SECOND} judged checking"),
    (button(NOTHING), f"{FIRST} judged"),
    (replace(button(COMPLETE, go="send"), switched=True), "CheckPage"),
    (replace(button(ALL_BUT_SECOND, go="send"), switched=True), SECOND),
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


def test_whoever_says_that_a_part_was_passed_is_asked_it_all_the_same_before_the_end() -> None:
    lie = replace(ALL_BUT_SECOND, passed=frozenset(PARTS))
    assert told(after_part(ASKED, button(lie, go="resume"))) == "CheckPage"
    assert told(check_again(ASKED, lie)) == f"{SECOND} judged checking"
    assert first_open(PARTS, lie) is None


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
