"""What is refused, as programs read it: application/problem+json (RFC 9457), with the sentences that pages say."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask import Response
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from pydantic import ValidationError

from feedback.domain.errors import FeedbackError, PersonDoubtful, RosterNote, RosterRefused
from feedback.web.roster_notes import in_words as note_in_words

MEDIA_TYPE = "application/problem+json"
FIRST_LINE = 2
"""As which line of a file the first person counts who is sent; the headers are above."""
_KINDS = "urn:feedback:problem:"
_CANNOT = _("This cannot be done")
# Where a page speaks to somebody with a browser.
_WORDS: Mapping[int, tuple[LazyString, LazyString]] = {
    404: (_CANNOT, _("It is not there, or not yours to see. Check the address.")),
    405: (_("This address cannot be used like that"), _("The description of the interface says what it takes.")),
    413: (_("That was too much at once"), _("Send less at a time.")),
}
_MISSING = _("This is missing.")
_UNKNOWN = _("Nothing of this name is known here.")
_NUMBER = _("Write a whole number that is possible here.")
_TEXT = _("Write a text that is possible here.")
_MOMENT = _("Write a moment with its time zone, such as 2027-03-01T09:00:00Z.")
_OTHER = _("This value is not possible here. The description of the interface says which are.")
_NO_JSON = _("This is no JSON.")
_WRONG = _("Nothing was done: what was sent does not fit the description of the interface.")
# By how the name begins that Pydantic has for it: its own sentences are English, and repeat what was sent.
_SENTENCES: Mapping[str, LazyString] = {
    "missing": _MISSING,
    "extra_forbidden": _UNKNOWN,
    "int": _NUMBER,
    "greater_than": _NUMBER,
    "less_than": _NUMBER,
    "string": _TEXT,
    "moment": _MOMENT,
    "datetime": _MOMENT,
    "timezone": _MOMENT,
    "json_invalid": _NO_JSON,
}


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong at one place of a request: a JSON pointer into its body, or the name of a parameter."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return what is known of it."""
        return {name: value for name, value in vars(self).items() if value is not None}


class ApiProblem(Exception):
    """A request that is refused before any service is asked."""

    def __init__(
        self,
        status: int,
        detail: LazyString | str,
        *,
        kind: str,
        errors: tuple[FieldProblem, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.status, self.detail, self.kind, self.errors, self.headers = status, detail, kind, errors, headers or {}


def answer_problem(problem: Exception) -> Response:
    """Answer with an ApiProblem."""
    if not isinstance(problem, ApiProblem):
        raise problem
    response = _response(problem.status, str(_CANNOT), str(problem.detail), problem.kind, problem.errors)
    response.headers.extend(problem.headers)
    return response


def problem_page(status: int, title: str, text: str, error: Exception | None = None) -> Response:
    """Return what a page of an error would say."""
    if error is None and status in _WORDS:
        title, text = map(str, _WORDS[status])
    if isinstance(error, RosterRefused):
        return _response(422, title, str(_WRONG_ROSTER), _kind(error), tuple(_lines(error.problems)))
    if isinstance(error, PersonDoubtful):
        return _response(409, title, str(_DOUBTFUL), _kind(error), tuple(_lines(error.questions)))
    return _response(status, title, text, _kind(error))


def invalid(found: ValidationError, *, is_query: bool = False) -> ApiProblem:
    """Return what does not fit a model, place by place, without what was sent."""
    errors = tuple(_field(one["loc"], one["type"], is_query) for one in found.errors(include_input=False))
    return ApiProblem(422, _WRONG, kind="invalid", errors=errors)


def _field(place: tuple[int | str, ...], kind: str, is_query: bool) -> FieldProblem:
    said = next((str(words) for name, words in _SENTENCES.items() if kind.startswith(name)), str(_OTHER))
    if is_query:
        return FieldProblem(said, parameter=str(place[0])[:100] if place else "")
    return FieldProblem(said, pointer="".join(f"/{_escaped(one)}" for one in place))


def _escaped(part: int | str) -> str:
    return str(part)[:100].replace("~", "~0").replace("/", "~1")


_DOUBTFUL = _(
    "Nobody was put in. Somebody must look at this first; if all is right, send it again and say that you are sure."
)
_WRONG_ROSTER = _("Nobody was put in. Mend these lines, and send all of them again.")


def _lines(problems: Iterable[RosterNote]) -> Iterator[FieldProblem]:
    for one in problems:
        place = f"/people/{one.line - FIRST_LINE}" if one.line >= FIRST_LINE else None
        yield FieldProblem(note_in_words(one), pointer=f"{place}/{one.field}" if place and one.field else place)


def _kind(error: Exception | None) -> str:
    if not isinstance(error, FeedbackError):
        return "about:blank"
    return _KINDS + re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()


def _response(status: int, title: str, detail: str, kind: str, errors: tuple[FieldProblem, ...] = ()) -> Response:
    named = kind if ":" in kind else _KINDS + kind
    said: dict[str, object] = {"type": named, "title": title, "status": status, "detail": detail}
    if errors:
        said["errors"] = [one.as_json() for one in errors]
    return Response(json.dumps(said, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
