"""The description of the interface, OpenAPI 3.1, written from the operations themselves.

`docs/openapi.json` is what it says; `make openapi` writes it anew.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from feedback.domain.limits import LARGEST_NUMBER
from feedback.web.api.models import ApiModel, Asked
from feedback.web.api.operations import OPERATIONS, Operation
from feedback.web.api.problems import MEDIA_TYPE

_JSON = "application/json"
_REF = "#/components/schemas/"
_NUMBER = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
_STATUSES = {
    304: "It is as the tag in If-None-Match says.",
    401: "No key that works was shown.",
    403: "The key is not for that.",
    404: "It is not there, or not this key's to see.",
    409: "It cannot be done as things stand.",
    412: "It has changed since it was looked at.",
    413: "That was too much at once.",
    415: "The body is no JSON.",
    422: "What was sent does not fit.",
    428: "If-Match is missing.",
    429: "It was asked too often.",
    503: "It cannot be done for the moment.",
}
_VERSION = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string", "minLength": 1}}
# By the model of what is listed or made: what its number is called in addresses.
_NAMED_BY = {"ProgrammeOut": "programme_id", "WaveLineOut": "wave_id", "WaveOut": "wave_id"}


@cache
def describe() -> bytes:
    """Return the description as a file."""
    models = [(model, mode) for one in OPERATIONS for model, mode in _models(one)]
    schemas, definitions = models_json_schema(models, ref_template=_REF + "{model}")
    names = {key: schema["$ref"] for key, schema in schemas.items()}
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        address = re.sub(r"<int:(\w+)>", r"{\1}", one.path)
        paths.setdefault(address, {})[one.method.lower()] = _operation(one, names)
    said = {
        "openapi": "3.1.0",
        "info": {
            "title": "Feedback",
            "version": "1",
            "description": "What the staff's pages show and do, for programs. docs/api.md says how to begin.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Problem": _PROBLEM},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "fbk_…"}},
        },
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


_PROBLEM = {
    "description": "What is refused, and why (RFC 9457). `errors` says where, if it is known.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "description": "A JSON pointer into the body."},
                    "parameter": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def _models(one: Operation) -> Iterator[tuple[type[ApiModel], Any]]:
    if one.body is not None:
        yield one.body, "validation"
    if one.out is not None:
        yield one.out, "serialization"


def _operation(one: Operation, names: dict[Any, str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": one.name,
        "summary": (one.view.__doc__ or "").partition("\n")[0].rstrip("."),
        "description": f"For keys with {' or '.join(one.scopes)}.",
        "parameters": [*_places(one), *_parameters(one), *([_VERSION] if one.needs_version else [])],
        "responses": {str(one.status): _good(one, names)} | {str(code): _bad(code) for code in _refusals(one)},
    }
    if one.body is not None:
        schema = {"$ref": names[one.body, "validation"]}
        said["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
    return said


def _places(one: Operation) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": _NUMBER} for name in one.places]


def _parameters(one: Operation) -> Iterator[dict[str, Any]]:
    model = (one.query or Asked).model_json_schema()
    needed = model.get("required", [])
    for name, schema in model["properties"].items():
        kept = {key: value for key, value in _without_null(schema).items() if key != "title"}
        yield {"name": name, "in": "query", "required": name in needed, "schema": kept}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return choices[0] if choices else schema


def _good(one: Operation, names: dict[Any, str]) -> dict[str, Any]:
    tag = {"ETag": {"schema": {"type": "string"}}} if one.method == "GET" else {}
    if one.status == 204:
        return {"description": "It is done."}
    if one.out is None:
        files: dict[str, Any] = {kind: {"schema": {}} for kind in one.media_types}
        return {"description": "A file.", "headers": tag, "content": files}
    schema = {"$ref": names[one.out, "serialization"]}
    said: dict[str, Any] = {"description": "It is so.", "headers": tag, "content": {_JSON: {"schema": schema}}}
    links = {other.name: link for other, link in _links(one)}
    return said | ({"links": links} if links else {})


def _links(one: Operation) -> Iterator[tuple[Operation, dict[str, Any]]]:
    """Yield what can be asked about what was listed, or made."""
    name = one.out.__name__ if one.out else ""
    listed = re.fullmatch(r"ListPage\[(\w+)\]", name)
    place = _NAMED_BY.get(listed[1] if listed else name)
    if place is None:
        return
    number = "$response.body#/items/0/id" if listed else "$response.body#/id"
    for other in OPERATIONS:
        if other.places == [place] and other is not one:
            yield other, {"operationId": other.name, "parameters": {place: number}}


def _refusals(one: Operation) -> list[int]:
    found = {401, 403, 422, 429, 503} | ({404} if one.places else set())
    found |= {304} if one.method == "GET" else {409}
    if one.body is not None:
        found |= {413, 415}
    if one.needs_version:
        found |= {412, 428}
    if one.media_types:
        found |= {409}
    return sorted(found)


def _bad(code: int) -> dict[str, Any]:
    if code == 304:
        return {"description": _STATUSES[code]}
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}}}
    return {"description": _STATUSES[code], "content": content}
