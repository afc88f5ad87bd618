"""`feedback programme`: create programmes, show them."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TextIO

import click
from flask.cli import AppGroup

from feedback.cli.output import ACTOR, answer, as_json_option, counted, say, shown
from feedback.cli.quiet import quiet_command, quiet_options, quiet_times_asked
from feedback.domain.languages import ENGLISH
from feedback.runtime import runtime
from feedback.services.programmes.create_programme import ProgrammeDraft, create_programme
from feedback.services.programmes.set_programme import name_people, set_announcement
from feedback.services.programmes.show_programmes import ProgrammeLine, ProgrammeView, list_programmes, show_programme
from feedback.services.programmes.translate_words import translate_words
from feedback.services.reports.say_what_was_done import say_what_was_done
from feedback.services.reports.set_notice import name_help
from feedback.services.staff.name_people import Newcomer, account_of_programme
from forms.vocabulary import translated_words

programme = AppGroup("programme")

_focus_in = click.option(
    "--focus-in", nargs=2, multiple=True, metavar="LANGUAGE WORDS", help='The focus in a language: fr "le handicap".'
)
_word_in = click.option("--word-in", nargs=2, multiple=True, metavar="LANGUAGE WORD", help="The word in a language.")
_Pairs = tuple[tuple[str, str], ...]


programme.add_command(quiet_command)
_programme_id = click.argument("programme_id", type=int)


@programme.command("create")
@click.option("--organisation", required=True, help="Who runs it; made with its first programme if it is not there.")
@click.option("--name", required=True, help='Such as "Pilot 2027".')
@click.option("--word", default="reverse", show_default=True, help='What you call it: "reverse" or "reciprocal".')
@click.option("--focus", required=True, help='What it is about, such as "race and ethnicity".')
@_focus_in
@_word_in
@click.option("--minimum-group-size", type=int, help="Results appear only for groups of at least so many; 5 or more.")
@click.option("--time-zone", required=True, help="Such as Europe/Paris.")
@click.option("--contact-name", required=True, help="Whom participants may ask.")
@click.option("--contact-email", required=True, help="Whoever has no access yet is given it, for that alone.")
@click.option("--reviewer-name", required=True, help="Who alone reads comments word for word; participants are told.")
@click.option("--reviewer-email", required=True, help="Whoever has no access yet is given it, as a reviewer.")
@quiet_options
def create_command(
    minimum_group_size: int | None,
    quiet_hours: str,
    quiet_weekdays: str,
    holidays: str,
    focus_in: _Pairs,
    word_in: _Pairs,
    contact_name: str,
    contact_email: str,
    reviewer_name: str,
    reviewer_email: str,
    **words: str,
) -> None:
    """Create a programme and print its number.

    Well-known words have their translations; participants are offered the languages in which both words are known.

    \b
    Example:  feedback programme create --organisation Example --name "Pilot" --focus "race and ethnicity" \\
                --time-zone Europe/Paris --contact-name "Ana" --contact-email ana@example.com \\
                --reviewer-name "Rea" --reviewer-email rea@example.com
    """
    tools = runtime()
    smallest = tools.settings.minimum_group_size
    known = translated_words(focus=words["focus"], word=words["word"])
    draft = ProgrammeDraft(
        minimum_group_size=minimum_group_size or smallest,
        translated=_with(known, focus_in, word_in),
        quiet_times=quiet_times_asked(quiet_hours, quiet_weekdays, holidays),
        contact=Newcomer(contact_name, contact_email),
        reviewer=Newcomer(reviewer_name, reviewer_email),
        **words,
    )
    number = create_programme(
        tools.session(),
        tools.keys,
        draft,
        smallest_group_size=smallest,
        support_days=tools.settings.support_days,
        now=tools.clock(),
        actor=ACTOR,
    )
    say(str(number))


@programme.command("translate")
@_programme_id
@_focus_in
@_word_in
def translate_command(programme_id: int, focus_in: _Pairs, word_in: _Pairs) -> None:
    """Give a programme its words in other languages, for waves that are planned from now on.

    \b
    Example:  feedback programme translate 1 --focus-in fr "le handicap" --word-in fr inversé
    """
    tools = runtime()
    words = _with({}, focus_in, word_in)
    if not words:
        raise click.UsageError("Give at least one of --focus-in and --word-in.")
    translate_words(tools.session(), programme_id, words, now=tools.clock(), actor=ACTOR)
    say("\n".join(_lines(show_programme(tools.session(), programme_id))))


@programme.command("set")
@_programme_id
@click.option("--announced-at", metavar="ADDRESS", help='The page on which it was announced; "" names none.')
@click.option("--contact-email", help="Whom participants may turn to for support: the address of somebody with access.")
@click.option("--reviewer-email", help="Who reads the comments: the address of somebody with access as a reviewer.")
def set_command(
    programme_id: int, announced_at: str | None, contact_email: str | None, reviewer_email: str | None
) -> None:
    """Set what participants are told: whom they may turn to, who reads comments, where the programme was announced.

    Emails name that page, so that readers can check them. A reviewer reads the comments of surveys that have not opened
    yet, and of older ones that named nobody's account, if their participants were told this very name.

    \b
    Examples: feedback programme set 1 --announced-at https://intranet.example.com/leaders-learn
              feedback programme set 1 --contact-email ana@example.com --reviewer-email rea@example.com
    """
    tools = runtime()
    if announced_at is None and contact_email is None and reviewer_email is None:
        raise click.UsageError("Nothing to set: name an option.")
    if announced_at is not None:
        set_announcement(tools.session(), programme_id, announced_at, now=tools.clock(), actor=ACTOR)
        say("Emails from now on name that page." if announced_at else "Emails from now on name no page.")
    if contact_email is not None or reviewer_email is not None:
        contact, reviewer = (_account_at(programme_id, one) for one in (contact_email, reviewer_email))
        name_people(tools.session(), programme_id, contact=contact, reviewer=reviewer, now=tools.clock(), actor=ACTOR)
        say("Participants are told so from now on.")


def _account_at(programme_id: int, email: str | None) -> int | None:
    session = runtime().session()
    return None if email is None else account_of_programme(session, programme_id, email)


def _with(known: dict[str, dict[str, str]], focus_in: _Pairs, word_in: _Pairs) -> dict[str, dict[str, str]]:
    found = {code: dict(words) for code, words in known.items()}
    for name, pairs in (("focus", focus_in), ("word", word_in)):
        for code, text in pairs:
            found.setdefault(code, {})[name] = text
    return found


_text_file = click.argument("file", type=click.File("r", encoding="utf-8"))


@programme.command("you-said")
@_programme_id
@click.option("--language", default=ENGLISH.code, show_default=True, help="The code of the language it is written in.")
@_text_file
def you_said_command(programme_id: int, language: str, file: TextIO) -> None:
    """Show participants on their results page what they said and what you did about it; FILE is plain text.

    An empty line begins a new paragraph. The text takes the place of an earlier one in its language; "-" reads
    what you type. No email is sent.

    \b
    Example:  feedback programme you-said 1 we-did.txt
    """
    tools, text = runtime(), file.read()
    say_what_was_done(tools.session(), programme_id, text, language=language, now=tools.clock(), actor=ACTOR)
    say("Participants read it on their results page.")


@programme.command("help-contacts")
@_programme_id
@_text_file
def help_contacts_command(programme_id: int, file: TextIO) -> None:
    """Name places where participants find help, one a line; shown where harm is asked about, and on the support page.

    \b
    Example:  feedback programme help-contacts 1 help.txt
    """
    name_help(runtime().session(), programme_id, file.read(), now=runtime().clock(), actor=ACTOR)
    say("Participants read it where harm is asked about, and beside the support form.")


@programme.command("show")
@click.argument("programme_id", type=int, required=False)
@as_json_option
def show_command(programme_id: int | None, *, as_json: bool) -> None:
    """Show one programme, or list all.

    \b
    Example:  feedback programme show 1
    """
    if programme_id is None:
        known = list_programmes(runtime().session())
        lines = (_line(one) for one in known)
        answer([asdict(one) for one in known], lines, as_json=as_json)
    else:
        view = show_programme(runtime().session(), programme_id)
        answer(_plain(view), _lines(view), as_json=as_json)


def _line(one: ProgrammeLine) -> str:
    people, waves = counted(one.people, "person", "people"), counted(one.waves, "wave", "waves")
    return f"{one.id}  {one.name}: {people}, {waves}"


def _lines(view: ProgrammeView) -> Iterator[str]:
    zone = view.time_zone.key
    people = counted(view.people, "person", "people")
    yield f"Programme {view.id}: {view.name}, {people}, groups of at least {view.minimum_group_size}"
    for code, words in view.words.items():
        yield f"  {code:>6}  {', '.join(f'{name}: {text}' for name, text in sorted(words.items()))}"
    for atom, count in view.roster:
        yield f"  {count:>6}  {atom.role}s{f', {atom.cohort}' if atom.cohort else ''}"
    for wave in view.waves:
        opens, closes = shown(wave.opens_at, zone), shown(wave.closes_at, zone)
        yield f"  wave {wave.id}: {wave.stage}, {wave.state}, opens {opens}, closes {closes}"


def _plain(view: ProgrammeView) -> dict[str, object]:
    roster = [{"role": atom.role, "cohort": atom.cohort, "people": count} for atom, count in view.roster]
    return {**vars(view), "roster": roster, "waves": [asdict(wave) for wave in view.waves]}
