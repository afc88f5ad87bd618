"""The reviewer's page: who may see it, what it shows, and what becomes of what is pressed there."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from feedback.domain.comments.review import CommentVerdict, Decision
from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import Wish
from feedback.storage.people import Participant
from tests.databases import ON_SQLITE
from tests.reviewing import (
    QUOTED,
    SUMMARY,
    SUMMED,
    comment_that_says,
    decide,
    release,
    review_of,
    reviewed_wave,
    wave_in_review,
)
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World, noted

pytestmark = ON_SQLITE

OTHERS = ("One", "Two", "Three", "Four")
NOT_REVIEWERS = (StaffRole.ADMINISTRATOR, StaffRole.COORDINATOR)
MARKUP = '<b>Bold</b> & "quoted" by Mentor Number'


def page_of(wave: int) -> str:
    return f"/staff/waves/{wave}/comments"


def post(client: FlaskClient, wave: int, act: str, **fields: str) -> TestResponse:
    return press(client, page_of(wave), f"{page_of(wave)}/{act}", **fields)


def send_decision(world: World, client: FlaskClient, wave: int, text: str, **fields: str) -> TestResponse:
    return post(client, wave, "decide", comment=comment_that_says(world, wave, text).id.hex(), **fields)


def test_whoever_reads_the_comments_is_noted(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    assert noted(world, "read the comments") == []
    see(client, page_of(wave))
    assert noted(world, "read the comments") == [("staff 2", f"wave {wave}")]


@pytest.mark.parametrize("role", NOT_REVIEWERS)
def test_who_is_no_reviewer_sees_no_comment(world: World, role: StaffRole) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, role)
    answer = client.get(page_of(wave), base_url=SITE)
    assert (answer.status_code, "quote this" in answer.text) == (403, False)
    assert "Review the comments" not in see(client, f"/staff/waves/{wave}")


@pytest.mark.parametrize("role", NOT_REVIEWERS)
@pytest.mark.parametrize("act", ["decide", "decide-ticked", "sum-up", "release"])
def test_who_is_no_reviewer_decides_nothing(world: World, role: StaffRole, act: str) -> None:
    wave = reviewed_wave(world)
    answer = press(signed_in(world, role), "/staff/", f"{page_of(wave)}/{act}", **SURE)
    assert answer.status_code == 403
    assert review_of(world, wave).is_finished


def test_another_organisation_finds_no_comment(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER, "Another Organisation")
    assert client.get(page_of(wave), base_url=SITE).status_code == 404


def test_a_reviewer_finds_the_comments_from_the_wave(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    assert page_of(wave) in client.get(f"/staff/waves/{wave}", base_url=SITE).text
    shown = see(client, page_of(wave))
    assert all(text in shown for text in (*QUOTED, *SUMMED))
    assert f"0 of {len(review_of(world, wave).comments)} decided." in shown
    assert "Rea Viewer reads their comments word for word" in shown
    assert "Only count this" not in shown


def test_there_is_nothing_to_review_before_the_close(world: World) -> None:
    wave = world.open_wave()
    client = signed_in(world, StaffRole.REVIEWER)
    assert client.get(page_of(wave), base_url=SITE).status_code == 409
    assert "Review the comments" not in see(client, f"/staff/waves/{wave}")


def test_names_are_marked_and_markup_is_text(world: World) -> None:
    wave = wave_in_review(world, [MARKUP] * 6, [Wish.QUOTE] * 6)
    page = signed_in(world, StaffRole.REVIEWER).get(page_of(wave), base_url=SITE).text
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &#34;quoted&#34; by <mark>Mentor</mark> <mark>Number</mark>" in page
    assert "Marked, since it may tell who somebody is: a name." in page


def test_what_may_only_be_summed_up_cannot_be_published(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    answer = send_decision(world, client, wave, SUMMED[0], decision="released")
    assert (answer.status_code, "does not allow that" in answer.text) == (422, True)
    assert review_of(world, wave).decided == 0
    assert 'value="released"' not in answer.text
    assert "<textarea" not in answer.text


def test_a_decision_is_kept_and_shown(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    answer = send_decision(world, client, wave, QUOTED[0], decision="redacted", redacted="Please quote […]")
    assert answer.status_code == 303
    assert comment_that_says(world, wave, QUOTED[0]).verdict == CommentVerdict(Decision.REDACTED, "Please quote […]")
    assert "will be published as changed" in see(client, page_of(wave))


def test_a_name_that_has_come_onto_the_roster_is_marked_at_once(world: World) -> None:
    wave = wave_in_review(world, ["It was Brixel Zartog."] * 6, [Wish.QUOTE] * 6)
    client = signed_in(world, StaffRole.REVIEWER)
    assert "<mark>Zartog</mark>" not in client.get(page_of(wave), base_url=SITE).text
    with world.session() as session:
        session.execute(update(Participant).where(Participant.id == 1).values(name="Brixel Zartog"))
        session.commit()
    assert "<mark>Zartog</mark>" in client.get(page_of(wave), base_url=SITE).text


@pytest.mark.parametrize("redacted", [QUOTED[0], "", "  ", "x" * 2501, "x" * 20_000])
def test_a_change_must_change_something_and_stay_short(world: World, redacted: str) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    answer = send_decision(world, client, wave, QUOTED[0], decision="redacted", redacted=redacted)
    assert answer.status_code == 422
    assert 'href="#redacted"' in answer.text
    assert review_of(world, wave).decided == 0


@pytest.mark.parametrize("fields", [{}, {"decision": "shout"}, {"decision": ""}])
def test_a_decision_that_was_not_offered_is_refused(world: World, fields: dict[str, str]) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    assert send_decision(world, client, wave, QUOTED[0], **fields).status_code == 422
    assert review_of(world, wave).decided == 0


@pytest.mark.parametrize(("comment", "status"), [("00" * 16, 404), ("zz", 400), ("", 400), ("aé", 400)])
def test_a_comment_that_is_not_there_is_not_decided(world: World, comment: str, status: int) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    assert post(client, wave, "decide", comment=comment, decision="withheld").status_code == status


def test_a_comment_of_another_wave_is_not_decided(world: World) -> None:
    other, wave = wave_in_review(world), wave_in_review(world)
    number = comment_that_says(world, other, QUOTED[0]).id.hex()
    client = signed_in(world, StaffRole.REVIEWER)
    assert post(client, wave, "decide", comment=number, decision="withheld").status_code == 404
    assert review_of(world, other).decided == 0


@pytest.mark.parametrize("act", ["decide", "decide-ticked", "sum-up", "release"])
def test_a_forged_post_does_nothing(world: World, act: str) -> None:
    wave = reviewed_wave(world)
    fields = {"comment": comment_that_says(world, wave, QUOTED[0]).id.hex(), "decision": "withheld", **SURE}
    client = signed_in(world, StaffRole.REVIEWER)
    assert client.post(f"{page_of(wave)}/{act}", data=fields, base_url=SITE).status_code == 400
    assert comment_that_says(world, wave, QUOTED[0]).verdict.decision is Decision.RELEASED


def test_a_summary_is_kept_shown_and_taken_away_again(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    assert (
        post(client, wave, "sum-up", question="F2", summary=SUMMARY).location == f"{page_of(wave)}?page=1#q-F2-summary"
    )
    assert SUMMARY in see(client, page_of(wave))
    post(client, wave, "sum-up", question="F2", summary=" ")
    assert [one.summary for one in review_of(world, wave).questions if one.code == "F2"] == [""]


@pytest.mark.parametrize(("fields", "status"), [({"question": "F9"}, 404), ({}, 422), ({"question": "F2" * 50}, 404)])
def test_a_summary_needs_a_question_with_comments(world: World, fields: dict[str, str], status: int) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    assert post(client, wave, "sum-up", summary="x", **fields).status_code == status


def test_a_release_takes_a_tick_and_leads_to_the_report(world: World) -> None:
    wave = reviewed_wave(world)
    client = signed_in(world, StaffRole.REVIEWER)
    refused = post(client, wave, "release")
    assert (refused.status_code, 'href="#sure"' in refused.text) == (422, True)
    assert post(client, wave, "release", **SURE).location == f"/staff/waves/{wave}/report#comments"
    shown = see(client, f"/staff/waves/{wave}/report")
    assert all(text in shown for text in (QUOTED[0], QUOTED[1], SUMMARY, "Please quote […] (changed by the reviewer)"))
    assert not [text for text in (QUOTED[2], QUOTED[3], *SUMMED) if text in shown]


def test_an_unfinished_review_offers_no_release_and_allows_none(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    shown = see(client, page_of(wave))
    assert "comments are not decided yet" in shown
    assert "I am sure" not in shown
    assert post(client, wave, "release", **SURE).status_code == 409


def test_a_missing_summary_is_named(world: World) -> None:
    wave = wave_in_review(world)
    decide(world, wave, SUMMED[0], CommentVerdict(Decision.SUMMARISED))
    assert "A summary is missing" in see(signed_in(world, StaffRole.REVIEWER), page_of(wave))


def test_after_the_release_nothing_can_be_decided(world: World) -> None:
    wave = reviewed_wave(world)
    client = signed_in(world, StaffRole.REVIEWER)
    number = comment_that_says(world, wave, QUOTED[0]).id.hex()
    release(world, wave)
    answer = press(client, "/staff/", f"{page_of(wave)}/decide", comment=number, decision="withheld")
    assert answer.status_code == 409
    assert client.get(page_of(wave), base_url=SITE).status_code == 409
    assert "Review the comments" not in see(client, f"/staff/waves/{wave}")


def test_the_report_says_until_when_comments_are_in_review_and_then_that_they_are_gone(world: World) -> None:
    wave = wave_in_review(world)
    page, client = f"/staff/waves/{wave}/report", signed_in(world)
    assert "decides until 14 May 2027 what is released" in see(client, page)
    world.clock.pass_time(days=60)
    assert "nothing was released in time" in see(client, page)


def test_the_signed_comments_can_be_downloaded_once_they_are_released(world: World) -> None:
    wave = reviewed_wave(world)
    page, client = f"/staff/waves/{wave}/report/comments.json", signed_in(world)
    assert client.get(page, base_url=SITE).status_code == 404
    release(world, wave)
    answer = client.get(page, base_url=SITE)
    assert set(answer.json) == {"document", "signature", "public_key"}
    assert answer.headers["Content-Disposition"].endswith("-kickoff.comments.json")


def way_on(world: World, client: FlaskClient, wave: int, text: str, **fields: str) -> str:
    """Where a decision leads to."""
    return send_decision(world, client, wave, text, **fields).location or ""


def test_a_decision_is_answered_by_the_next_comment_until_none_is_left(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    way, count = f"{page_of(wave)}/one-by-one", 0
    while True:
        page = client.get(way, base_url=SITE, follow_redirects=True)
        key = re.findall(r'name="comment"[^>]*value="([0-9a-f]+)"', page.text)
        if not key:
            break
        assert ("Saved." in page.text) == bool(count)
        assert f"{count} of {len(review_of(world, wave).comments)} decided" in page.text
        way = post(client, wave, "decide", comment=key[0], decision="withheld").location or ""
        count += 1
    assert review_of(world, wave).is_finished
    assert 'id="release"' in page.text


def test_a_decision_can_be_changed_from_the_next_page_and_taken_back_until_the_release(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    following = client.get(way_on(world, client, wave, QUOTED[0], decision="released"), base_url=SITE).text
    key = comment_that_says(world, wave, QUOTED[0]).id.hex()
    assert f'href="{page_of(wave)}/one/{key}">Change that' in following
    assert "Take this decision back" in client.get(f"{page_of(wave)}/one/{key}", base_url=SITE).text
    way_on(world, client, wave, QUOTED[0], decision="undecided")
    assert review_of(world, wave).decided == 0


def test_a_decision_taken_meanwhile_is_not_overwritten_by_one_on_those_that_say_the_same(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    one, other = (comment_that_says(world, wave, text).id.hex() for text in QUOTED[:2])
    post(client, wave, "decide", comment=other, decision="withheld")
    post(client, wave, "decide", comment=one, decision="released", same="y", alike=[other])
    decided = {found.comment.text: found.verdict.decision for found in review_of(world, wave).comments}
    assert (decided[QUOTED[0]], decided[QUOTED[1]]) == ("released", "withheld")


def test_ticked_comments_are_decided_together_or_not_at_all(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    ids = [comment_that_says(world, wave, text).id.hex() for text in (QUOTED[0], QUOTED[1], SUMMED[0])]
    refused = post(client, wave, "decide-ticked", ticked=ids, decision="released")
    assert (refused.status_code, "does not allow that" in refused.text) == (422, True)
    assert refused.text.count("checked") == 4
    assert review_of(world, wave).decided == 0
    assert post(client, wave, "decide-ticked", ticked=ids, decision="withheld").location == f"{page_of(wave)}?page=1"
    assert review_of(world, wave).decided == 3
    assert len(noted(world, "decided on comments")) == 1
    post(client, wave, "decide-ticked", ticked=ids[:1], decision="undecided")
    assert review_of(world, wave).decided == 2


@pytest.mark.parametrize("fields", [{}, {"decision": "withheld"}, {"decision": "redacted", "ticked": "00" * 16}])
def test_nothing_ticked_or_chosen_is_said_so(world: World, fields: dict[str, str]) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    assert post(client, wave, "decide-ticked", **fields).status_code == 422


def test_comments_that_say_nearly_the_same_are_shown_and_decided_together(world: World) -> None:
    texts = ["More time, please!", "more time please", "MORE time. Please?", "Something else"]
    wave = wave_in_review(world, [*texts, *OTHERS], [Wish.QUOTE, Wish.QUOTE, Wish.SUMMARISE, *[Wish.QUOTE] * 5])
    client = signed_in(world, StaffRole.REVIEWER)
    first, second = (comment_that_says(world, wave, text).id.hex() for text in texts[:2])
    page = client.get(f"{page_of(wave)}/one/{first}", base_url=SITE).text
    assert all(text in page for text in texts[:3])
    assert texts[3] not in page
    assert f'name="alike" value="{second}"' in page
    assert page.count('name="alike"') == 1
    send_decision(world, client, wave, texts[0], decision="withheld", alike=second, same="y")
    assert review_of(world, wave).decided == 2
    assert texts[1] not in client.get(f"{page_of(wave)}/one/{first}", base_url=SITE).text


def test_what_is_alike_is_left_alone_unless_it_is_asked_for(world: World) -> None:
    wave = wave_in_review(world, ["More time, please!", "more time please", *OTHERS], [Wish.QUOTE] * 6)
    client = signed_in(world, StaffRole.REVIEWER)
    other = comment_that_says(world, wave, "more time please").id.hex()
    send_decision(world, client, wave, "More time, please!", decision="withheld", alike=other)
    assert review_of(world, wave).decided == 1


@pytest.mark.parametrize("page", ["?page=0", "?page=2", "?page=-1", "/one/zz", f"/one/{'00' * 16}"])
def test_a_page_or_comment_that_is_not_there_is_not_found_and_tells_others_nothing(world: World, page: str) -> None:
    wave = wave_in_review(world)
    reviewer, other = signed_in(world, StaffRole.REVIEWER), signed_in(world, StaffRole.COORDINATOR)
    assert reviewer.get(f"{page_of(wave)}{page}", base_url=SITE).status_code == 404
    assert other.get(f"{page_of(wave)}{page}", base_url=SITE).status_code == 403
