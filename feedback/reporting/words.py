"""Groups, numbers and reasons in words, in the reader's language: the one place that puts published facts so."""

from collections.abc import Iterable
from datetime import date

from babel import Locale
from flask_babel import format_decimal, format_percent, ngettext
from flask_babel import gettext as _

from feedback.domain.disclosure.counts import Count
from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.statements import Reason
from feedback.domain.report.reading import ReportQuestion
from feedback.domain.report.report import ANOTHER_PROGRAMME, Report, Rules
from feedback.domain.report.statistics import Interval
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Role
from feedback.locales import counts, moments
from feedback.locales.lists import comma
from feedback.locales.speech import spoken

SHARES_FROM = 100
"""Of so many people on, a share says more than the number."""


def group_name(group: Group) -> str:
    """Return such as "Mentors, London + York" or "All participants"."""
    whole = side_name(group.role)
    if not group.cohorts:
        return whole
    return _("%(role)s, %(cohorts)s", role=whole, cohorts=" + ".join(group.cohorts))


def side_name(role: Role | None) -> str:
    """Return such as "Mentors", or "All participants" for no role."""
    if role is None:
        return _("All participants")
    return _("Mentors") if role is Role.MENTOR else _("Mentees")


def contested_words(report: Report) -> tuple[str, ...]:
    """Return what is said of answers that were changed without their receipt: nothing unless they are k or more."""
    if not report.many_contested:
        return ()
    said = _(
        "At least %(times)s, answers were sent with a link that had been used before, and without the receipt. None "
        "of these are counted, neither the first nor the second.",
        times=counts.times(report.rules.k),
    )
    return (said,)


def stage_name(stage: str) -> str:
    """Return the name of a stage; one of an organisation's own stays as it is."""
    known = {
        "kickoff": _("Kick-off"),
        "midpoint": _("Mid-point"),
        "exit": _("Exit"),
        ANOTHER_PROGRAMME: _("other programme"),
    }
    return known.get(stage, stage)


def survey_name(stage: str) -> str:
    """Return what a survey of a stage is called where its name stands alone, such as "Exit survey"."""
    known = {
        "kickoff": _("Kick-off survey"),
        "midpoint": _("Mid-point survey"),
        "exit": _("Exit survey"),
        ANOTHER_PROGRAMME: _("Survey of the other programme"),
    }
    return known.get(stage) or _("Survey “%(stage)s”", stage=stage)


def since_survey(stage: str) -> str:
    """Return the title of what changed since the survey of a stage."""
    known = {
        "kickoff": _("Since the kick-off survey"),
        "midpoint": _("Since the mid-point survey"),
        "exit": _("Since the exit survey"),
    }
    return known.get(stage) or _("Since the survey “%(stage)s”", stage=stage)


def percent(count: int, n: int) -> str:
    """Return count of n as a whole percentage, as the language writes it: 0 only for nobody, 100 only for everybody."""
    if 0 < count < n and round(100 * count / n) == 0:
        return _("under %(share)s", share=format_percent(0.01))
    if 0 < count < n and round(100 * count / n) == 100:
        return _("over %(share)s", share=format_percent(0.99))
    return format_percent(count / n)


def count_words(count: Count) -> str:
    """Return such as "9 of 14", "at least 9 of 12" or "3 to 5 of 14"."""
    numbers = {"low": _number(count.low), "high": _number(count.high), "n": _number(count.n)}
    if count.is_exact:
        return _("%(low)s of %(n)s", **numbers)
    if count.high == count.n:
        return _("at least %(low)s of %(n)s", **numbers)
    if count.low == 0:
        return _("at most %(high)s of %(n)s", **numbers)
    return _("%(low)s to %(high)s of %(n)s", **numbers)


def share_words(count: Count) -> str:
    """Return such as "64 %", "at least 83 %" or "21 % to 36 %"."""
    low, high = percent(count.low, count.n), percent(count.high, count.n)
    if count.is_exact:
        return low
    if count.high == count.n:
        return _("at least %(share)s", share=low)
    if count.low == 0:
        return _("at most %(share)s", share=high)
    return _("%(low)s to %(high)s", low=low, high=high)


def count_and_share(count: Count) -> str:
    """Return such as "9 of 14", and of a hundred people or more the share too."""
    if count.n < SHARES_FROM:
        return count_words(count)
    return _("%(count)s (%(share)s)", count=count_words(count), share=share_words(count))


def counted_people(count: Count, role: Role | None) -> str:
    """Return such as "7 of 12 mentors", and of a hundred people or more the share too."""
    told, n = count_words(count), count.n
    if role is None:
        whole = ngettext("%(count)s person", "%(count)s people", n, count=told)
    elif role is Role.MENTOR:
        whole = ngettext("%(count)s mentor", "%(count)s mentors", n, count=told)
    else:
        whole = ngettext("%(count)s mentee", "%(count)s mentees", n, count=told)
    if n < SHARES_FROM:
        return str(whole)
    return _("%(count)s (%(share)s)", count=whole, share=share_words(count))


def answers(texts: tuple[str, ...]) -> str:
    """Return answers in quotation marks, such as “Well” or “Very well”."""
    quoted = [_("“%(text)s”", text=text) for text in texts]
    if len(quoted) < 2:
        return "".join(quoted)
    return _("%(some)s or %(last)s", some=comma().join(quoted[:-1]), last=quoted[-1])


def options_words(question: ReportQuestion, options: tuple[str, ...]) -> str:
    """Return the words of options, by their codes, as they stand in a table."""
    return " / ".join(question.words[option] for option in options)


def chosen_words(question: ReportQuestion, options: tuple[str, ...]) -> str:
    """Return the words of a question's options, by their codes, as `answers` does."""
    return answers(tuple(question.words[option] for option in options))


def reason_words(reason: Reason, rules: Rules) -> str:
    """Return why nothing is said, in a sentence."""
    return {
        Reason.GROUP_TOO_SMALL: _("Not shown: too few answers of this group could be counted."),
        Reason.QUESTION_TOO_FEW: _("Not shown: too few answers of this group to this question could be counted."),
        Reason.SENSITIVE_TOO_FEW: _(
            "Not shown: the question is sensitive, and too few answers of this group to it could be counted. At least "
            "%(answers)s are needed.",
            answers=counts.answers(max(rules.k, rules.sensitive_k)),
        ),
        Reason.ONE_ROLE: _(
            "Not shown: only one side was asked this, and the other could be worked out by subtraction."
        ),
        Reason.ROLE_TOO_FEW: _(
            "Not shown: only one side was asked this. Of one of the two sides too few answers could be counted, or too "
            "many were sent again without their receipt."
        ),
        Reason.CONDITION_HIDDEN: _(
            "Not shown: it was asked only after certain answers to another question. Too few gave these, or others; or "
            "that question is not shown in full here, or was not put to the same people."
        ),
        Reason.UNFIT: _("Not shown: asked in this way, it could give answers away."),
        Reason.WITH_EARLIER: _(
            "Not shown: together with an earlier report it could give somebody away, or the question it hangs on could."
        ),
    }[reason]


def not_asked_words(not_asked: Iterable[NotAsked]) -> tuple[str, ...]:
    """Return of each role, in a sentence, on which themes it is not asked what could never be shown."""
    those = tuple(not_asked)
    themes = {role: [_theme_not_asked(one) for one in those if one.role is role] for role in Role}
    said = []
    if themes[Role.MENTOR]:
        said.append(
            _(
                "Some questions are not asked of mentors: with so few people invited, the answers could never be "
                "shown. They are on: %(themes)s.",
                themes="; ".join(dict.fromkeys(themes[Role.MENTOR])),
            )
        )
    if themes[Role.MENTEE]:
        said.append(
            _(
                "Some questions are not asked of mentees: with so few people invited, the answers could never be "
                "shown. They are on: %(themes)s.",
                themes="; ".join(dict.fromkeys(themes[Role.MENTEE])),
            )
        )
    return tuple(said)


def _theme_not_asked(one: NotAsked) -> str:
    return _("Comments") if one.is_open else theme_name(one.theme)


def condition_words(question: ReportQuestion) -> str:
    """Return of whom a question was asked, in a sentence; empty if it was asked of everybody."""
    if question.shown_when is None:
        return ""
    asked, chosen = question.shown_when
    return _("Asked only of those who answered %(answers)s to “%(question)s”.", answers=answers(chosen), question=asked)


def theme_name(theme: str) -> str:
    """Return the heading under which the questions of a theme stand."""
    return {
        "confidence": _("Confidence"),
        "understanding": _("Understanding of each other’s experience"),
        "sharing": _("Sharing what was learned"),
        "safety": _("Safety to speak"),
        "relationship": _("The relationship in the pair"),
        "value": _("Being valued, seen and heard"),
        "behaviour": _("What leaders do"),
        "change": _("What leaders do differently"),
        "future": _("Staying here"),
        "connection": _("Connection to other work on inclusion"),
        "burden": _("Effort, and who carries it"),
        "support": _("Knowing whom to turn to"),
        "process": _("How the programme runs"),
        "harm": _("Harm"),
        "overall": _("Overall"),
        "next": _("What comes next"),
        "trust": _("Trust in this survey"),
    }.get(theme, _("Other questions"))


def interval_words(interval: Interval) -> str:
    """Return such as "39 % to 84 %"; the ends are in percent."""
    return _("%(low)s to %(high)s", low=format_percent(interval.low / 100), high=format_percent(interval.high / 100))


def signed_points(value: float) -> str:
    """Return a number of percentage points with its sign, such as "+31" or "−5"."""
    return _signed(round(value), "#,##0") if round(value) else _number(0)


def signed_decimal(value: float) -> str:
    """Return a number of two decimal places with its sign, as the language writes it, such as "+0.56" or "−0,30"."""
    return _signed(value, "0.00")


def decimal(value: float, places: int) -> str:
    """Return a number as the language writes it, such as "0.015" or "0,015"."""
    return str(format_decimal(value, f"0.{'0' * places}"))


def from_to(before: str, after: str) -> str:
    """Return such as "Kick-off → Exit"; the arrow points as the language runs."""
    return _("%(before)s → %(after)s", before=before, after=after)


def signed_range(points: Interval) -> str:
    """Return such as "+31", or "+10 to +35" where it is a range."""
    low, high = signed_points(points.low), signed_points(points.high)
    return low if low == high else _("%(low)s to %(high)s", low=low, high=high)


def points_words(points: Interval) -> str:
    """Return a difference such as "+31 points", or "+10 to +35 points" where it is a range."""
    low, high = signed_points(points.low), signed_points(points.high)
    if low == high:
        return str(ngettext("%(low)s point", "%(low)s points", abs(round(points.low)), low=low))
    most = abs(round(points.high))
    return str(ngettext("%(low)s to %(high)s point", "%(low)s to %(high)s points", most, low=low, high=high))


def in_a_hundred(points: Interval) -> str:
    """Return a difference in plain words, such as "31 more in 100" or "10 to 35 fewer in 100"."""
    size = _extent(points)
    if points.high > 0:
        return _("%(size)s more in 100", size=size)
    return _("%(size)s fewer in 100", size=size)


def likely_change(points: Interval, interval: Interval) -> str:
    """Return a change with its interval in plain words, such as "31 more in 100 (likely 10 to 52)"."""
    low, high = round(interval.low), round(interval.high)
    if low < 0 < high:
        ends = _("%(fewer)s fewer to %(more)s more", fewer=_number(-low), more=_number(high))
    else:
        ends = _extent(interval)
    return _("%(change)s (likely %(interval)s)", change=in_a_hundred(points), interval=ends)


def _extent(points: Interval) -> str:
    low, high = sorted((abs(round(points.low)), abs(round(points.high))))
    if low == high:
        return _number(low)
    return _("%(low)s to %(high)s", low=_number(low), high=_number(high))


def direction(language: str) -> str:
    """Return "rtl" for a language that is written from right to left, else "ltr"."""
    return Locale.parse(language, sep="-").text_direction


def day(value: date) -> str:
    """Return a date such as "12 June 2026"."""
    return moments.day(value, spoken().code)


# In a text that runs from the right a sign goes to the wrong side of its number, unless a mark (U+200E) holds it.
def _signed(value: float, digits: str) -> str:
    mark = "\u200e" if spoken().direction == "rtl" else ""
    return f"{mark}{format_decimal(value, f'+{digits};−{digits}')}"


def _number(value: int) -> str:
    return format_decimal(value, "#,##0")


def date_title(kind: str, number: int, stage: str, programme: str) -> str:
    """Return what a date of a wave is called in a calendar, such as "Kick-off survey opens (Pilot)"."""
    of = {"stage": stage_name(stage), "programme": programme, "number": number}
    return {
        "opening": _("%(stage)s survey opens (%(programme)s)", **of),
        "reminder": _("%(stage)s survey: reminder %(number)s (%(programme)s)", **of),
        "look": _("%(stage)s survey: look %(number)s (%(programme)s)", **of),
        "closing": _("%(stage)s survey closes (%(programme)s)", **of),
    }[kind]
