"""Draws every page of every open survey before somebody visits it.

A page that the first visitor paid for would tell the second one, by the clock, that somebody was there before.
"""

import io
import logging
import threading
import time
from collections.abc import Callable
from weakref import WeakSet
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.next_page import every_part
from feedback.locales.catalogues import catalogue
from feedback.locales.moments import clocks_of, closing, day
from feedback.locales.speech import spoken
from feedback.runtime import runtime, runtime_of
from feedback.services.waves.known_surveys import KnownSurveys, Survey
from feedback.services.waves.submit_response import warm_up
from feedback.web.health import DRAWN_AHEAD
from feedback.web.languages import PARAMETER, offer_only
from feedback.web.participants.check import answers_check
from feedback.web.participants.drawing import promise_page, thanks_page, withdraw_page, withdrawn_page
from feedback.web.participants.left_open import left_open_page
from feedback.web.participants.parts import cached_part

SURVEYS = "feedback-surveys"
_SECONDS = 1.0
"""Between looks for surveys that were opened; the first mail needs longer to be read."""
_DRAWERS: tuple[Callable[[Survey, str], object], ...] = (
    lambda survey, language: [promise_page(survey, language, has_draft=has_draft) for has_draft in (False, True)],
    lambda survey, language: [cached_part(survey, page, language) for page in every_part(survey.questionnaire)],
    answers_check,
    left_open_page,
    thanks_page,
    lambda survey, language: [withdraw_page(survey, language, wrong) for wrong in (None, "word", "receipt")],
    withdrawn_page,
    lambda survey, language: clocks_of(survey.time_zone, language),
)
_drawn: WeakSet[Survey] = WeakSet()
log = logging.getLogger(__name__)


class DrawingAhead:
    """Draws all there is, and looks for surveys that are opened while the process serves."""

    def __init__(self, app: Flask) -> None:
        """Load what every page needs."""
        self._app = app
        self.is_done = self._is_warm = False
        _load_everything(app)

    def look(self) -> None:
        """Draw what is not drawn yet; until that is done the process is not ready."""
        try:
            draw_pages(self._app)
            if not self._is_warm:
                _warm_up(self._app)
                self._is_warm = True
        except Exception as error:  # a thread that ends would leave every later survey to its first visitor
            if self.is_done:
                log.error("the pages of surveys cannot be drawn ahead; trying again", exc_info=error)
            self.is_done = False
        else:
            self.is_done = True

    def keep_looking(self) -> None:
        """Look again and again, on a thread of its own."""
        while True:
            time.sleep(_SECONDS)
            self.look()


def keep_drawing(app: Flask) -> None:
    """Draw everything now, and from now on what is opened, in a process that serves participants."""
    ahead = app.extensions[DRAWN_AHEAD] = DrawingAhead(app)
    ahead.look()
    threading.Thread(target=ahead.keep_looking, name="drawing-ahead", daemon=True).start()


def _load_everything(app: Flask) -> None:
    for language in LANGUAGES:
        catalogue(language.code)
        # How a language writes dates is read when it first writes one.
        closing(runtime_of(app).clock(), ZoneInfo("UTC"), language.code)
        day(runtime_of(app).clock().date(), language.code)
    folders = ("errors/", "home", "layout", "macros/", "participant/")
    for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(folders)):
        app.jinja_env.get_template(name)


def draw_pages(app: Flask) -> None:
    """Draw what is not drawn yet, and forget the pages of surveys that are over."""
    with app.app_context(), runtime().reading() as connection:
        known: KnownSurveys = current_app.extensions[SURVEYS]
        surveys = known.all_open(connection)
    for survey in (one for one in surveys if one not in _drawn):
        for language in LANGUAGES:
            _draw_survey(app, survey, language.code)
        _drawn.add(survey)


def _warm_up(app: Flask) -> None:
    """Answer to a link that leads nowhere, and store nothing: what the very first visitor would make the process do."""
    for way in ("", "/questions", "/withdraw"):
        for language in LANGUAGES:
            asked = _as_if_asked(language.code, f"/s/-{way}")
            for request in (asked, asked | _as_if_sent()):
                for _part in app.wsgi_app(request, lambda *_head: _ignore):
                    pass
    with app.app_context(), runtime().writing() as connection:
        warm_up(connection)


def _ignore(_data: bytes) -> None:
    """Take what a page writes besides what it returns: none does."""


def _draw_survey(app: Flask, survey: Survey, language: str) -> None:
    with app.request_context(_as_if_asked(language)):
        offer_only(survey.questionnaire.languages)
        if spoken().code == language:
            for draw in _DRAWERS:
                draw(survey, language)


def _as_if_asked(language: str, path: str = "/") -> dict[str, object]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": f"{PARAMETER}={language}",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }


def _as_if_sent() -> dict[str, object]:
    body = b"written=-&state=-"
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
