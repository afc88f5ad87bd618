"""Days and times as each language says them."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from feedback.domain.languages import LANGUAGES
from feedback.locales.moments import clocks_of, closing, day, moment, weekday_and_day
from tests.house.test_translations import messages, said

PARIS = ZoneInfo("Europe/Paris")


def test_the_first_of_a_month_is_the_first_in_french_and_no_other_day_is() -> None:
    assert day(date(2027, 1, 1), "fr") == "1er janvier 2027"
    assert weekday_and_day(date(2027, 1, 1), "fr") == "vendredi 1er janvier 2027"
    assert [day(date(2027, 1, one), "fr") for one in (11, 21)] == ["11 janvier 2027", "21 janvier 2027"]
    assert day(date(2027, 1, 1), "en") == "1 January 2027"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "Sunday 14 March 2027, 23:59 (Paris time)"),
        ("fr", "dimanche 14 mars 2027, 23:59 (fuseau\u00a0: Paris)"),
        ("es", "domingo, 14 de marzo de 2027, 23:59 (hora de París)"),
        ("ar", "الأحد، 14 مارس 2027، 11:59 م (بتوقيت باريس)"),
        ("cy", "Dydd Sul, 14 Mawrth 2027, 23:59 (amser Paris)"),
    ],
)
def test_a_time_names_its_clocks_in_the_words_of_the_language(code: str, said: str) -> None:
    assert moment(datetime(2027, 3, 14, 22, 59, tzinfo=UTC), PARIS, code).replace("\u202f", " ") == said


def test_a_zone_without_a_city_keeps_its_name() -> None:
    assert [clocks_of(ZoneInfo(key), "fr") for key in ("UTC", "Etc/GMT+1")] == ["UTC", "Etc/GMT+1"]


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_what_closes_at_midnight_is_open_until_the_end_of_the_day_before(code: str) -> None:
    said = closing(datetime(2027, 3, 14, 23, tzinfo=UTC), PARIS, code)
    assert weekday_and_day(date(2027, 3, 14), code) in said
    assert not re.search("00:00|12:00", said)


def test_no_welsh_word_that_alters_the_next_one_stands_before_a_date() -> None:
    """After "ar", "tan" and their like "Dydd Sul" would have to be "ddydd Sul": such a date stands by itself."""
    altering = re.compile(
        r"\b(ar|tan|o|i|am|at|dan|gan|heb|hyd|trwy|wrth) (<strong>)?%\((closes|moment|since|until|at)\)s"
    )
    dated = re.compile(r"\btan %\(date\)s, %\(time\)s")
    texts = [text for message in messages("cy") for text in said(message)]
    assert [text for text in texts if altering.search(text) or dated.search(text)] == []
