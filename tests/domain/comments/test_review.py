"""Comments in review: their payload, what may be decided on them, and what a release holds."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.comments.review import (
    LONGEST_REVIEWED,
    Comment,
    CommentVerdict,
    Decision,
    ReviewedComment,
    ReviewedQuestion,
    checked_verdict,
    largest_comment,
    read_comment,
    write_comment,
)
from feedback.domain.errors import ReviewRefused, SealBroken
from feedback.domain.report.released_comments import (
    ReleasedComments,
    ReleasedQuestion,
    ReleasedText,
    read_release,
    released_question,
    write_release,
)
from feedback.domain.survey.answers import Wish, clean_text
from forms.bank import available, load

WISHES = (Wish.QUOTE, Wish.SUMMARISE)
UNDECIDED = CommentVerdict(Decision.UNDECIDED)
CLEAN = st.text().map(clean_text)
FULL = st.sampled_from(["𝕳", '"', "\\", "\n", "a"])


@given(CLEAN, st.sampled_from(Wish))
def test_a_comment_is_read_as_it_was_written(text: str, wish: Wish) -> None:
    assert read_comment(write_comment(Comment(text, wish))) == Comment(text, wish)


@pytest.mark.parametrize("name", available())
@given(letter=FULL, wish=st.sampled_from(Wish))
def test_no_comment_is_longer_than_the_largest(name: str, letter: str, wish: Wish) -> None:
    asked = load(name)
    for question in asked.open_questions:
        assert len(write_comment(Comment(letter * question.max_chars, wish))) <= largest_comment(asked)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"Just words", b"[]", b"{}", b'{"text":"x"}', b'{"text":"x","wish":"shout"}', b'{"text":5,"wish":"quote"}',
        b'{"wish":"quote","text":"x"}', b'{"text":"x","wish":"quote","more":1}', b'{"text":"\\ud800","wish":"quote"}',
        b"[" * 100_000, b"\xff",
    ],
)  # fmt: skip
def test_what_is_no_comment_breaks_the_seal(data: bytes) -> None:
    with pytest.raises(SealBroken):
        read_comment(data)


@given(st.binary(max_size=60))
def test_bytes_are_a_comment_or_break_the_seal(data: bytes) -> None:
    try:
        read_comment(data)
    except SealBroken:
        return


ALLOWED = {
    (Wish.QUOTE, Decision.RELEASED),
    (Wish.QUOTE, Decision.REDACTED),
    (Wish.QUOTE, Decision.SUMMARISED),
    (Wish.QUOTE, Decision.WITHHELD),
    (Wish.SUMMARISE, Decision.SUMMARISED),
    (Wish.SUMMARISE, Decision.WITHHELD),
    (Wish.COUNT, Decision.WITHHELD),
    *((wish, Decision.UNDECIDED) for wish in Wish),  # A decision can be taken back.
}


@pytest.mark.parametrize("wish", Wish)
@pytest.mark.parametrize("decision", Decision)
def test_a_wish_limits_what_can_be_decided(wish: Wish, decision: Decision) -> None:
    comment, verdict = Comment("as it was", wish), CommentVerdict(decision, "as it is")
    if (wish, decision) in ALLOWED:
        assert checked_verdict(comment, verdict).decision is decision
    else:
        with pytest.raises(ReviewRefused):
            checked_verdict(comment, verdict)


@pytest.mark.parametrize(
    "redacted", ["", " \n", "as it was", " as it was\r\n", "x" * (LONGEST_REVIEWED + 1), "x" * 9999]
)
def test_a_change_that_changes_nothing_or_is_too_long_is_refused(redacted: str) -> None:
    with pytest.raises(ReviewRefused) as refused:
        checked_verdict(Comment("as it was", Wish.QUOTE), CommentVerdict(Decision.REDACTED, redacted))
    assert "as it was" not in str(refused.value)


def test_a_changed_text_is_cleaned_and_kept_only_if_it_is_published() -> None:
    comment = Comment("as it was", Wish.QUOTE)
    assert checked_verdict(comment, CommentVerdict(Decision.REDACTED, " a\u202e[…]\r\n")).redacted == "a[…]"
    assert checked_verdict(comment, CommentVerdict(Decision.RELEASED, "as it is")).redacted == ""


def reviewed(text: str, verdict: CommentVerdict, wish: Wish = Wish.QUOTE) -> ReviewedComment:
    return ReviewedComment(text.encode(), Comment(text, wish), verdict)


DECIDED = ReviewedQuestion(
    "F2",
    (
        reviewed("one", CommentVerdict(Decision.RELEASED)),
        reviewed("two", CommentVerdict(Decision.REDACTED, "t[…]")),
        reviewed("three", CommentVerdict(Decision.SUMMARISED), Wish.SUMMARISE),
        reviewed("four", CommentVerdict(Decision.WITHHELD)),
    ),
    "Some say so.",
)


def test_a_release_holds_what_was_released_or_redacted_and_the_summary() -> None:
    released = released_question(DECIDED, lambda texts: texts.reverse())
    texts = (ReleasedText("t[…]", redacted=True), ReleasedText("one", redacted=False))
    assert released == ReleasedQuestion("F2", texts, "Some say so.")


def test_texts_are_shuffled() -> None:
    numbers = tuple(reviewed(str(number), CommentVerdict(Decision.RELEASED)) for number in range(20))
    texts = released_question(ReviewedQuestion("F2", numbers, ""), random.Random(5).shuffle).texts
    assert sorted(int(one.text) for one in texts) == list(range(20))
    assert [int(one.text) for one in texts] != list(range(20))


@pytest.mark.parametrize(
    "unready",
    [
        replace(DECIDED, comments=(*DECIDED.comments, reviewed("five", UNDECIDED))),
        replace(DECIDED, summary=""),
        replace(DECIDED, comments=(reviewed("one", CommentVerdict(Decision.RELEASED), Wish.SUMMARISE),)),
        replace(DECIDED, comments=(reviewed("one", CommentVerdict(Decision.REDACTED, "o"), Wish.SUMMARISE),)),
        replace(DECIDED, comments=(reviewed("one", CommentVerdict(Decision.SUMMARISED), Wish.COUNT),)),
    ],
)
def test_what_is_not_ready_or_not_allowed_is_not_released(unready: ReviewedQuestion) -> None:
    with pytest.raises(ReviewRefused):
        released_question(unready, lambda _texts: None)


RELEASES = st.builds(
    ReleasedComments,
    report=st.text("0123456789abcdef", min_size=64, max_size=64),
    k=st.integers(5, 20),
    questions=st.lists(
        st.builds(
            ReleasedQuestion,
            code=st.sampled_from(["F1", "F2"]),
            texts=st.lists(st.builds(ReleasedText, text=CLEAN, redacted=st.booleans()), max_size=4).map(tuple),
            summary=CLEAN,
        ),
        max_size=3,
    ).map(tuple),
)


@given(RELEASES)
def test_a_release_is_read_as_it_was_written(released: ReleasedComments) -> None:
    assert read_release(write_release(released)) == released


def test_a_release_tells_nothing_but_texts_and_how_many_wrote_at_least() -> None:
    released = ReleasedComments("a" * 64, 5, (released_question(DECIDED, lambda _texts: None),))
    record = json.loads(write_release(released))
    assert set(record) == {"format", "kind", "report", "k", "questions"}
    assert [set(one) for one in record["questions"]] == [{"question", "summary", "texts"}]
    assert {frozenset(text) for text in record["questions"][0]["texts"]} == {frozenset({"text", "redacted"})}


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format":2}'])
def test_other_text_is_no_release(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_release(text)


def test_a_release_that_was_written_otherwise_is_no_release() -> None:
    text = write_release(ReleasedComments("a" * 64, 5, ()))
    with pytest.raises(ValueError):
        read_release(text.replace(":", ": "))
