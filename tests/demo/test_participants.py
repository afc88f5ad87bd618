"""The demo's participants answer in the pages of a stand-in site, over real sockets."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from feedback.demo.mailbox import Mailbox
from feedback.demo.participants import COMMENTS, AnswerProfile, answer_unopened, fill, read_page
from feedback.domain.errors import FeedbackError

PROMISE = '<body data-page="promise"><a href="/support">Help</a><a href="{path}/questions">Begin</a>'
PROMISE_WITH_FORM = '<body><main data-page="promise"><form action="{path}/questions"><button>Begin</button></form>'
QUESTIONS = """<body data-page="questions"><form method="post" action="{path}/withdraw"><button>Withdraw</button></form>
<form method="post">
<fieldset><legend>How confident are you?</legend>
<input type="radio" name="C1" value="not-at-all"><input type="radio" name="C1" value="slightly">
<input type="radio" name="C1" value="very"><input type="radio" name="C1" value="completely">
<input type="radio" name="C1" value="does-not-apply"><input type="radio" name="C1" value="cannot-tell">
<input type="radio" name="C1" value="prefer-not-to-say"></fieldset>
<fieldset><legend>How much has taking part affected you <em>negatively</em>?</legend>
<input type="radio" name="H1" value="not-at-all"><input type="radio" name="H1" value="a-little">
<input type="radio" name="H1" value="moderately"><input type="radio" name="H1" value="a-lot"></fieldset>
<fieldset><legend>What did you do?</legend>
<input type="radio" name="B1.asked" value="yes."><input type="radio" name="B1.asked" value="no.." checked>
<input type="radio" name="B1.changed" value="yes."><input type="radio" name="B1.changed" value="no.." checked>
<input type="radio" name="B1.nothing-yet" value="yes."><input type="radio" name="B1.nothing-yet" value="no..">
<input type="radio" name="B1.none-of-these" value="yes."><input type="radio" name="B1.none-of-these" value="no..">
</fieldset>
<textarea name="F1" maxlength="20"></textarea>
<fieldset><legend>What may happen to this text?</legend><input type="radio" name="F1-wish" value="quote">
<input type="radio" name="F1-wish" value="summarise"><input type="radio" name="F1-wish" value="count"></fieldset>
<input name="website">
<button>Check</button></form>"""
CHECK = """<body data-page="check"><form method="post" action="{path}/check">
<input type="hidden" name="state" value="é&amp;">
<button name="go" value="change">Change</button><button name="go" value="send">Send</button></form>"""
THANKS = '<body data-page="thanks">'


class Site:
    """A survey of four pages that remembers, per link, what was posted to its questions."""

    def __init__(self, promise: str = PROMISE, thanks: str = THANKS, status: str = "200 OK") -> None:
        self.promise, self.thanks, self.status = promise, thanks, status
        self.answers: dict[str, dict[str, list[str]]] = {}
        self.sent: set[str] = set()

    def __call__(self, request: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        _, _, link, *rest = request["PATH_INFO"].split("/")
        body = request["wsgi.input"].read(int(request["CONTENT_LENGTH"] or 0)).decode()
        page = self._page(link, "/".join((request["REQUEST_METHOD"], *rest)), parse_qs(body, keep_blank_values=True))
        start(self.status, [("Content-Type", "text/html; charset=utf-8")])
        return [page.format(path=f"/s/{link}").encode()]

    def _page(self, link: str, step: str, posted: dict[str, list[str]]) -> str:
        if step == "POST/questions":
            self.answers[link] = posted
        if step == "POST/check" and posted == {"state": ["é&"], "go": ["send"]}:
            self.sent.add(link)
        pages = {"GET": self.promise, "GET/questions": QUESTIONS, "POST/questions": CHECK, "POST/check": self.thanks}
        return pages[step]


class QuietHandler(WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that wsgiref calls
        pass


@contextmanager
def served(site: Site) -> Iterator[str]:
    with make_server("127.0.0.1", 0, site, handler_class=QuietHandler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def link_of(serial: int) -> str:
    return f"{serial:043}"


def mailbox_of(folder: Path, url: str, people: int = 1) -> Mailbox:
    mailbox = Mailbox(folder)
    for serial in range(people):
        deliver(mailbox, f"p{serial}@example.com", f"{url}/s/{link_of(serial)}")
    return mailbox


def deliver(mailbox: Mailbox, to: str, link: str) -> int:
    return mailbox.deliver(to, f"Subject: x\r\n\r\nPlease answer:\r\n{link}\r\n".encode())


def ignore(_sentence: str) -> None:
    pass


def answered_by(folder: Path, people: int, seed: int = 1) -> tuple[int, Site]:
    site = Site()
    with served(site) as url:
        return answer_unopened(mailbox_of(folder, url, people), seed, ignore), site


def question_form() -> Any:
    return read_page("http://127.0.0.1/s/x/questions", QUESTIONS).forms[1]


def test_most_participants_answer_and_some_never_do(tmp_path: Path) -> None:
    answered, site = answered_by(tmp_path, people=60)
    assert len(site.sent) == answered
    assert 42 <= answered < 60


def test_the_same_seed_gives_the_same_answers(tmp_path: Path) -> None:
    _, first = answered_by(tmp_path / "first", people=12)
    _, second = answered_by(tmp_path / "second", people=12)
    _, other = answered_by(tmp_path / "other", people=12, seed=2)
    assert first.answers == second.answers != other.answers


@pytest.mark.parametrize("promise", [PROMISE, PROMISE_WITH_FORM])
def test_questions_are_reached_by_a_link_or_a_form(tmp_path: Path, promise: str) -> None:
    site = Site(promise)
    with served(site) as url:
        answer_unopened(mailbox_of(tmp_path, url, people=4), 1, ignore)
    assert site.sent


def test_a_survey_opened_by_hand_is_left_alone_in_all_its_mails(tmp_path: Path) -> None:
    site = Site()
    with served(site) as url:
        mailbox = mailbox_of(tmp_path, url, people=8)
        mailbox.mark_opened(deliver(mailbox, "p3@example.com", f"{url}/s/{link_of(3)}"))
        answer_unopened(mailbox, 1, ignore)
    assert site.sent
    assert link_of(3) not in site.sent


def test_an_invitation_and_its_reminder_are_answered_once(tmp_path: Path) -> None:
    site = Site()
    with served(site) as url:
        mailbox = mailbox_of(tmp_path, url, people=8)
        deliver(mailbox, "p0@example.com", f"{url}/s/{link_of(0)}")
        assert answer_unopened(mailbox, 1, ignore) == len(site.sent) <= 8


def test_answers_are_offered_options_and_mostly_favourable() -> None:
    answers = [dict(fill(question_form(), AnswerProfile(Random(seed)))) for seed in range(300)]
    favourable = sum(answer["C1"] in {"very", "completely"} for answer in answers)
    unharmed = sum(answer["H1"] in {"not-at-all", "a-little"} for answer in answers)
    assert 200 < favourable < 300
    assert 200 < unharmed < 300
    assert any(answer["C1"] == "prefer-not-to-say" for answer in answers)
    assert not any(answer["C1"] in {"does-not-apply", "cannot-tell"} for answer in answers)
    assert {answer["F1"] for answer in answers} == {"", *(comment[:20] for comment in COMMENTS)}
    assert {answer["website"] for answer in answers} == {""}


def test_wishes_are_chosen_at_random_or_not_at_all() -> None:
    wishes = Counter(dict(fill(question_form(), AnswerProfile(Random(seed)))).get("F1-wish") for seed in range(300))
    assert set(wishes) == {None, "quote", "summarise", "count"}
    assert min(wishes.values()) > 30


def test_none_of_these_and_nothing_yet_are_never_ticked_beside_another() -> None:
    seen = set[str]()
    for seed in range(300):
        said = fill(question_form(), AnswerProfile(Random(seed)))
        ticked = [name.removeprefix("B1.") for name, value in said if name.startswith("B1.") and value == "yes"]
        assert len(ticked) == 1 or {"none-of-these", "nothing-yet"}.isdisjoint(ticked)
        seen.update(ticked)
    assert seen == {"asked", "changed", "nothing-yet", "none-of-these"}


def test_a_closed_wave_is_reported_and_not_counted(tmp_path: Path) -> None:
    sentences: list[str] = []
    with served(Site(status="404 Not Found")) as url:
        assert answer_unopened(mailbox_of(tmp_path, url, people=5), 1, sentences.append) == 0
    assert "its wave may be closed" in sentences[0]
    assert sentences[-1] == "0 of 5 participants answered."


@pytest.mark.parametrize("site", [Site(promise='<body data-page="promise">'), Site(thanks=QUESTIONS), Site(thanks="")])
def test_pages_that_lead_nowhere_are_reported(tmp_path: Path, site: Site) -> None:
    sentences: list[str] = []
    with served(site) as url:
        assert answer_unopened(mailbox_of(tmp_path, url, people=2), 1, sentences.append) == 0
    assert "did not lead to its thank-you page" in sentences[0]


def test_a_service_that_is_not_there_is_named(tmp_path: Path) -> None:
    with served(Site()) as url:
        mailbox = mailbox_of(tmp_path, url, people=5)
    with pytest.raises(FeedbackError, match=re.escape(f"Nobody answers at {url}; start the demo")):
        answer_unopened(mailbox, 1, ignore)


def test_mails_without_a_survey_link_are_ignored(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    deliver(mailbox, "ana@example.com", "http://127.0.0.1:9/sign-in/" + link_of(1))
    assert answer_unopened(mailbox, 1, ignore) == 0
