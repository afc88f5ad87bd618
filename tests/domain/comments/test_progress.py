"""How far a review has come: pages of fifty, the next comment, and what is missing before a release."""

import pytest

from feedback.domain.comments.progress import PAGE_SIZE, Outline, Progress
from feedback.domain.comments.review import Decision
from feedback.domain.errors import NotFound

UNDECIDED, WITHHELD, SUMMARISED = Decision.UNDECIDED, Decision.WITHHELD, Decision.SUMMARISED


def progress(*decisions: Decision, summed_up: tuple[str, ...] = (), question: str = "F1") -> Progress:
    outlines = tuple(Outline(bytes([place]), question, one) for place, one in enumerate(decisions))
    return Progress(outlines, frozenset(summed_up))


def test_pages_hold_fifty_and_the_last_one_the_rest() -> None:
    many = progress(*[UNDECIDED] * (2 * PAGE_SIZE + 1))
    assert [len(many.page(number)) for number in range(1, many.pages + 1)] == [50, 50, 1]
    assert [many.page_of(bytes([place])) for place in (0, 49, 50, 100)] == [1, 1, 2, 3]


@pytest.mark.parametrize("number", [0, -1, 2])
def test_there_is_no_other_page(number: int) -> None:
    with pytest.raises(NotFound):
        progress(UNDECIDED).page(number)


def test_the_next_comment_is_undecided_behind_this_one_or_from_the_start_again() -> None:
    some = progress(UNDECIDED, WITHHELD, UNDECIDED, WITHHELD)
    following = [some.next_after(place) for place in (None, b"\0", b"\1", b"\2")]
    assert [one.id for one in following if one] == [b"\0", b"\2", b"\2", b"\0"]
    assert progress(WITHHELD).next_after(None) is None


def test_a_comment_that_is_not_there_is_not_found() -> None:
    for ask in (Progress.at, Progress.next_after, Progress.number_of, Progress.page_of):
        with pytest.raises(NotFound):
            ask(progress(UNDECIDED), b"x")


def test_comments_are_numbered_within_their_question() -> None:
    others = progress(UNDECIDED, UNDECIDED).outlines
    both = Progress((Outline(b"x", "F0", WITHHELD), *others), frozenset())
    assert [both.number_of(one.id) for one in both.outlines] == [(1, 1), (1, 2), (2, 2)]


def test_a_release_needs_every_decision_and_every_summary() -> None:
    assert progress(WITHHELD, WITHHELD).is_finished
    assert not progress(WITHHELD, UNDECIDED).is_finished
    assert progress(SUMMARISED).lacking_summary == ("F1",)
    assert not progress(SUMMARISED).is_finished
    assert progress(SUMMARISED, summed_up=("F1",)).is_finished
