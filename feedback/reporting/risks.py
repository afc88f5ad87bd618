"""What a coordinator should act on now, read off the published statements by fixed rules. Warns early, never blames."""

from collections.abc import Iterator

from flask_babel import gettext as _

from feedback.domain.disclosure.counts import unfavourable, unfavourable_options
from feedback.domain.disclosure.statements import Distribution, DominanceBand
from feedback.domain.report.reading import GroupResult, ReportQuestion
from feedback.domain.report.report import RateResult
from feedback.domain.survey.questionnaires import Role, Theme
from feedback.rendering.blocks import Items, PaperSection, Paragraph, Tone
from feedback.reporting.words import answers, count_words, group_name, share_words

_RISKY = {Theme.SAFETY, Theme.RELATIONSHIP, Theme.VALUE, Theme.BURDEN, Theme.PROCESS, Theme.TRUST}
WORRYING = 1 / 3
"""From this share of unfavourable answers on, a question is a risk to act on."""
_LOW_RATE = 1 / 2
_BURDENS = {("P3", Role.MENTOR, "mentor")}
"""Questions without an order in which one option, chosen by half of a role, shows that it carries a burden alone."""


def risks_section(questions: tuple[ReportQuestion, ...], rates: tuple[RateResult, ...]) -> PaperSection:
    """Return the risks, harm first; or say that the numbers show none."""
    risks = [*_harm(questions), *_unfavourable(questions), *_burdens(questions), *_rates(rates)]
    none = Paragraph(_("No published number points to a risk. What was not shown, or not asked, may still hold one."))
    caution = Paragraph(_("A warning here is a reason to ask and to help, not to look for who said it."), Tone.QUIET)
    blocks = (Items(tuple(risks)), caution) if risks else (none,)
    return PaperSection("risks", _("What to act on now"), blocks)


def _harm(questions: tuple[ReportQuestion, ...]) -> Iterator[str]:
    for question in questions:
        if question.theme is not Theme.HARM:
            continue
        for result in question.results:
            yield _harm_in(question, result)


def _harm_in(question: ReportQuestion, result: GroupResult) -> str:
    group = group_name(result.group)
    if not result.bars:
        return _(
            "%(group)s: nothing can be shown on “%(question)s”. That is no sign that there was no harm: make known "
            "where help is.",
            group=group,
            question=question.text,
        )
    worse = result.bars[0]
    said = _(
        "%(group)s: %(count)s chose %(answers)s on “%(question)s”.",
        group=group,
        count=count_words(worse.count),
        answers=answers(worse.texts),
        question=question.text,
    )
    one_too_many = _("One would be one too many: make known where help is.")
    advice = _("Offer help to everybody, now.") if worse.count.low else one_too_many
    return f"{said} {advice}"


def _unfavourable(questions: tuple[ReportQuestion, ...]) -> Iterator[str]:
    for question in questions:
        chosen = unfavourable_options(question.option_codes, question.order)
        if question.theme not in _RISKY or question.sensitive or not chosen:
            continue
        for result in question.results:
            for said in result.said:
                if isinstance(said, Distribution | DominanceBand):
                    count = unfavourable(question.option_codes, question.order, said)
                    if count.low >= WORRYING * count.n:
                        yield _(
                            "%(group)s: %(count)s (%(share)s) chose %(answers)s on “%(question)s”",
                            group=group_name(result.group),
                            count=count_words(count),
                            share=share_words(count),
                            answers=answers(tuple(question.words[option] for option in chosen)),
                            question=question.text,
                        )


def _burdens(questions: tuple[ReportQuestion, ...]) -> Iterator[str]:
    for question in questions:
        for result in question.results:
            for bar in result.bars:
                burden = len(bar.options) == 1 and (question.code, result.group.role, bar.options[0]) in _BURDENS
                if burden and 2 * bar.count.low >= bar.count.n:
                    yield _(
                        "%(group)s: %(count)s carry the work themselves (%(answers)s on “%(question)s”).",
                        group=group_name(result.group),
                        count=count_words(bar.count),
                        answers=answers(bar.texts),
                        question=question.text,
                    )


def _rates(rates: tuple[RateResult, ...]) -> Iterator[str]:
    for rate in rates:
        if rate.answered is None or rate.answered < _LOW_RATE * rate.group.rights:
            yield _(
                "%(group)s: few of the possible answers could be counted. Those who did not answer may think "
                "otherwise; ask what keeps them from it.",
                group=group_name(rate.group),
            )
