"""What the audit log says was done, in words: each act that code notes, as it is written or by how it begins."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from feedback.domain.staff import StaffRole

ACTS: dict[str, LazyString] = {
    "created": _("Created"),
    "renamed": _("Changed the name"),
    "set the logo": _("Changed the logo"),
    "took the logo away": _("Took the logo away"),
    "asks for approved rosters": _("Asks for a second person to approve rosters"),
    "asks for no approved rosters": _("Asks for no second person to approve rosters any more"),
    "united domains": _("Said which addresses are the same mailboxes"),
    "changed the settings": _("Changed the settings"),
    "named the announcement": _("Named the page of the announcement"),
    "named no announcement": _("Took the page of the announcement away"),
    "named whom participants are told": _("Named the contact or the reviewer"),
    "translated words": _("Translated the programme’s words"),
    "named where help is": _("Said where help is"),
    "changed quiet times": _("Changed the quiet times"),
    "made an example": _("Made an example"),
    "deleted the example": _("Deleted the example"),
    "wrote what was done": _("Wrote what was done since"),
    "said what was done": _("Published what was done since"),
    "had people told what was done": _("Had people told what was done since"),
    "imported roster: ": _("Put people in"),
    "approved roster ": _("Approved the roster"),
    "somebody left": _("Let somebody go"),
    "looked up what is held about somebody": _("Looked up what is held about somebody"),
    "asked to erase somebody": _("Had somebody taken off for good"),
    "erased somebody who asked for it": _("Took somebody off for good"),
    "corrected an address": _("Corrected an address"),
    "sent an invitation again": _("Sent an invitation again"),
    "noted a bounce": _("Noted that an email came back"),
    "planned": _("Planned"),
    "changed the plan of": _("Changed the plan"),
    "changed the questions of": _("Changed the questions"),
    "wrote a first sentence: ": _("Wrote the first sentence of an email"),
    "asked for test emails": _("Asked for the emails as a test"),
    "asked to open": _("Asked to open"),
    "opened": _("Opened"),
    "could not open": _("Could not open"),
    "postponed": _("Postponed"),
    "extended": _("Extended"),
    "cancelled": _("Cancelled"),
    "queued reminder ": _("Sent a reminder"),
    "left out reminder ": _("Left a reminder out"),
    "took look ": _("Looked whether enough links were used"),
    "stopped accepting": _("Closed: no more answers are taken"),
    "tried to close again": _("Tried to close again"),
    "held: ": _("Held the report back"),
    "published; ": _("Published the report"),
    "told: ": _("Told participants by email"),
    "told of: ": _("Told staff by email"),
    "downloaded": _("Took a file away"),
    "read the comments": _("Read the comments"),
    "decided on comments": _("Decided on comments"),
    "wrote a summary of comments": _("Wrote a summary of comments"),
    "released the comments": _("Released the comments"),
    "read ": _("Read the requests for support"),
    "finished a request for support": _("Marked a request for support as done"),
    "ended, names deleted after ": _("Ended"),
    "ended: nothing has happened for long": _("Ended, as nothing has happened for long"),
    "undid an end in the future": _("Took back an end that a wrong clock had made"),
    "took back the end": _("Took the end back"),
    "put the deletion of names on hold": _("Put the deletion of names on hold"),
    "let the deletion of names go on": _("Let the deletion of names go on"),
    "deleted the names": _("Deleted the names"),
    "destroyed keys: ": _("Destroyed keys"),
    "rewrote files": _("Rewrote the database’s files"),
    "rewrote files: main database": _("Rewrote the database’s files"),
    "invited as ": _("Made a link to sign in"),
    "gave access as ": _("Gave access"),
    "changed access from ": _("Changed what somebody may do"),
    "took access away from a ": _("Took access away"),
    "set which programmes somebody sees": _("Set which programmes somebody sees"),
    "demands passkeys": _("Asks for a passkey after the emailed link"),
    "demands no passkeys": _("Asks for no passkey any more"),
    "made a passkey": _("Made a passkey"),
    "removed a passkey": _("Removed a passkey"),
    "removed somebody’s passkeys": _("Removed somebody’s passkeys"),
    "signed in with a passkey": _("Signed in with a passkey"),
    "went on with a passkey": _("Used a passkey after the emailed link"),
    "refused a passkey": _("Refused a passkey"),
    "set the provider ": _("Said by which provider people sign in"),
    "removed the provider ": _("Let nobody sign in by the provider any more"),
    "demands the provider": _("Made the provider the only way to sign in"),
    "demands no provider": _("Let people sign in otherwise than by the provider"),
    "connected to ": _("Connected the account with the provider"),
    "disconnected from the provider": _("Disconnected the account from the provider"),
    "mailed a link to connect an account": _("Emailed a link to connect an account"),
    "signed in by ": _("Signed in by the provider"),
    "made an emergency link": _("Made a link to sign in, for an emergency"),
    "signed in by an emergency link": _("Signed in with a link for an emergency"),
    "mailed a sign-in link": _("Emailed a link to sign in"),
    "put off a sign-in link": _("Put off a link to sign in"),
    "signed in": _("Signed in"),
    "refused a sign-in": _("Refused a link to sign in"),
    "signed out": _("Signed out"),
    "signed out everywhere": _("Signed out everywhere"),
    "exported the audit log": _("Took the log away"),
    "forgot entries up to position ": _("Deleted old entries of the log"),
    "saw that entries are old": _("Saw that entries of the log are old"),
    "forgot the pepper": _("Forgot the pepper"),
    "granted rights": _("Gave the databases’ roles their rights"),
    "wrapped ": _("Wrapped keys anew"),
}
"""By the whole act, or by its beginning, where what follows is a number or a name."""
_ROLES: dict[str, LazyString] = {
    StaffRole.ADMINISTRATOR: _("Administrator"),
    StaffRole.COORDINATOR: _("Coordinator"),
    StaffRole.REVIEWER: _("Reviewer"),
    StaffRole.CONTACT: _("Contact for support"),
    StaffRole.VIEWER: _("Reader of reports"),
}
_BEGINNINGS = sorted((one for one in ACTS if one.endswith(" ")), key=len, reverse=True)


def act_in_words(act: str) -> LazyString | None:
    """Return what was done in words; None for what no version since has words for."""
    if act in ACTS:
        return ACTS[act]
    return next((ACTS[one] for one in _BEGINNINGS if act.startswith(one)), None)


def role_in(act: str) -> LazyString | str:
    """Return the role of which an act says that somebody has it, or had it last; empty if it says nothing of one."""
    speaks = act.startswith(("invited as ", "gave access as ", "changed access from ", "took access away from a "))
    return _ROLES.get(act.rpartition(" ")[2], "") if speaks else ""
