"""Short pages of help for whoever runs a programme, and which of them belongs to the page where somebody stands."""

from enum import StrEnum

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.errors import NotFound
from feedback.domain.staff import StaffRole
from feedback.web.staff.enforced import enforced
from feedback.web.staff.guards import allowed


class HelpTopic(StrEnum):
    """What there is a page of help on, in the order in which somebody needs it."""

    FIRST_PROGRAMME = "first-programme"
    PEOPLE = "people"
    QUESTIONS = "questions"
    DATES = "dates"
    EMAILS = "emails"
    NOBODY_SEES = "what-nobody-sees"
    REPORT = "report"
    ENDING = "ending"
    PROGRAMS = "programs"
    WORDS = "words"


# By the module that shows the page, so that a new page of a module has its help already.
_MODULES: dict[HelpTopic, tuple[str, ...]] = {
    HelpTopic.FIRST_PROGRAMME: (
        *(
            "access",
            "audit_log",
            "examples",
            "help_pages",
            "kept",
            "organisation",
            "programmes",
            "sessions",
        ),
        *(
            "passkey_rules",
            "passkey_sign_in",
            "passkeys",
            "provider_settings",
            "provider_sign_in",
            "settings",
            "sign_in",
        ),
    ),
    HelpTopic.PEOPLE: ("one_person", "persons", "putting_in", "rosters", "undeliverable"),
    HelpTopic.QUESTIONS: ("change_questions", "own_questions", "questions"),
    HelpTopic.DATES: ("changing", "planning", "planning_three", "quiet_times", "wave_dates", "waves"),
    HelpTopic.EMAILS: ("emails", "openings"),
    HelpTopic.NOBODY_SEES: ("previews", "support"),
    HelpTopic.REPORT: ("comments", "comparisons", "own_words", "reports", "you_said"),
    HelpTopic.ENDING: ("ending",),
    HelpTopic.PROGRAMS: ("api_keys", "web_hooks"),
}
_TOPICS = {module: topic for topic, modules in _MODULES.items() for module in modules}


@allowed(*StaffRole)
def index() -> ResponseReturnValue:
    """List what there is help on."""
    return render_template("staff/help/index.html", topics=[*HelpTopic])


@allowed(*StaffRole)
def show(topic: str) -> ResponseReturnValue:
    """Show one page of help."""
    if topic not in [*HelpTopic]:
        raise NotFound("There is no help under this name. Go back to the list of help pages.")
    others = [one for one in HelpTopic if one != topic]
    return render_template(f"staff/help/{topic}.html", topic=topic, others=others, enforced=enforced())


def help_address() -> str:
    """Return the address of the help that belongs to the page that is shown, or of the list of all."""
    topic = topic_of(request.endpoint)
    return url_for("staff.help_index") if topic is None else url_for("staff.help", topic=topic)


def topic_of(endpoint: str | None) -> HelpTopic | None:
    """Return what somebody on a page of staff may want help on; None where nobody has said."""
    view = current_app.view_functions.get(endpoint or "")
    return None if view is None else _TOPICS.get(view.__module__.rpartition(".")[2])
