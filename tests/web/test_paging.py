import pytest

from feedback.web.staff.paging import page_of


@pytest.mark.parametrize(
    ("count", "asked", "number", "last", "first", "end"),
    [(0, 1, 1, 1, 1, 0), (50, 2, 1, 1, 1, 50), (51, 2, 2, 2, 51, 51), (120, 2, 2, 3, 51, 100), (120, -3, 1, 3, 1, 50)],
)
def test_a_list_is_cut_into_pages_of_50(count: int, asked: int, number: int, last: int, first: int, end: int) -> None:
    page = page_of(range(count), asked)
    assert (page.number, page.last, page.first_item, page.last_item) == (number, last, first, end)
