"""The command line: every use of the service that needs no browser."""

from flask.cli import AppGroup

from feedback.cli.audit import audit_command
from feedback.cli.comments import comment
from feedback.cli.database import database
from feedback.cli.demo import demo
from feedback.cli.mail import mail
from feedback.cli.programmes import programme
from feedback.cli.questionnaires import questionnaire
from feedback.cli.reports import report
from feedback.cli.rosters import roster
from feedback.cli.sample import sample_command
from feedback.cli.serve import serve, work
from feedback.cli.staff import staff
from feedback.cli.support import support
from feedback.cli.waves import wave

feedback = AppGroup(
    "feedback",
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
report.add_command(audit_command)
demo.add_command(sample_command)
for command in (
    comment,
    database,
    demo,
    mail,
    programme,
    questionnaire,
    report,
    roster,
    serve,
    staff,
    support,
    wave,
    work,
):
    feedback.add_command(command)
