"""`feedback bounces`: read emails that came back."""

from dataclasses import asdict
from typing import BinaryIO

import click
from flask.cli import AppGroup

from feedback.cli.output import answer, as_json_option, counted
from feedback.domain.bounces import LARGEST_BOUNCE_BYTES
from feedback.domain.errors import SettingsRefused
from feedback.runtime import runtime
from feedback.services.mail.note_bounces import note_bounces, read_box

bounces = AppGroup("bounces")


@bounces.command("read")
@click.argument("files", type=click.File("rb"), nargs=-1)
@as_json_option
def read_command(files: tuple[BinaryIO, ...], *, as_json: bool) -> None:
    """Read returned emails from FILES, each one email ("-" is standard input), or else empty the mailbox once.

    The mailbox is that of FEEDBACK_BOUNCES_URL: everything in it is read and deleted. Files are left as they are.

    \b
    Example:  feedback bounces read returned.eml
    """
    tools = runtime()
    if files:
        mails = (file.read(LARGEST_BOUNCE_BYTES) for file in files)
        reading = note_bounces(tools.session(), tools.keys, mails, now=tools.clock())
    elif tools.settings.bounces.box is not None:
        reading = read_box(tools.session(), tools.keys, tools.settings.bounces.box, now=tools.clock())
    else:
        raise SettingsRefused("FEEDBACK_BOUNCES_URL is not set: name the mailbox of returned emails, or give files.")
    read = counted(reading.read, "email was", "emails were")
    said = f"{read} read; {counted(reading.noted, 'of ours is', 'of ours are')} now known to be lost."
    answer(asdict(reading), [said], as_json=as_json)
