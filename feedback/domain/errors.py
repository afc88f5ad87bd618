"""Everything that cannot be done, by name. A message says what happened and what to do next, and names nobody."""

from dataclasses import dataclass
from typing import Self


def sentence(text: str) -> str:
    """Return `text` as it is: marks a sentence of an error that pages say in every language."""
    return text


def quoted(text: str) -> str:
    """Return what somebody wrote as a message quotes it: on one line, cut to 60 characters, all of them visible."""
    folded = " ".join(text.split())
    shown = "".join(letter if letter.isprintable() else "�" for letter in folded)
    return f"“{shown[:59]}…”" if len(shown) > 60 else f"“{shown}”"


class RosterNote(str):
    """What is to be said of a roster file: a sentence in English that knows what it was made of.

    `said` and `values` let a page say it in another language, as in FeedbackError. `line` and `field` tell where it
    belongs: 0 and "" where it is about no line, or no field.
    """

    said: str
    values: dict[str, object]
    line: int
    field: str

    def __new__(cls, said: str, /, **values: object) -> Self:
        """Put the values into their places."""
        found = super().__new__(cls, said % values if values else said)
        found.said, found.values, found.line, found.field = said, values, 0, ""
        return found

    def at(self, line: int, field: str = "") -> "RosterNote":
        """Return the same about a line, and a field in it; in English the place comes first."""
        place = f"Line {line}, {field}: " if field else f"Line {line}: "
        found = super().__new__(type(self), place + self)
        found.said, found.values, found.line, found.field = self.said, self.values, line, field
        return found


@dataclass(frozen=True)
class Places:
    """Addresses in a sentence, each with the place where it stands."""

    found: tuple[tuple[str, RosterNote], ...]

    def __str__(self) -> str:
        return " and ".join(f"{address} ({place})" for address, place in self.found)


@dataclass(frozen=True)
class People:
    """A number of people in a sentence of an error."""

    number: int

    def __str__(self) -> str:
        return f"{self.number} {'person' if self.number == 1 else 'people'}"


@dataclass(frozen=True)
class Amount:
    """A number with its noun, in a sentence; `what` is one of them: time, character or participant."""

    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.number:,} {self.what}{'' if self.number == 1 else 's'}"


class FeedbackError(Exception):
    """Something that was asked for cannot be done; `str(error)` may be shown to the person who asked.

    `said` is the sentence and `values` are what stands in its places, as in "at most %(most)s": so that a page can
    say it in another language.
    """

    def __init__(self, said: str = "", /, **values: object) -> None:
        super().__init__(said % values if values else said)
        self.said, self.values = said, values


class RosterRefused(FeedbackError):
    """A roster file has wrong lines; nothing was imported. `problems` holds one sentence each."""

    def __init__(self, problems: tuple[RosterNote, ...]) -> None:
        super().__init__("The roster was not imported. " + " ".join(problems))
        self.problems = problems


class LeaversRefused(FeedbackError):
    """More people would leave a programme than a whole file explains."""

    def __init__(self, leaving: int, people: int) -> None:
        super().__init__(
            f"{leaving} of {people} people are not in the file. Has it broken off? Nobody leaves then. If they did, "
            f"say how many: --leavers --confirm, with the programme's number, a colon and {leaving}."
        )


class LogoRefused(FeedbackError):
    """A file is no picture that can be an organisation's logo. The message names the mend."""


class SentenceRefused(FeedbackError):
    """No mail can begin with this sentence; the value `language` says in which language it was written, if in one."""


class CodePageUnknown(RosterRefused):
    """Somebody must say in which code page a file is; `readings` are (code page, first names as it reads them).

    `is_settled` says that the file is Unicode, and that its cells look as if they had been read wrongly before it was
    saved: `readings` are then (cell, what it may have been, or "").
    """

    def __init__(self, problem: RosterNote, readings: tuple[tuple[str, str], ...], *, is_settled: bool = False) -> None:
        super().__init__((problem,))
        self.readings, self.is_settled = readings, is_settled


class CellRefused(FeedbackError):
    """What stands in a cell of a roster file cannot be taken. The message says why, and how to mend it."""


class PersonDoubtful(FeedbackError):
    """Somebody must look at one person before they are put in: `questions` are what only a person can answer.

    `has_left` says that the person was in the programme before, and left it.
    """

    def __init__(self, questions: tuple[RosterNote, ...], *, has_left: bool = False) -> None:
        super().__init__("Look at the questions first. " + " ".join(questions))
        self.questions, self.has_left = questions, has_left


class RosterChanged(FeedbackError):
    """Somebody has changed the roster since it was compared with a file."""


class QuestionnaireRefused(FeedbackError):
    """A questionnaire file breaks a rule. The message names the file, the question and the mend."""


class QuestionsAlike(QuestionnaireRefused):
    """Two questions of a survey ask the same in nearly the same words."""


class QuestionsChanged(FeedbackError):
    """Somebody has changed a programme's questions since they were shown."""


class WordsRefused(FeedbackError):
    """A file of words breaks a rule. The message names the file, the line and the mend."""


class AnswerRefused(FeedbackError):
    """An answer does not fit its questionnaire; names question codes only, never what was written."""


class NotNamed(FeedbackError):
    """Participants were told that somebody else alone reads what is asked for."""


class SettingsRefused(FeedbackError):
    """A setting is missing or unsafe. The message names the variable."""


class ReportRefused(FeedbackError):
    """A report file, or a file that goes with it, cannot be read or was altered. The message names the file."""


class NotFound(FeedbackError):
    """A programme, wave or report that was asked for does not exist."""


class PlanRefused(FeedbackError):
    """A programme or wave cannot be planned as asked."""


class ProgrammeEnded(PlanRefused):
    """A programme has ended: nothing is planned in it, and nobody is enrolled or invited."""


class ExampleRefused(PlanRefused):
    """A programme is an example: nobody is asked in it, and nobody real is enrolled."""


class EndRefused(FeedbackError):
    """A programme cannot end now, or its end cannot be changed so."""


class OpeningRefused(PlanRefused):
    """A wave cannot open then."""


class ClosingRefused(PlanRefused):
    """A wave cannot close then."""


class ReminderRefused(PlanRefused):
    """A reminder cannot go out then; the value `place` says which of those that were asked for."""


class LookRefused(PlanRefused):
    """The look cannot be then."""


class NameRefused(FeedbackError):
    """A name is empty, too long, or holds characters that cannot be shown."""


class HistoryRefused(PlanRefused):
    """Whoever subtracts a wave's report from others of the organisation would see what a few people answered (R11)."""


class WaveNotReady(FeedbackError):
    """The wave is in a state in which this cannot be done."""


class RosterNotApproved(FeedbackError):
    """A roster lacks a second person's approval, or cannot be approved as asked."""


class AddressRefused(FeedbackError):
    """An address is none, or cannot be corrected as asked. The message quotes at most what was typed."""


class ResendRefused(FeedbackError):
    """A mail is not sent again: too soon, too often, or to somebody who has left. Says nothing of answers."""


class PepperRefused(FeedbackError):
    """A participants' process holds another pepper than answers were given with, or it cannot be changed now."""


class WaveClosed(FeedbackError):
    """A link leads nowhere: it is unknown, malformed, or its wave is not open. The three are not told apart."""


class KeysMissing(FeedbackError):
    """The key store lacks keys that should be there, or cannot unwrap them."""


class DatabasesDiffer(FeedbackError):
    """A database or the journal is older than another, as after a restore. Nothing that cannot be undone is done."""


class RestoreUnanswered(FeedbackError):
    """Something that a restore has lost was not answered for, or not with what can be answered. Nothing was done."""


class BackupFailed(FeedbackError):
    """A database could not be copied, or what was copied is not whole."""


class PdfNotMade(FeedbackError):
    """A document cannot be made within the bounds on memory and time. What it says can be had in other forms."""


class PdfBusy(FeedbackError):
    """Too many documents are asked for at once. This one can be had in a minute."""


class ComparisonRefused(FeedbackError):
    """Reports cannot be set side by side as asked. The message names the stages and says what to choose instead."""


class TermsAltered(FeedbackError):
    """What was fixed at the opening was changed in the database since. Nothing is opened or published."""


class ReportHeld(FeedbackError):
    """The auditor could break a report before it was published. The wave waits for a retry or for being discarded."""


class SealBroken(FeedbackError):
    """A sealed value does not open: altered, moved to another place, or sealed to another key."""


class ReviewRefused(FeedbackError):
    """A comment cannot be decided on, or comments cannot be released, as asked; says nothing of what was written."""


class MailRefused(FeedbackError):
    """The relay could not be reached or refused to talk to us. No mail was lost."""


class MailboxRefused(FeedbackError):
    """The mailbox of returned mails cannot be read. Nothing in it was lost."""


class AccessRefused(FeedbackError):
    """Somebody's access cannot be given or changed so."""


class HeadRefused(FeedbackError):
    """What was given as a head of the audit log is none."""


class LogFileRefused(FeedbackError):
    """A file is no audit log, or an audit log cannot be written so."""


class SignInRefused(FeedbackError):
    """A staff sign-in link is unknown, used or expired."""


class PasskeyRefused(FeedbackError):
    """A passkey was not made or used as it was asked for, is unknown, or cannot be used here."""


class ApiKeyRefused(FeedbackError):
    """No key for a program can be made as asked."""


class ProviderRefused(FeedbackError):
    """Nobody was signed in by a provider, or it cannot be one."""


class ProviderAway(ProviderRefused):
    """A provider does not answer, or not in time."""


class CallRefused(FeedbackError):
    """An address is not called from here, or its answer cannot be used."""


class CallsWait(CallRefused):
    """Too many calls are under way here; it says nothing of the server that was to be called."""


class ScrubUnfinished(FeedbackError):
    """Deleted bytes may still lie in the database's files. Keys stay until a later attempt has rewritten them."""


class IntegrityBroken(FeedbackError):
    """A migration would have left the database in pieces."""


class MigrationGivenUp(FeedbackError):
    """A migration would have kept everybody waiting. Nothing was changed."""


class DatabaseOutdated(FeedbackError):
    """The tables are older than the program."""
