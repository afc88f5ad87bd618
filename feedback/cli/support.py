"""`feedback support`: read requests for support, and mark those that were seen to."""

from collections.abc import Iterator
from dataclasses import asdict

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, answer, as_json_option, say
from feedback.domain.staff import OPERATOR
from feedback.runtime import runtime
from feedback.services.support.read_support_requests import OpenedRequest, finish_support_request, read_support_requests

support = AppGroup("support")

_programme_id = click.argument("programme_id", type=int)


@support.command("list")
@_programme_id
@as_json_option
def list_command(programme_id: int, *, as_json: bool) -> None:
    """Show the requests of a programme. They are not anonymous; the audit log notes that they were read.

    \b
    Example:  feedback support list 1
    """
    tools = runtime()
    found = read_support_requests(tools.session(), tools.keys, programme_id, now=tools.clock(), reader=OPERATOR)
    lines = (line for one in found for line in _lines(one))
    answer([asdict(one) for one in found], lines, as_json=as_json)


@support.command("done")
@_programme_id
@click.argument("number")
def done_command(programme_id: int, number: str) -> None:
    """Mark a request as seen to; NUMBER is what the list shows. It is destroyed on its day as before.

    \b
    Example:  feedback support done 1 00112233445566778899aabbccddeeff
    """
    tools = runtime()
    finish_support_request(tools.session(), programme_id, number, now=tools.clock(), actor=ACTOR)
    say("Done.")


def _lines(one: OpenedRequest) -> Iterator[str]:
    yield f"{one.number}  {'done' if one.is_done else 'open'}, destroyed on {one.expires_on}"
    yield f"  {one.request.name}, {one.request.reach}"
    yield from (f"  | {line}" for line in one.request.words.splitlines())
