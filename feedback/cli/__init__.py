"""The command line: every use of the service that needs no browser."""

import click

from feedback.cli.lazy import Lazy, LazyGroup

_COMMANDS = {
    "audit-log": Lazy("audit_log", "audit_log", "Read what staff and the service did; check that nobody changed it."),
    "bounces": Lazy("bounces", "bounces", "Note which emails came back."),
    "comment": Lazy("comments", "comment", "Review comments: read, decide, sum up, release. For the reviewer."),
    "db": Lazy("database", "database", "Create, upgrade and copy the databases; go on after a restore."),
    "demo": Lazy("demo", "demo", "Try the service on this machine."),
    "drill": Lazy("backups", "drill_command", "Restore the newest copies into databases that are thrown away."),
    "hook": Lazy("hooks", "hook", "Tell other systems what happens: web hooks, their secrets and their log."),
    "invitation": Lazy("invitations", "invitation", "See whom no email reaches; send invitations again."),
    "mail": Lazy("mail", "mail", "Try the mail relay."),
    "organisation": Lazy("organisations", "organisation", "Make an organisation; set what it asks of its own people."),
    "programme": Lazy("programmes", "programme", "Create and show programmes; set what their participants are told."),
    "questionnaire": Lazy("questionnaires", "questionnaire", "List and check questionnaires."),
    "report": Lazy("reports", "report", "Show, export, compare and check reports."),
    "roster": Lazy("rosters", "roster", "Check, import, correct and approve rosters."),
    "serve": Lazy("serve", "serve", "Serve the pages."),
    "staff": Lazy("staff", "staff", "Invite members of staff, list them, take their access away."),
    "status": Lazy("status", "status", "Say how the service stands."),
    "support": Lazy("support", "support", "Read participants' requests for support."),
    "wave": Lazy("waves", "wave", "Plan, open and close waves."),
    "work": Lazy("work", "work", "Open, send, remind and close what is due."),
}

feedback = LazyGroup(
    "feedback",
    _COMMANDS,
    help="""Anonymous surveys for mentoring and inclusion programmes.

    \b
    A wave from start to end:
      feedback db upgrade
      feedback programme create --organisation "Example" --name "Pilot" …
      feedback roster import 1 roster.csv
      feedback wave plan 1 --stage kickoff --closes 2027-03-15T17:00
      feedback wave open 1
      feedback report show 1
    """,
)


def _say_version(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    if not is_asked:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(version("feedback"))
    except PackageNotFoundError:
        click.echo("not installed, run from its source")
    context.exit()


feedback.params.append(
    click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_say_version,
        help="Say which version this is.",
    )
)
