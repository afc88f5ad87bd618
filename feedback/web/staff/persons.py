"""One person of a roster: put in, corrected, or noted as having left."""

from collections.abc import Callable

from flask import abort, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.errors import AddressRefused, PersonDoubtful, ResendRefused, RosterRefused
from feedback.domain.roster.merging import KnownPerson
from feedback.domain.staff import PLANNERS
from feedback.runtime import runtime
from feedback.services.programmes.check_real import refuse_people
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.roster.edit_person import add_person, correct_person, let_go, show_person
from feedback.web.roster_notes import in_words
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.roster import LetGoForm, PersonForm

_FIELDS = {"name": "name", "email": "email", "role": "role", "cohort": "cohort", "language": "spoken"}


@allowed(*PLANNERS)
def ask(programme_id: int) -> ResponseReturnValue:
    """Ask who joins."""
    refuse_people(runtime().session(), programme_id)
    return _page(programme_id, PersonForm(formdata=None), None)


@allowed(*PLANNERS)
def add(programme_id: int) -> ResponseReturnValue:
    """Put somebody in."""
    form, tools = PersonForm(), runtime()

    def go() -> None:
        add_person(
            tools.session(),
            tools.keys,
            programme_id,
            form.texts,
            now=tools.clock(),
            actor=member().actor,
            is_sure=form.sure.data,
        )

    _taken(programme_id, form, None, go)
    return redirect(url_for(".roster", programme_id=programme_id, joined=1), 303)


@allowed(*PLANNERS)
def one(programme_id: int, number: int) -> ResponseReturnValue:
    """Show what is known of somebody, to be corrected."""
    person = show_person(runtime().session(), programme_id, number)
    return _page(programme_id, PersonForm(formdata=None, data=_texts_of(person)), person)


@allowed(*PLANNERS)
def correct(programme_id: int, number: int) -> ResponseReturnValue:
    """Correct it. Whoever moves while a survey is open gets the invitation again."""
    form, tools = PersonForm(), runtime()
    person = show_person(tools.session(), programme_id, number)

    def go() -> None:
        correct_person(
            tools.session(),
            tools.keys,
            programme_id,
            number,
            form.texts,
            now=tools.clock(),
            actor=member().actor,
            is_sure=form.sure.data,
        )

    _taken(programme_id, form, person, go)
    return redirect(url_for(".roster", programme_id=programme_id, joined=0, changed=1), 303)


@allowed(*PLANNERS)
def leave(programme_id: int, number: int) -> ResponseReturnValue:
    """Note that somebody has left."""
    form, tools = LetGoForm(), runtime()
    person = show_person(tools.session(), programme_id, number)
    shown = PersonForm(formdata=None, data=_texts_of(person))
    with accepted(form, lambda: _page(programme_id, shown, person, leaving=form)):
        let_go(tools.session(), programme_id, number, now=tools.clock(), actor=member().actor)
    return redirect(url_for(".roster", programme_id=programme_id, joined=0, left=1), 303)


def _texts_of(person: KnownPerson) -> dict[str, str]:
    """Return what is known of somebody, by the fields of the form."""
    texts = {field: str(getattr(person, field)) for field in ("name", "email", "role", "cohort")}
    return {**texts, "spoken": person.language}


def _taken(programme_id: int, form: PersonForm, person: KnownPerson | None, go: Callable[[], None]) -> None:
    """Do it, or answer with the page again and what is wrong or in doubt."""
    with accepted(form, lambda: _page(programme_id, form, person), AddressRefused, ResendRefused, at=form.email):
        try:
            go()
        except RosterRefused as refused:
            runtime().session().rollback()
            for problem in refused.problems:
                form[_FIELDS.get(problem.field, "name")].errors = [in_words(problem)]
            abort(make_response(_page(programme_id, form, person), 422))
        except PersonDoubtful as doubtful:
            runtime().session().rollback()
            abort(make_response(_page(programme_id, form, person, doubtful=doubtful), 422))


def _page(
    programme_id: int,
    form: PersonForm,
    person: KnownPerson | None,
    doubtful: PersonDoubtful | None = None,
    leaving: LetGoForm | None = None,
) -> str:
    programme = show_programme(runtime().session(), programme_id)
    form.offer_language(person.language if person else "")
    return render_template(
        "staff/person.html",
        programme=programme,
        form=form,
        person=person,
        errors=mistakes(form),
        leave_errors=[("gone", label, said) for _id, label, said in mistakes(leaving)] if leaving else (),
        questions=[in_words(one) for one in doubtful.questions] if doubtful else [],
        has_left=doubtful is not None and doubtful.has_left,
        cohorts=sorted({atom.cohort for atom, _size in programme.roster if atom.cohort}),
        leave_form=leaving or LetGoForm(formdata=None),
    )
