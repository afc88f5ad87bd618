"""What a reviewer's decision costs among many comments, with the next comment that answers it."""

import random
import re
import sys
import time
from collections.abc import Callable, Iterator

from flask.testing import FlaskClient

from bench.stage import database_servers, table
from bench.world import world_on
from feedback.domain.comments.review import Comment, write_comment
from feedback.domain.sealing import Place, seal_comment
from feedback.domain.staff import StaffRole
from feedback.domain.survey.answers import Wish
from feedback.storage.comments import add_comments
from feedback.storage.waves import wave_by_id
from tests.answering import respond
from tests.promises.closing import spread
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World

WORDS = [f"word{number}" for number in range(3_000)]
WEIGHTS = [1 / (number + 1) for number in range(3_000)]
LARGEST = 8_192


def measure(comments: int, decisions: int) -> list[list[object]]:
    """Return one row: so many comments, people on the roster, ms for the first page and for a decision."""
    with (
        database_servers(sqlite_only=True) as servers,
        servers["SQLite"].pair() as pair,
        world_on(pair, "SQLite") as world,
    ):
        wave = _wave(world, comments)
        client, page = signed_in(world, StaffRole.REVIEWER), f"/staff/waves/{wave}/comments"
        first = _cpu_ms(lambda: client.get(page, base_url=SITE))
        again = _cpu_ms(lambda: client.get(page, base_url=SITE))
        each = sorted(_decisions(client, page, decisions))
    return [[comments, comments, first, again, each[len(each) // 2], each[-1]]]


def _wave(world: World, comments: int) -> int:
    chance = random.Random(1)
    wave = world.open_new_wave(mentors=comments // 2, mentees=comments // 2)
    texts = [f"A comment of {number} words" for number in range(20)]
    respond(world, spread(world, wave, 20), texts, wishes=[Wish.QUOTE] * 20)
    world.close(wave)
    with world.session() as session:
        row = wave_by_id(session, wave)
        place = Place(row.programme_id, row.id)
        many = (
            Comment(" ".join(chance.choices(WORDS, WEIGHTS, k=chance.randint(3, 60))), Wish.QUOTE)
            for _number in range(comments)
        )
        sealed = [seal_comment(write_comment(one), row.comment_key, place, "F2", LARGEST) for one in many]
        add_comments(session, wave, "F2", sealed)
        session.commit()
    return wave


def _decisions(client: FlaskClient, page: str, count: int) -> Iterator[float]:
    shown = client.get(f"{page}/one-by-one", base_url=SITE, follow_redirects=True).text
    for _decision in range(count):
        sent = {name: _value(shown, name) for name in ("comment", "csrf_token")}
        started = time.process_time()
        answer = client.post(
            f"{page}/decide", data={**sent, "decision": "withheld"}, base_url=SITE, headers={"Referer": f"{SITE}{page}"}
        )
        shown = client.get(answer.location or "", base_url=SITE).text
        yield 1_000 * (time.process_time() - started)


def _value(page: str, name: str) -> str:
    # The last of that name: the first token on a staff page is of the button that signs out.
    return re.findall(rf'name="{name}"[^>]*value="([^"]*)"', page)[-1]


def _cpu_ms(deed: Callable[[], object]) -> float:
    started = time.process_time()
    deed()
    return 1_000 * (time.process_time() - started)


def main(small: bool) -> None:
    """Print the table."""
    heads = ["comments", "people", "first page, ms", "page, ms", "decision and next, ms", "slowest"]
    table("Comments in review, milliseconds of CPU", heads, measure(*(200, 10) if small else (4_000, 100)))


if __name__ == "__main__":
    main("--small" in sys.argv)
