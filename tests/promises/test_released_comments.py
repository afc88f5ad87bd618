"""Promise: only what the reviewer releases is read by others, as its author allows; everything else is destroyed.

Attackers read every file, every row and every log line, look at orders, and write to the database themselves.
"""

import json
import random
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from feedback.domain.comments.review import Comment, CommentVerdict, Decision, write_comment
from feedback.domain.errors import ReviewRefused, SealBroken, WaveNotReady
from feedback.domain.sealing import seal_comment
from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import Wish
from feedback.domain.survey.questionnaires import Role
from feedback.services.comments.show_released_comments import SignedRelease, show_release
from feedback.storage.audit_log import LogEntry
from feedback.storage.comments import CommentSummary, StoredComment, add_comments, comments_of
from feedback.storage.waves import wave_by_id
from tests.answering import respond
from tests.databases import BOTH, first_of
from tests.promises.adversary import accuse, orders, read_everything
from tests.promises.closing import blobs, document_of, how_many, place_of
from tests.promises.evidence import found, in_every_spelling, stored_bytes
from tests.promises.listener import Listener
from tests.promises.visits import engine_of, keys_engine_of, own_key
from tests.reviewing import (
    COUNTED,
    QUOTED,
    SUMMARY,
    SUMMED,
    TEXTS,
    WISHES,
    comment_that_says,
    decide,
    decide_everything,
    newly_reviewed_wave,
    release,
    review_of,
    reviewed_wave,
    sum_up,
    wave_in_review,
)
from tests.web.test_comment_pages import page_of, post, send_decision
from tests.web.test_staff_pages import SURE, see, signed_in
from tests.world import World, entries_about, hidden_value

pytestmark = pytest.mark.own_databases

GONE = (QUOTED[2], QUOTED[3], *SUMMED, *COUNTED)


def released(world: World, wave: int) -> SignedRelease:
    with world.session() as session:
        return show_release(session, wave)


def texts_of(world: World, wave: int) -> list[str]:
    return [one.text for question in released(world, wave).comments.questions for one in question.texts]


def sealed_bytes(world: World, wave: int) -> dict[str, bytes]:
    """The beginnings and ends of all that lies sealed to the comment key, and that key as it is stored."""
    with engine_of(world).connect() as connection:
        query = "SELECT sealed FROM comments UNION ALL SELECT redacted FROM comments UNION ALL "
        blobs = connection.execute(text(query + "SELECT sealed FROM comment_summaries")).scalars().all()
    with keys_engine_of(world).connect() as connection:
        query = "SELECT wrapped FROM keys WHERE purpose = 'comment' AND owner_id = :wave"
        wrapped = connection.execute(text(query), {"wave": wave}).scalar_one()
    marks = {f"start {number}": bytes(one)[9:60] for number, one in enumerate(blobs) if one}
    marks |= {f"end {number}": bytes(one)[-50:] for number, one in enumerate(blobs) if one}
    return marks | in_every_spelling("wrapped", bytes(wrapped))


@BOTH
def test_nothing_that_was_not_released_is_in_any_file(world: World) -> None:
    wave = newly_reviewed_wave(world)
    marks = sealed_bytes(world, wave)
    assert found(marks, b"".join(raw for _name, raw in stored_bytes(world)))
    release(world, wave)
    world.do_what_is_due()
    everything = b"".join(raw for _name, raw in stored_bytes(world))
    assert found(marks, everything) == []
    assert [text for text in GONE if text.encode() in everything] == []
    assert all(text.encode() in everything for text in (QUOTED[0], QUOTED[1], SUMMARY))


@BOTH
def test_no_word_lies_open_anywhere_before_the_release(world: World) -> None:
    newly_reviewed_wave(world)
    everything = b"".join(raw for _name, raw in stored_bytes(world))
    assert [text for text in (*TEXTS, "Please quote […]", SUMMARY) if text.encode() in everything] == []


def test_after_the_release_the_comment_key_is_destroyed_by_the_next_tick(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    assert how_many(world, StoredComment.wave_id == wave) + how_many(world, CommentSummary.wave_id == wave) == 0
    assert world.keys.purposes_held() == {wave: {"comment"}}
    world.do_what_is_due()
    assert world.keys.purposes_held() == {}


def test_what_is_counted_only_is_read_by_nobody(world: World) -> None:
    wave = wave_in_review(world)
    assert {one.comment.text for one in review_of(world, wave).comments} == {*QUOTED, *SUMMED}


def test_who_is_counted_only_counts(world: World) -> None:
    wave = wave_in_review(world, TEXTS[:5], [Wish.COUNT] * 4)
    assert [one.comment.text for one in review_of(world, wave).questions[0].comments] == [TEXTS[4]]


def test_if_all_want_to_be_counted_only_nothing_is_kept(world: World) -> None:
    wave = wave_in_review(world, TEXTS[:6], [Wish.COUNT] * 6)
    assert {one.kept for one in document_of(world, wave).comments} == {False}
    assert world.keys.purposes_held() == {}


def test_a_release_holds_no_trace_of_what_was_left_out(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    record = json.loads(released(world, wave).json)
    assert sorted(texts_of(world, wave)) == sorted([QUOTED[0], QUOTED[1], "Please quote […]"])
    assert set(record) == {"format", "kind", "report", "k", "questions"}
    assert record["report"] == document_of(world, wave).chain_hash


def test_a_release_is_signed_by_the_organisation(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    signed = released(world, wave)
    Ed25519PublicKey.from_public_bytes(signed.public_key).verify(signed.signature, signed.json.encode())


def test_comments_are_released_once(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    before = released(world, wave)
    for act in (release, sum_up):
        with pytest.raises(WaveNotReady):
            act(world, wave)
    assert released(world, wave) == before


def test_an_unfinished_review_is_not_released(world: World) -> None:
    wave = reviewed_wave(world)
    sum_up(world, wave, "")
    with pytest.raises(ReviewRefused):
        release(world, wave)
    assert len(review_of(world, wave).comments) == len(QUOTED) + len(SUMMED)


@pytest.mark.parametrize("decision", ["released", "redacted"])
def test_a_decision_forged_in_the_database_publishes_nothing(world: World, decision: str) -> None:
    wave = reviewed_wave(world)
    number = comment_that_says(world, wave, SUMMED[0]).id
    redacted = comment_that_says(world, wave, QUOTED[2]).id
    with world.session() as session:
        moved = session.get_one(StoredComment, redacted).redacted if decision == "redacted" else None
        row = session.get_one(StoredComment, number)
        row.decision, row.redacted = decision, moved
        session.commit()
    with pytest.raises((ReviewRefused, SealBroken)):
        release(world, wave)


def test_a_row_that_does_not_open_is_worth_nothing(world: World) -> None:
    wave = reviewed_wave(world)
    place = place_of(world, wave)
    with world.session() as session:
        key, rows = wave_by_id(session, wave).comment_key, comments_of(session, wave)
        forged = [seal_comment(b"Just words", key, place, "F2", 4100)]
        forged += [seal_comment(write_comment(Comment("Moved", Wish.QUOTE)), key, place, "F9", 4100)]
        add_comments(session, wave, "F2", [*forged, rows[0].sealed[:-1]])
        session.commit()
    release(world, wave)
    assert sorted(texts_of(world, wave)) == sorted([QUOTED[0], QUOTED[1], "Please quote […]"])


def test_comments_that_were_not_released_in_time_cannot_be_released(world: World) -> None:
    wave = reviewed_wave(world)
    world.clock.pass_time(days=60)
    with pytest.raises(WaveNotReady):
        release(world, wave)
    world.do_what_is_due()
    assert how_many(world, StoredComment.wave_id == wave) + how_many(world, CommentSummary.wave_id == wave) == 0
    assert world.keys.purposes_held() == {}


def test_comments_of_a_group_below_k_are_gone(world: World) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave, Role.MENTOR)[:12], TEXTS, wishes=WISHES)
    respond(world, world.links(wave, Role.MENTEE)[:4], ["of a small group"] * 4, wishes=[Wish.QUOTE] * 4)
    world.close(wave)
    assert {one.comment.text for one in review_of(world, wave).comments} == {*QUOTED, *SUMMED}


MANY = tuple(f"Said by number {number}" for number in range(20))


def test_released_texts_and_their_order_say_nothing_about_the_order_of_responses(world: World) -> None:
    wave = world.open_wave()
    people = world.people_and_links(wave)[:20]
    respond(world, [link for _person, link in people], MANY, wishes=[Wish.QUOTE] * 20)
    backup = {row["response_key"]: row for row in read_everything(engine_of(world))["sealed_responses"]}
    responses = [backup[own_key(world, wave, person).hex()] for person, _link in people]
    world.close(wave)
    for question in review_of(world, wave).questions:
        for number in random.Random(3).sample(question.comments, len(question.comments)):
            decide(world, wave, number.comment.text, CommentVerdict(Decision.RELEASED), question.code)
    release(world, wave)
    texts = [one.text for one in released(world, wave).comments.questions[0].texts]
    places = [{"place": place} for place in range(20)]
    verdict = accuse(orders(responses, {}), orders(places, {}), [texts.index(said) for said in MANY])
    assert verdict.is_luck, verdict


def test_the_audit_log_says_who_acted_and_not_what_was_decided(world: World) -> None:
    wave = reviewed_wave(world)
    release(world, wave)
    with world.session() as session:
        acts = [entry.act for entry in entries_about(session, f"wave {wave}")]
    assert "decided on comments" in acts
    assert acts[-2:] == ["wrote a summary of comments", "released the comments"]
    assert how_many(world, LogEntry.act.contains("withheld")) == 0


def test_no_log_line_holds_a_word_of_a_comment(world: World) -> None:
    wave = wave_in_review(world)
    client = signed_in(world, StaffRole.REVIEWER)
    with Listener("mail.log") as listener:
        client.get(page_of(wave))
        send_decision(world, client, wave, SUMMED[0], decision="released")
        send_decision(world, client, wave, QUOTED[0], decision="redacted", redacted="Walrus […]")
        post(client, wave, "sum-up", question="F2", summary="Zebra summary")
        post(client, wave, "release", **SURE)
        decide_everything(world, wave)
        post(client, wave, "release", **SURE)
        world.do_what_is_due()
    written = "\n".join(listener.lines)
    assert listener.lines
    assert [words for words in (*TEXTS, "Walrus", "Zebra", "Please quote") if words in written] == []


def test_participants_are_told_what_may_happen_to_a_text(world: World) -> None:
    link = world.links(world.open_wave())[0]
    promise = see(world.client(), f"/s/{link}")
    assert "if you choose nothing, it may only be summed up. If it may only be counted, nobody reads it" in promise
    assert "read word for word by Rea Viewer" in promise
    assert "only if at least 10 people answered and 5 of them wrote" in promise
    assert "Texts that were not released: destroyed 60 days after the close at the latest." in promise
    assert re.search(r'checked[^>]*name="F2-wish"[^>]*value="summarise\.', world.part_asking(link, "F2"))


@pytest.mark.parametrize("wish", first_of(2, [*Wish, None]))
def test_a_wish_survives_the_pages(world: World, wish: Wish | None) -> None:
    wave = world.open_wave(mentors=20, mentees=0)
    chosen = {"F2-wish": wish} if wish else {}
    for link in world.links(wave)[:12]:
        assert world.answer(link, texts=("Said through the pages",), **chosen).status_code == 200
    world.close(wave)
    if wish is Wish.COUNT:
        assert world.keys.purposes_held() == {}
    else:
        assert {one.comment.wish for one in review_of(world, wave).comments} == {wish or Wish.SUMMARISE}


def test_a_wish_is_shown_before_sending_and_when_changing(world: World) -> None:
    link = world.links(world.open_wave())[0]
    checked = world.fill_in(link, texts=("A text",), **{"F2-wish": "count"})
    assert "Only count that I wrote; nobody reads it" in checked
    last = re.findall(r'name="change"\s+value="([a-z]+)"', checked)[-1]
    sent = {"state": hidden_value(checked, "state"), "change": last}
    changed = world.client().post(f"/s/{link}/questions", data=sent).text
    assert re.search(r'checked[^>]*name="F2-wish"[^>]*value="count\.', changed)


def test_a_wish_does_not_show_in_the_length_of_a_sealed_response(world: World) -> None:
    wave = world.open_wave()
    wishes = [Wish.QUOTE, Wish.SUMMARISE, Wish.COUNT]
    respond(world, world.links(wave)[:4], ["A text"] * 3, wishes=wishes)
    assert len({len(sealed) for _key, sealed in blobs(world, wave)}) == 1


def test_wishes_and_changes_do_not_show_in_the_length_of_what_is_stored(world: World) -> None:
    wave = reviewed_wave(world)
    with world.session() as session:
        rows = comments_of(session, wave)
        assert len({len(row.sealed) for row in rows}) == 1
    decide(world, wave, QUOTED[0], CommentVerdict(Decision.REDACTED, "x" * 2000))
    with world.session() as session:
        assert len({len(row.redacted) for row in comments_of(session, wave) if row.redacted}) == 1
