"""A programme is made, and what can be changed of it is: its name and words, and whom its participants are told."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import PlanRefused
from feedback.domain.staff import PLANNERS, StaffRole
from feedback.domain.waves.quiet_times import DEFAULT_QUIET_TIMES
from feedback.runtime import runtime
from feedback.services.programmes.create_programme import ProgrammeDraft, create_programme
from feedback.services.programmes.set_programme import ProgrammeSettings, set_programme
from feedback.services.programmes.show_programmes import organisation_name, show_programme, zone_of_newest
from feedback.services.staff.manage_access import people_with_access
from feedback.web.staff.guards import allowed, check_sees_all, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.programmes import OTHER_LANGUAGES, NewProgrammeForm, ProgrammeForm, SettingsForm
from forms.vocabulary import translated_words, vocabulary


@allowed(*PLANNERS)
def ask() -> ResponseReturnValue:
    """Ask what a new programme is to be."""
    check_sees_all()
    tools, myself = runtime(), member()
    form = NewProgrammeForm(
        formdata=None,
        data={
            "contact": str(myself.id),
            "minimum_group_size": tools.settings.minimum_group_size,
            "time_zone": zone_of_newest(tools.session(), myself.organisation_id),
        },
    )
    return _new(form)


@allowed(*PLANNERS)
def create() -> ResponseReturnValue:
    """Make the programme, and lead to its page."""
    check_sees_all()
    form, tools = NewProgrammeForm(), runtime()
    form.set_least(tools.settings.minimum_group_size)
    _offer(form)
    with accepted(form, lambda: _new(form), PlanRefused):
        number = create_programme(
            tools.session(),
            tools.keys,
            _draft(form),
            smallest_group_size=tools.settings.minimum_group_size,
            support_days=tools.settings.support_days,
            now=tools.clock(),
            actor=member().actor,
        )
    tell(_("The programme is made."), _("Next, put people in."))
    return redirect(url_for(".programme", programme_id=number), 303)


@allowed(*PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the settings as they are."""
    programme = show_programme(runtime().session(), programme_id)
    words = {f"in_{code}": programme.words.get(code, {}) for code in OTHER_LANGUAGES}
    named = {"contact": str(programme.contact_id or ""), "reviewer": str(programme.reviewer_id or "")}
    return _page(programme_id, SettingsForm(formdata=None, data=vars(programme) | named | words))


@allowed(*PLANNERS)
def change(programme_id: int) -> ResponseReturnValue:
    """Change them, all or none."""
    form, tools = SettingsForm(), runtime()
    _offer(form)
    with accepted(form, lambda: _page(programme_id, form), PlanRefused):
        contact, reviewer = form.named
        known = translated_words(word=form.word.data, focus=form.focus.data)
        settings = ProgrammeSettings(
            name=form.name.data.strip(),
            word=form.word.data.strip(),
            focus=form.focus.data.strip(),
            translated={code: {**known.get(code, {}), **words} for code, words in form.translated.items()},
            contact=contact,
            reviewer=reviewer,
            announced_at=(form.announced_at.data or "").strip(),
        )
        set_programme(tools.session(), programme_id, settings, now=tools.clock(), actor=member().actor)
    tell(_("The settings are saved."))
    return redirect(url_for(".programme", programme_id=programme_id), 303)


def _draft(form: NewProgrammeForm) -> ProgrammeDraft:
    contact, reviewer = form.named
    words = {"word": form.word.data.strip(), "focus": form.focus.data.strip()}
    return ProgrammeDraft(
        organisation=organisation_name(runtime().session(), member().organisation_id),
        name=form.name.data.strip(),
        **words,
        translated=translated_words(**words),
        minimum_group_size=form.minimum_group_size.data,
        time_zone=form.time_zone.data,
        contact=contact,
        reviewer=reviewer,
        quiet_times=DEFAULT_QUIET_TIMES,
    )


def _offer(form: ProgrammeForm) -> None:
    people = people_with_access(runtime().session(), member().organisation_id)
    reviewers = [(one.id, one.name) for one in people if one.role is StaffRole.REVIEWER]
    form.offer([(one.id, one.name) for one in people], reviewers)


def _new(form: NewProgrammeForm) -> str:
    _offer(form)
    return render_template("staff/new_programme.html", form=form, known=vocabulary(), errors=mistakes(form))


def _page(programme_id: int, form: SettingsForm) -> str:
    _offer(form)
    return render_template(
        "staff/settings.html",
        programme=show_programme(runtime().session(), programme_id),
        form=form,
        is_translated=all(len(words) > 1 for words in form.translated.values()),
        in_languages=[f"in_{code}" for code in OTHER_LANGUAGES],
        known=vocabulary(),
        errors=mistakes(form),
    )
