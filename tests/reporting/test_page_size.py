"""A report of many groups stays a page that opens quickly."""

from dataclasses import replace

from flask import Flask

from feedback.domain.disclosure.groups import Group
from feedback.domain.survey.questionnaires import Role, Theme
from feedback.reporting.report_paper import ReportSource, compose_page
from tests.rendering.showing import page_html
from tests.reporting.reports import Said, facts, question, report, signed

MOST_BYTES = 300_000


def test_the_page_of_twenty_groups_has_at_most_300_kilobytes(speaking: Flask) -> None:
    words = "A question that takes as many words as such questions often take, number"
    themes = list(Theme)
    asked = [question(f"Q{place}", f"{words} {place}?", theme=themes[place % len(themes)]) for place in range(14)]
    groups = tuple(Group(f"{role}/{town}", role, (f"Town {town}",), 25) for role in Role for town in range(10))
    ratings = {one.code: "001112222333344"[place % 5 :] + "4" * (place % 5) for place, one in enumerate(asked)}
    said = [Said(group.name, group.role or Role.MENTOR, ratings) for group in groups]
    first = report(replace(facts(*asked, stage="kickoff"), groups=groups), *said)
    later = report(replace(facts(*asked), groups=groups), *said, previous=first.chain_hash)
    page = page_html(compose_page(ReportSource(signed(later), (first,)), "en"))
    assert len(page.encode()) <= MOST_BYTES
