"""`feedback hook`: where another system is told what happens, its secrets, and what became of each message."""

from dataclasses import dataclass

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, say
from feedback.domain.hooks import TO_CHOOSE, HookEvent
from feedback.guarded_calls import GuardedCaller
from feedback.runtime import runtime
from feedback.services.hooks.manage_hooks import (
    add_hook,
    end_former_secret,
    organisation_number,
    remove_hook,
    rotate_secret,
    switch_hook,
    try_hook,
)
from feedback.services.hooks.show_hooks import ShownDelivery, ShownHook, show_hook, show_hooks

hook = AppGroup("hook", help="Other systems that are told what happens: web hooks.")
_ONCE = "It is shown once. Give it to whoever runs the other system."
_MINUTE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class _Operator:
    organisation_id: int
    actor: str = ACTOR


def _operator(organisation: str) -> _Operator:
    return _Operator(organisation_number(runtime().session(), organisation))


@hook.command("add")
@click.argument("organisation")
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice([str(event) for event in TO_CHOOSE]),
    help="What is told; may be named several times. Without it, everything.",
)
@click.option("--programme", type=int, help="The number of the only programme that is told of.")
def add_command(organisation: str, url: str, events: tuple[str, ...], programme: int | None) -> None:
    """Tell the address URL what happens in the organisation called ORGANISATION, and print its secret.

    \b
    Example:  feedback hook add Example https://hr.example.com/feedback --event report.published
    """
    tools, by = runtime(), _operator(organisation)
    number, secret = add_hook(
        tools.session(),
        tools.keys,
        GuardedCaller(tools.settings.inside_hosts),
        by,
        url=url,
        events=tuple(map(HookEvent, events)) or TO_CHOOSE,
        programme_id=programme,
        now=tools.clock(),
    )
    say(f"Web hook {number} is told from now on. Its secret: {secret}")
    say(_ONCE)


@hook.command("list")
@click.argument("organisation")
def list_command(organisation: str) -> None:
    """List the web hooks of the organisation called ORGANISATION."""
    tools = runtime()
    for one in show_hooks(tools.session(), _operator(organisation).organisation_id):
        say(_line(one))


def _line(one: ShownHook) -> str:
    state = "gone (it answered 410)" if one.is_gone else "off" if one.is_disabled else "on"
    where = f"programme {one.programme_id}" if one.programme_id else "all programmes"
    secrets = "; two secrets sign" if one.has_former else ""
    return f"{one.id}  {one.url}  {state}; {where}; {', '.join(one.events)}{secrets}"


@hook.command("log")
@click.argument("organisation")
@click.argument("number", type=int)
def log_command(organisation: str, number: int) -> None:
    """Show what became of the last messages to the web hook NUMBER, the newest first."""
    tools = runtime()
    _hook, log = show_hook(tools.session(), _operator(organisation).organisation_id, number, now=tools.clock())
    for one in log:
        say(_outcome(one))


def _outcome(one: ShownDelivery) -> str:
    answer = f"answered {one.status}" if one.status else "no answer" if one.attempts else "not tried yet"
    state = "arrived" if one.is_delivered else "given up"
    if one.tell_at is not None:
        state = f"waits until {one.tell_at:{_MINUTE}} UTC"
    return f"{one.happened_at:{_MINUTE}} UTC  {one.event}  {state}; tries: {one.attempts}; {answer}"


@hook.command("test")
@click.argument("organisation")
@click.argument("number", type=int)
def test_command(organisation: str, number: int) -> None:
    """Have the worker send a test to the web hook NUMBER."""
    tools = runtime()
    try_hook(tools.session(), _operator(organisation), number, now=tools.clock())
    say(f"The worker sends it. Look at: feedback hook log {organisation!r} {number}")


@hook.command("rotate")
@click.argument("organisation")
@click.argument("number", type=int)
@click.option("--end-former", is_flag=True, help="Let the former secret sign no more, once the new one is in use.")
def rotate_command(organisation: str, number: int, *, end_former: bool) -> None:
    """Give the web hook NUMBER a new secret, and print it; the former one signs too until it is ended."""
    tools, by = runtime(), _operator(organisation)
    if end_former:
        end_former_secret(tools.session(), by, number, now=tools.clock())
        say("The former secret signs no more.")
        return
    say(f"The new secret: {rotate_secret(tools.session(), tools.keys, by, number, now=tools.clock())}")
    say(_ONCE)


@hook.command("switch")
@click.argument("organisation")
@click.argument("number", type=int)
@click.argument("state", type=click.Choice(["on", "off"]))
def switch_command(organisation: str, number: int, state: str) -> None:
    """Tell the web hook NUMBER nothing more, nor what waits; or again what happens from now on."""
    tools = runtime()
    switch_hook(tools.session(), _operator(organisation), number, is_on=state == "on", now=tools.clock())
    say(f"Web hook {number} is {state}.")


@hook.command("remove")
@click.argument("organisation")
@click.argument("number", type=int)
def remove_command(organisation: str, number: int) -> None:
    """Forget the web hook NUMBER, its secrets and its log."""
    tools = runtime()
    remove_hook(tools.session(), _operator(organisation), number, now=tools.clock())
    say(f"Web hook {number} is forgotten.")
