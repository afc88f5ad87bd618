"""Every page of a survey as participants see it, drawn by what draws it for them, for whoever plans it. Nothing works.

The pages are drawn on a stage of their own: an application that answers no request, with the participants' pages and
without this one's cookie, forms and rights. It is made when somebody first asks, since no other page needs it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from feedback.domain.errors import NotFound, PlanRefused, sentence
from feedback.domain.languages import LANGUAGES, Language, languages_with, spoken_language
from feedback.domain.links import RECEIPT_BYTES, Receipt
from feedback.domain.report.report import Report, quoted_languages
from feedback.domain.sealing import PublicKey
from feedback.domain.staff import PLANNERS
from feedback.domain.survey.drafts import Draft, largest_choice
from feedback.domain.survey.next_page import (
    CheckPage,
    OpenPage,
    Page,
    PartPage,
    PromisePage,
    ThanksPage,
    WithdrawnPage,
    WithdrawPage,
)
from feedback.domain.survey.parts import Part
from feedback.domain.survey.questionnaires import Questionnaire, Role, text_in
from feedback.domain.waves.states import NOT_OPENED
from feedback.runtime import runtime
from feedback.services.reports.say_what_was_done import show_said
from feedback.services.reports.show_report import show_report
from feedback.services.waves.preview_wave import look_ahead
from feedback.services.waves.show_wave import WaveView, show_wave
from feedback.services.waves.survey_ahead import ToldNow, terms_ahead, told_now
from feedback.web.languages import offer_only
from feedback.web.refusals import in_words
from feedback.web.staff import staff
from feedback.web.staff.choosing import chosen
from feedback.web.staff.guards import allowed
from feedback.web.static_copies import without_links
from feedback.web.templates import STATIC, prepare_templates

if TYPE_CHECKING:
    from feedback.services.waves.known_surveys import Survey

__all__ = ["staff"]

_STAGE = "feedback-stage"
_NOBODY = sentence("Nobody is invited in this role. Choose the other one, or put people in first.")
_NOWHERE, _RESULTS = "-", "results"
_RECEIPT = Receipt(bytes(RECEIPT_BYTES))


@dataclass(frozen=True)
class Shown:
    """One page that people come to, by its name in the address."""

    name: str
    title: str


@allowed(*PLANNERS)
def choose(wave_id: int) -> ResponseReturnValue:
    """List the pages of a survey, in the order in which people come to them."""
    tools = runtime()
    wave, role = show_wave(tools.session(), wave_id, now=tools.clock()), Role(chosen("role", tuple(Role)))
    try:
        asked, refusal = _survey(wave, role).questionnaire, ""
    except PlanRefused as error:
        asked, refusal = None, in_words(error)
    offered = languages_with({"en", *asked.languages}) if asked else ()
    return render_template(
        "staff/previews.html",
        wave=wave,
        refusals=[refusal] if refusal else [],
        pages=_pages(asked, has_report=wave.has_report) if asked else (),
        roles=tuple(Role),
        role=role,
        spoken_in=_language(offered),
        languages_offered=offered,
    )


@allowed(*PLANNERS)
def show(wave_id: int, page: str) -> ResponseReturnValue:
    """Show one page as it is, under a notice in the language of whoever looks."""
    role = Role(chosen("role", tuple(Role)))
    tools = runtime()
    wave = show_wave(tools.session(), wave_id, now=tools.clock())
    survey = _survey(wave, role)
    pages = _pages(survey.questionnaire, has_report=wave.has_report)
    places = {one.name: place for place, one in enumerate(pages)}
    if page not in places:
        raise NotFound("There is no such page in this survey.")
    place, language = places[page], _language(languages_with({"en", *survey.questionnaire.languages}))
    notice = render_template(
        "staff/preview_notice.html",
        wave_id=wave_id,
        role=role,
        spoken_in=language,
        this=pages[place],
        before=pages[place - 1] if place else None,
        after=pages[place + 1] if place + 1 < len(pages) else None,
    )
    return _static(_drawn(wave_id, role, survey, page, language), notice)


@allowed(*PLANNERS)
def show_results_page(programme_id: int) -> ResponseReturnValue:
    """Show the newest results page with what is written, whether or not it is published."""
    said, language = show_said(runtime().session(), programme_id), _language(LANGUAGES)
    if said.newest is None:
        raise NotFound("This programme has no results yet.")
    told, reports = told_now(runtime().session(), said.newest), _reports(said.newest)
    with _stage().test_request_context(query_string={"language": language.code}):
        page = _results(reports, told, said.written)
    notice = render_template("staff/said_notice.html", programme_id=programme_id, spoken_in=language)
    return _static(page, notice)


staff.add_url_rule("/waves/<int:wave_id>/pages", "previews", choose)
staff.add_url_rule("/waves/<int:wave_id>/pages/<page>", "preview", show)
staff.add_url_rule("/programmes/<int:programme_id>/you-said/page", "said_preview", show_results_page)


def _static(page: str, notice: str) -> Response:
    style = Markup('<link rel="stylesheet" href="{}">').format(url_for("static", filename="preview.css"))
    return make_response(without_links(page, style, notice))


def _survey(wave: WaveView, role: Role) -> "Survey":
    """Return what a role is shown; of a wave that has not opened, what it would be if that happened now."""
    from feedback.services.waves.known_surveys import KnownSurveys, Survey

    tools = runtime()
    session = tools.session()
    if wave.state not in NOT_OPENED:
        with tools.reading() as connection:
            return KnownSurveys().survey(connection, wave.id, role, told_now(session, wave.id).reviewer_left)
    ahead = look_ahead(session, tools.keys, wave.id, now=tools.clock())
    if ahead.formed is None:
        raise ahead.refusal or PlanRefused(_NOBODY)
    if role not in ahead.formed.forecast.asked:
        raise PlanRefused(_NOBODY)
    terms = terms_ahead(session, wave.id, role, ahead.formed, ahead.twins)
    sealing: dict[str, Any] = {"response_key": PublicKey(b"", b""), "body_bytes": 0, "has_pepper": True}
    draft_bytes = largest_choice(terms.questionnaire)
    return Survey(**vars(terms), **sealing, draft_bytes=draft_bytes, support_address=_NOWHERE)


def _language(offered: tuple[Language, ...]) -> Language:
    return spoken_language(request.args.get("in") or str(get_locale()), offered)


def _pages(asked: Questionnaire, *, has_report: bool) -> tuple[Shown, ...]:
    language, count = str(get_locale()), len(asked.sections)
    parts = (
        Shown(f"part-{number}", f"{_('Part %(number)s of %(count)s', number=number, count=count)}")
        for number, _section in enumerate(asked.sections, start=1)
    )
    titles = {f"part-{number}": text_in(one.title, language) for number, one in enumerate(asked.sections, start=1)}
    return (
        Shown("promise", str(_("What is promised"))),
        *(Shown(one.name, f"{one.title} – {titles[one.name]}") for one in parts),
        Shown("check", str(_("The check before sending"))),
        Shown("left-open", str(_("If questions are left open"))),
        Shown("thanks", str(_("Thanks, with the receipt"))),
        Shown("withdraw", str(_("Taking an answer back"))),
        Shown("withdrawn", str(_("When it is taken back"))),
        Shown("support", str(_("Asking for support"))),
        *((Shown(_RESULTS, str(_("The results"))),) if has_report else ()),
    )


def _page(asked: Questionnaire, name: str) -> Page:
    parts = tuple(Part(one, asked.questions_in(one.code)) for one in asked.sections)
    if name.startswith("part-"):
        number = int(name.removeprefix("part-"))
        empty = {"draft": Draft(), "filled": Draft(), "judged": False, "checking": False}
        return PartPage(parts[number - 1], number, len(parts), **empty)  # type: ignore[arg-type]
    pages: dict[str, Callable[[], Page]] = {
        "promise": PromisePage,
        "check": lambda: CheckPage(parts, Draft()),
        "left-open": lambda: OpenPage(tuple(one for one in asked.questions if one.required), Draft()),
        "thanks": lambda: ThanksPage(_RECEIPT),
        "withdraw": lambda: WithdrawPage(Draft()),
        "withdrawn": lambda: WithdrawnPage(_RECEIPT),
    }
    return pages[name]()


def _drawn(wave_id: int, role: Role, survey: "Survey", name: str, language: Language) -> str:
    """Return a page as participants' processes draw it. What it needs is loaded for whoever asks for it first."""
    from feedback.services.waves.submit_response import link_to_nowhere, right_of_nobody
    from feedback.web.participants.drawing import show as show_page

    results = _reports(wave_id) if name == _RESULTS else ()
    said = _said_since(wave_id) if results else {}
    told, days = told_now(runtime().session(), wave_id), runtime().settings.support_days
    contact = {one: getattr(told, one) for one in ("contact_name", "contact_email", "help_contacts")}
    opened = link_to_nowhere(survey, right_of_nobody(wave_id, role, told.closes_at, **contact))
    with _stage().test_request_context(query_string={"language": language.code}):
        offer_only(survey.questionnaire.languages)
        if name == "support":
            return _support(survey, told, days)
        if results:
            return _results(results, told, said)
        response: Response = show_page(_page(survey.questionnaire, name), opened)
        return response.get_data(as_text=True)


def _support(survey: "Survey", told: ToldNow, days: int) -> str:
    from feedback.services.support.ask_for_support import Desk
    from feedback.web.participants.support import draw_request
    from forms.support import SupportForm

    contact = (told.contact_name, told.contact_email)
    desk = Desk(survey.organisation, survey.programme, *contact, days, told.help_contacts)
    return draw_request(_NOWHERE, desk, SupportForm())


def _reports(wave_id: int) -> tuple[Report, ...]:
    """Return the reports of a programme up to that of a wave."""
    shown = show_report(runtime().session(), wave_id, base_url=runtime().settings.base_url, now=runtime().clock())
    return (*shown.source.earlier, shown.source.signed.report)


def _said_since(wave_id: int) -> Mapping[str, str]:
    session = runtime().session()
    return show_said(session, show_wave(session, wave_id, now=runtime().clock()).programme_id).published


def _results(reports: tuple[Report, ...], told: ToldNow, said: Mapping[str, str]) -> str:
    from feedback.services.reports.show_results import ResultsState
    from feedback.web.participants.results import draw_results

    number, you_said = len(reports), tuple(sorted(said.items()))
    offer_only(quoted_languages(reports[-1]))
    return draw_results(
        _NOWHERE, ResultsState(0, told.contact_name, told.contact_email, you_said, number, None), reports, number
    )


def _stage() -> Flask:
    found: Flask | None = current_app.extensions.get(_STAGE)
    if found is None:
        found = current_app.extensions[_STAGE] = _built(current_app.extensions["feedback"])
    return found


def _built(collaborators: object) -> Flask:
    from feedback.resources import templates_folder
    from feedback.web.participants.accessibility import accessibility
    from feedback.web.participants.pages import participant
    from feedback.web.participants.receipts import receipt_pages
    from feedback.web.participants.results import results_pages
    from feedback.web.participants.support import support_pages

    stage = Flask("feedback", template_folder=str(templates_folder()), static_folder=STATIC, static_url_path="/static")
    prepare_templates(stage)
    stage.extensions["feedback"] = collaborators
    for pages in (participant, receipt_pages, results_pages, support_pages, accessibility):
        stage.register_blueprint(pages)
    stage.context_processor(lambda: {"accessibility_url": url_for("accessibility.statement")})
    return stage
