"""Comments are reviewed on the command line as on the page; words never stand on the command line itself."""

import json
from pathlib import Path

import pytest

from feedback.domain.comments.review import CommentVerdict, Decision
from feedback.domain.errors import NotFound, ReviewRefused, WaveNotReady
from tests.cli.test_commands import output, refusal, run
from tests.databases import ON_SQLITE
from tests.reviewing import QUOTED, SUMMARY, SUMMED, comment_that_says, reviewed_wave, wave_in_review
from tests.world import World, noted

pytestmark = ON_SQLITE


def id_of(world: World, wave: int, text: str) -> str:
    return comment_that_says(world, wave, text).id.hex()


def test_comments_are_listed_with_wishes_and_marks(world: World) -> None:
    wave = wave_in_review(world, ["Mentor Number is kind", *QUOTED, *SUMMED])
    shown = output(world, "comment", "list", str(wave))
    assert "[[Mentor]] [[Number]] is kind" in shown
    assert "its author allows: summarise" in shown
    assert "Read by Rea Viewer" in shown


def test_whoever_lists_the_comments_is_noted(world: World) -> None:
    wave = wave_in_review(world)
    output(world, "comment", "list", str(wave))
    assert noted(world, "read the comments") == [("command line", f"wave {wave}")]


def test_comments_are_json_for_scripts(world: World) -> None:
    listed = json.loads(output(world, "comment", "list", str(wave_in_review(world)), "--json"))
    assert {one["text"] for one in listed} == {*QUOTED, *SUMMED}
    assert {one["decision"] for one in listed} == {"undecided"}


def test_a_comment_is_decided_by_the_beginning_of_its_id(world: World) -> None:
    wave = wave_in_review(world)
    output(world, "comment", "decide", str(wave), id_of(world, wave, QUOTED[0])[:12], "--as", "released")
    assert comment_that_says(world, wave, QUOTED[0]).verdict == CommentVerdict(Decision.RELEASED)


def test_a_changed_text_comes_from_a_file(world: World, tmp_path: Path) -> None:
    wave, file = wave_in_review(world), tmp_path / "changed.txt"
    file.write_text("Please […]\n")
    words = ["--as", "redacted", "--text", str(file)]
    output(world, "comment", "decide", str(wave), id_of(world, wave, QUOTED[0]), *words)
    assert comment_that_says(world, wave, QUOTED[0]).verdict == CommentVerdict(Decision.REDACTED, "Please […]")


def test_what_the_author_does_not_allow_is_refused(world: World) -> None:
    wave = wave_in_review(world)
    words = ["comment", "decide", str(wave), id_of(world, wave, SUMMED[0]), "--as", "released"]
    assert isinstance(refusal(world, *words), ReviewRefused)


@pytest.mark.parametrize("beginning", ["zz", "", "00000000"])
def test_a_comment_that_is_not_there_is_refused(world: World, beginning: str) -> None:
    result = run(world, "comment", "decide", str(wave_in_review(world)), beginning, "--as", "withheld")
    assert (result.exit_code, "no such comment" in result.output) == (2, True)


def test_a_summary_comes_from_a_file_and_needs_a_question(world: World, tmp_path: Path) -> None:
    wave, file = wave_in_review(world), tmp_path / "summary.txt"
    file.write_text(SUMMARY)
    output(world, "comment", "summarise", str(wave), "F2", str(file))
    assert f"summary: {SUMMARY}" in output(world, "comment", "list", str(wave))
    assert isinstance(refusal(world, "comment", "summarise", str(wave), "F9", str(file)), NotFound)


def test_a_release_is_confirmed_and_happens_once(world: World) -> None:
    wave = reviewed_wave(world)
    assert run(world, "comment", "release", str(wave)).exit_code == 1
    output(world, "comment", "release", str(wave), "--yes")
    assert isinstance(refusal(world, "comment", "release", str(wave), "--yes"), WaveNotReady)
    assert isinstance(refusal(world, "comment", "list", str(wave)), WaveNotReady)


def test_the_report_shows_what_was_released(world: World) -> None:
    wave = reviewed_wave(world)
    assert "The reviewer reads the comments and decides until" in " ".join(
        output(world, "report", "show", str(wave)).split()
    )
    output(world, "comment", "release", str(wave), "--yes")
    shown = " ".join(output(world, "report", "show", str(wave)).split())
    assert all(words in shown for words in (QUOTED[0], "Please quote […] (changed by the reviewer)", SUMMARY))
    assert QUOTED[3] not in shown
