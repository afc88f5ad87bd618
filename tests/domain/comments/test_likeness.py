"""Comments that say nearly the same are found, whatever their order, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.comments.likeness import MOST_COMPARED, alike

LONG = "I would like more time with my partner because one hour a month is not enough for us"
WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=8).map(" ".join)


def found(*texts: str) -> list[set[int]]:
    near = alike({bytes([place]): text for place, text in enumerate(texts)})
    return [{one[0] for one in near.get(bytes([place]), ())} - {place} for place in range(len(texts))]


def test_equal_words_are_alike_whatever_their_case_signs_and_order() -> None:
    assert found("More time, please!", "more TIME please", "please: more time", "Less time, please") == [
        {1, 2},
        {0, 2},
        {0, 1},
        set(),
    ]


def test_a_word_or_two_more_in_a_long_text_change_little() -> None:
    assert found(LONG, f"{LONG}, really", LONG.replace("hour", "half-hour"), "Nothing.") == [
        {1, 2},
        {0, 2},
        {0, 1},
        set(),
    ]


def test_thousands_who_write_the_same_share_one_answer() -> None:
    near = alike({place.to_bytes(2): "Nothing." for place in range(3_000)})
    assert len({id(together) for together in near.values()}) == 1


def test_texts_without_words_are_like_nothing() -> None:
    assert found("…", "?!", "", "...") == [set()] * 4


def test_other_scripts_have_words_too() -> None:
    assert found("مزيد من الوقت", "مزيد من الوقت!", "更多時間") == [{1}, {0}, set()]


@given(st.lists(WORDS, max_size=12))
def test_the_same_pairs_are_found_as_by_comparing_all(texts: list[str]) -> None:
    sets = [set(text.split()) for text in texts]
    wanted = [
        {
            other
            for other, those in enumerate(sets)
            if other != place and these and those and len(these & those) >= 0.8 * len(these | those)
        }
        for place, these in enumerate(sets)
    ]
    assert found(*texts) == wanted


def test_very_many_alike_texts_are_not_all_compared_with_all() -> None:
    texts = {place.to_bytes(2): f"{LONG} {place}" for place in range(4 * MOST_COMPARED)}
    near = alike(texts)
    assert max(map(len, near.values())) <= 5 * MOST_COMPARED
