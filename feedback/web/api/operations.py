"""An operation: a view for programs that says what it takes and answers. What it says is checked, and described.

Whoever asks shows a key: there is no cookie, no session and no page. What belongs to others looks as if it did not
exist.
"""

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from flask_babel import lazy_gettext as _
from pydantic import ValidationError
from sqlalchemy import Connection

from feedback.domain.api_keys import ApiCaller, ApiScope
from feedback.domain.errors import NotFound
from feedback.domain.limits import LARGEST_NUMBER
from feedback.runtime import runtime, system_clock
from feedback.services.api_keys.find_key import admit, find_key
from feedback.services.programmes.show_programmes import owner_of_programme
from feedback.services.waves.show_wave import owner_of_wave
from feedback.web.api.models import ApiModel, Asked
from feedback.web.api.problems import ApiProblem, invalid
from feedback.web.guessing import Guesses, failed_too_often

MOST_A_MINUTE = 600
"""So often may one key ask, of each process."""
PACE = "feedback-api-pace"
_EVERY_SCOPE = tuple(ApiScope)
_NO_KEY = _("Show a key that works: “Authorization: Bearer fbk_…”. An administrator of your organisation makes one.")
_OTHER_KEY = _("This key is not for that. An administrator of your organisation makes one that is.")
_TOO_OFTEN = _("This was asked too often. Ask again in a minute.")
_SEND_JSON = _("Send JSON, and say so: “Content-Type: application/json”.")
_NOT_MINE = NotFound("There is nothing here that this key sees.")
_OWNERS = {"programme_id": owner_of_programme, "wave_id": owner_of_wave}


@dataclass(frozen=True)
class Operation:
    """One operation. `media_types` are what it answers where that is no model; `status` is that of a good answer.

    It `needs_version` if it takes no order but about what whoever gives it has seen, by If-Match. `mark` returns what
    changes with what is answered, so that what was kept is sent without being made again.
    """

    method: str
    path: str
    scopes: tuple[ApiScope, ...]
    view: Callable[..., Any]
    query: type[Asked] | None
    body: type[ApiModel] | None
    out: type[ApiModel] | None
    media_types: tuple[str, ...]
    status: int
    most_bytes: int | None
    needs_version: bool
    mark: Callable[..., Hashable] | None

    @property
    def name(self) -> str:
        """What the description calls it."""
        return self.view.__name__

    @property
    def places(self) -> list[str]:
        """The numbers in its address, by name."""
        return re.findall(r"<int:(\w+)>", self.path)


OPERATIONS: list[Operation] = []


def operation(
    method: str,
    path: str,
    *scopes: ApiScope,
    query: type[Asked] | None = None,
    body: type[ApiModel] | None = None,
    out: type[ApiModel] | None = None,
    media_types: Iterable[str] = (),
    status: int = 200,
    most_bytes: int | None = None,
    needs_version: bool = False,
    mark: Callable[..., Hashable] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view answer at a path to keys that have any of `scopes`, or to every key if there are none.

    It is given the numbers in the path by name, as `query` and `body` what was sent, checked, and what `mark` returned.
    """

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        asked = (method, path, scopes or _EVERY_SCOPE, view, query, body, out, tuple(media_types), status, most_bytes)
        OPERATIONS.append(Operation(*asked, needs_version, mark))
        return view

    return register


def add_operations(api: Blueprint) -> None:
    """Give each operation its address."""
    for one in OPERATIONS:
        api.add_url_rule(one.path, one.name, _answering(one), methods=[one.method], provide_automatic_options=False)


def _answering(one: Operation) -> Callable[..., Response]:
    def answer(**places: int) -> Response:
        # One connection for all that is asked before the view, and given back before it works.
        with runtime().reading() as connection:
            sent = _admitted(one, connection, places)
        if one.body is not None:
            sent["body"] = _body(one, one.body)
        return _as_response(one, one.view(**places, **sent))

    return answer


def _admitted(one: Operation, connection: Connection, places: dict[str, int]) -> dict[str, Any]:
    """Return what the view is given beside the numbers in its address and a body, or raise why it is not asked."""
    g.api_caller = _find_caller(connection)
    if current_app.extensions[PACE].too_many(caller().actor):
        raise ApiProblem(429, _TOO_OFTEN, kind="too-often", headers={"Retry-After": "60"})
    if not caller().may(one.scopes):
        raise ApiProblem(403, _OTHER_KEY, kind="other-key")
    for name, number in places.items():
        _check_sees(connection, name, number)
    asked = _query(one.query or Asked)
    sent: dict[str, Any] = {"query": asked} if one.query else {}
    return sent if one.mark is None else {**sent, "mark": one.mark(connection, **places)}


def caller() -> ApiCaller:
    """Return whose key was shown, in an operation."""
    found: ApiCaller = g.api_caller
    return found


def check_sees(name: str, number: int) -> None:
    """Raise NotFound unless what `name` and `number` stand for is there, and the caller's to see."""
    with runtime().reading() as connection:
        _check_sees(connection, name, number)


def _check_sees(connection: Connection, name: str, number: int) -> None:
    if number > LARGEST_NUMBER or not caller().may_see(*_OWNERS[name](connection, number)):
        raise _NOT_MINE


def _find_caller(connection: Connection) -> ApiCaller:
    kind, _blank, text = request.headers.get("Authorization", "").partition(" ")
    # Real time, even where a programme's is ahead of it.
    now, shown = system_clock(), text.strip() if kind.lower() == "bearer" else ""
    found = find_key(connection, shown, now=now)
    if found is not None:
        return admit(runtime().session, found, now=now)
    if failed_too_often():
        raise ApiProblem(429, _TOO_OFTEN, kind="too-often", headers={"Retry-After": "60"})
    raise ApiProblem(401, _NO_KEY, kind="no-key", headers={"WWW-Authenticate": "Bearer"})


def _query(model: type[Asked]) -> Asked:
    sent = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    try:
        return model.model_validate(sent)
    except ValidationError as wrong:
        raise invalid(wrong, is_query=True) from None


def _body(one: Operation, model: type[ApiModel]) -> ApiModel:
    if request.mimetype != "application/json":
        raise ApiProblem(415, _SEND_JSON, kind="no-json")
    if one.most_bytes is not None:
        request.max_content_length = one.most_bytes
    try:
        return model.model_validate_json(request.get_data(cache=False), strict=True)
    except ValidationError as wrong:
        raise invalid(wrong) from None


def _as_response(one: Operation, made: ApiModel | Response) -> Response:
    if isinstance(made, ApiModel):
        made = _written(made, one.status)
    if one.method == "GET":
        if "ETag" not in made.headers:
            made.set_etag(version_of(made.get_data()))
        # It costs as much as the rest of an answer's headers.
        if "If-None-Match" in request.headers:
            made.make_conditional(request)
    return made


def version_of(said: bytes) -> str:
    """Return what stands for all that an answer says."""
    return hashlib.sha256(said).hexdigest()[:32]


def version_of_model(model: ApiModel) -> str:
    """Return what an answer of this model says as its ETag."""
    return version_of(_written(model, 200).get_data())


def _written(model: ApiModel, status: int) -> Response:
    return Response(model.model_dump_json(), status, mimetype="application/json")


def paced() -> Guesses:
    """Return what counts how often each key asks."""
    return Guesses(most=MOST_A_MINUTE, said="a key has asked more than %s times in a minute")
