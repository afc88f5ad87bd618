"""`feedback demo`: the whole service in one process, with a mailbox that stands for the outside world."""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import click

from feedback.cli.application import another_app, served_app, this_app
from feedback.cli.lazy import Lazy, LazyGroup
from feedback.cli.output import ACTOR, say
from feedback.cli.serving import Ending, WebThread, bring_pepper
from feedback.cli.staff import sign_in_address
from feedback.config import Settings
from feedback.demo.examples import make_examples
from feedback.demo.mailbox import Mailbox
from feedback.demo.mailbox_page import mailbox_app
from feedback.demo.participants import answer_unopened
from feedback.demo.programme import COORDINATOR, ORGANISATION, REVIEWER, DemoWave, prepare_programme
from feedback.demo.simulation import start_relay
from feedback.domain.errors import SettingsRefused
from feedback.domain.staff import StaffRole
from feedback.resources import migrations_folder
from feedback.runtime import Runtime, runtime
from feedback.services.installation.upgrade_databases import upgrade_databases
from feedback.worker.worker import Worker, WorkerThread, worker_context

demo = LazyGroup("demo", {"sample": Lazy("sample", "sample_command")})

_MAILBOX_PORT = "FEEDBACK_DEMO_MAILBOX_PORT"
_SECONDS_FOR_MAILS = 30


@demo.command("run")
@click.option("--alone", is_flag=True, help="Make the programme to try, and none of the others.")
def run_command(alone: bool) -> None:  # click's way
    """Run pages, worker and a mailbox in this process, on example data, until Ctrl-C.

    \b
    Example:  feedback demo run
    """
    tools = runtime()
    check_is_embedded(tools.settings)
    upgrade_databases(tools.engines, tools.keys, migrations_folder(), now=tools.clock(), actor=ACTOR)
    bring_pepper(tools)
    ending = Ending()
    mailbox = Mailbox(_mailbox_folder(tools.settings))
    mailbox_port = int(os.environ.get(_MAILBOX_PORT, "8001"))
    settings = tools.settings
    # A port that is taken is named before anything takes its time.
    web = WebThread(served_app(), settings.listen_host, settings.listen_port, "FEEDBACK_LISTEN_PORT")
    inboxes = WebThread(mailbox_app(mailbox, settings.base_url), "127.0.0.1", mailbox_port, _MAILBOX_PORT)
    wave = prepare_programme(tools) if alone else _prepare(tools)
    smtp = start_relay(mailbox, settings.smtp.host, settings.smtp.port)
    worker = WorkerThread(Worker(worker_context(this_app())), ending.fail)
    for part in (web, inboxes, worker):
        part.start()
    _welcome(tools, mailbox, mailbox_port, wave)
    ending.wait()
    say("\nStopping. `make run` goes on with the same data.")
    for part in (worker, smtp, inboxes, web):
        part.stop()
    sys.exit(int(ending.is_failure))


@demo.command("answer")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed gives other answers.")
def answer_command(seed: int) -> None:
    """Let the demo's participants answer through their links, but for those whose email you opened yourself.

    \b
    Example:  feedback demo answer
    """
    mailbox = Mailbox(_mailbox_folder(runtime().settings))
    answered = answer_unopened(mailbox, seed, say)
    say(f"{answered} people answered. Close the wave to see the report.")


def check_is_embedded(settings: Settings) -> None:
    """Raise SettingsRefused unless the service keeps its own databases: the demo writes invented people into them."""
    if not settings.embedded:
        raise SettingsRefused("FEEDBACK_DATABASE_URL is set; the demo runs on its own embedded databases only.")


def _mailbox_folder(settings: Settings) -> Path:
    return settings.instance / "demo-mailbox"


def _prepare(tools: Runtime) -> DemoWave | None:
    # What is due from now on, the emails of the programme to try among it, belongs to the worker.
    begun_at = tools.clock() - timedelta(minutes=1)
    wave = prepare_programme(tools)
    if wave is not None:
        say("Making examples of what becomes of programmes …")
        make_examples(another_app, tools, begun_at, lambda _words: None)
    return wave


def _welcome(tools: Runtime, mailbox: Mailbox, mailbox_port: int, wave: DemoWave | None) -> None:
    if wave is not None:
        say(f"A demo programme was made; its kick-off wave invites {wave.invited} people.")
        _wait_for_mails(mailbox, wave.invited)
    address = sign_in_address(ORGANISATION, *COORDINATOR, StaffRole.COORDINATOR)
    reviewers_address = sign_in_address(ORGANISATION, *REVIEWER, StaffRole.REVIEWER)
    tools.session().close()
    say(
        f"""
  The mailbox (everybody's inbox):   http://127.0.0.1:{mailbox_port}/
  Sign in as coordinator (once):     {address}
  Sign in as reviewer (once):        {reviewers_address}
  What to do next:                   http://127.0.0.1:{mailbox_port}/next

  Ctrl-C ends it. `make run` goes on with the same data; `make clean` forgets everything.
"""
    )


def _wait_for_mails(mailbox: Mailbox, expected: int) -> None:
    with click.progressbar(length=expected, label="Emails sent") as bar:
        done = 0
        for _ in range(_SECONDS_FOR_MAILS * 5):
            count = mailbox.count()
            bar.update(count - done)
            done = count
            if done >= expected:
                break
            time.sleep(0.2)
