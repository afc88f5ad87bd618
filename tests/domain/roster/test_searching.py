from dataclasses import dataclass

import pytest

from feedback.domain.roster.searching import found_among


@dataclass
class One:
    name: str
    email: str


ADA, ZOE, LAYLA = (
    One("Ada Ito", "ada@example.com"),
    One("Zoë Åström", "z.a@example.com"),
    One("ليلى حسن", "l@b.example"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [ADA, ZOE, LAYLA]),
        ("  ", [ADA, ZOE, LAYLA]),
        ("ito ad", [ADA]),
        ("zoe astrom", [ZOE]),
        ("ASTRÖM", [ZOE]),
        ("ada@example.com", [ADA]),
        ("example", [ADA, ZOE, LAYLA]),
        ("حسن", [LAYLA]),
        ("tom", []),
        ("%", []),
    ],
)
def test_people_are_found_by_the_beginnings_of_words(text: str, found: list[One]) -> None:
    assert found_among([ADA, ZOE, LAYLA], text) == found
