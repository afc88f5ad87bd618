"""Every file that staff take away from a page stands in the audit log, under its name and whoever took it."""

from feedback.rendering.pdf import PLACES
from feedback.reporting.formats import COMPARISON_FORMATS, REPORT_FORMATS
from tests.reviewing import release, reviewed_wave
from tests.web.test_access import go, ways
from tests.web.test_staff_pages import SITE, signed_in, two_reports
from tests.world import World, noted

ACTOR = "staff 3"
"""Numbers 1 and 2 are the contact and the reviewer whom the programme names."""


def later(argument: str) -> int:
    """The second of two waves, and the first one where an earlier one is asked for."""
    return 2 if argument == "wave_id" else 1


def test_every_file_that_is_downloaded_is_noted(world: World) -> None:
    two_reports(world)
    client = signed_in(world)
    answers = [go(client, way) for way in ways(world.app, later) if way.method == "GET"]
    given = [answer.headers["Content-Disposition"] for answer in answers if "Content-Disposition" in answer.headers]
    # An empty list to fill in tells nothing of anybody.
    files = [name for name in given if "=people." not in name]
    assert len(given) - len(files) == 2
    assert len(files) == len(REPORT_FORMATS) + 2 * len(COMPARISON_FORMATS) + 1  # and the calendar
    told = [subject.split(", ") for _actor, subject in noted(world, "downloaded")]
    assert [f"attachment; filename={name}" for _about, name in told] == files
    assert {about for about, _name in told} == {"wave 2", "programme 1"}
    assert {actor for actor, _name in noted(world, "downloaded")} == {ACTOR}


def test_released_comments_that_are_downloaded_are_noted(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    assert signed_in(world).get(f"/staff/waves/{wave}/report/comments.json", base_url=SITE).status_code == 200
    assert noted(world, "downloaded") == [(ACTOR, "wave 1, programme-1-wave-1-kickoff.comments.json")]


def test_a_document_that_cannot_be_made_now_is_refused_in_a_sentence(world: World) -> None:
    two_reports(world)
    client = signed_in(world)
    with PLACES, PLACES:
        refused = client.get("/staff/waves/2/report.pdf", base_url=SITE)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
    assert "Other documents are being made just now." in refused.get_data(as_text=True)
    assert noted(world, "downloaded") == []


def test_a_report_that_is_only_looked_at_is_not_noted_as_taken(world: World) -> None:
    two_reports(world)
    client = signed_in(world)
    assert client.get("/staff/waves/2/report", base_url=SITE).status_code == 200
    assert client.get("/staff/waves/9/report.pdf", base_url=SITE).status_code == 404
    assert noted(world, "downloaded") == []
