"""Published reports for renderings: made by the real publisher from a handful of answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feedback.domain.disclosure.groups import Group
from feedback.domain.disclosure.publishing import publish
from feedback.domain.disclosure.tally import Tally
from feedback.domain.report.document import ReportFacts, build_report
from feedback.domain.report.report import About, Promise, Report, SignedReport, Twin
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.kinds import ONE
from feedback.domain.survey.questionnaires import Option, Order, Question, Questionnaire, Rating, Role, Section, Theme

GROUPS = (Group("mentor", Role.MENTOR, (), 40), Group("mentee", Role.MENTEE, (), 30))
PROMISE = Promise("Rea", 60, 7, was_extended=False)
K = 5


def about(stage: str = "exit", programme: str = "Pilot") -> About:
    return About("Org", programme, "reverse", "race", stage, date(2025, 3, 3), date(2025, 3, 24))


def question(code: str = "C1", text: str = "How?", options: int = 5, **changes: object) -> Question:
    """A question whose options are "0" (least favourable) to "4", with words in English and German."""
    offered = tuple(Option(str(place), {"en": f"Choice {place}", "de": f"Wahl {place}"}) for place in range(options))
    made = {"kind": ONE, "section": "s", "text": {"en": text}, "options": offered, "order": Order.RISING}
    return Question(code, **(made | {"theme": Theme.CONFIDENCE} | changes))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Said:
    """What one group answered: a rating for each field and person, None for a field left out."""

    group: str
    role: Role
    ratings: Mapping[str, Iterable[Rating]]


def facts(*asked: Question, stage: str = "exit", programme: str = "Pilot", twins: tuple[Twin, ...] = ()) -> ReportFacts:
    sections = (Section("s", {"en": "Section"}),)
    both = {role: Questionnaire(f"exit-{role}", 1, stage, role, {"en": "Q"}, sections, asked) for role in Role}
    return ReportFacts(about(stage, programme), PROMISE, K, GROUPS, both, twins)


def report(facts: ReportFacts, *said: Said, previous: str | None = None) -> Report:
    tally = Tally(facts.questionnaires, facts.groups)
    for one in said:
        for place in range(max(len(list(ratings)) for ratings in one.ratings.values())):
            tally.add(one.group, one.role, Answer({field: list(of)[place] for field, of in one.ratings.items()}))
    return build_report(facts, publish(tally, K), previous)


def simple_report(mentors: str = "0011223344", mentees: str = "", **changes: object) -> Report:
    """One question, "C1", as each letter says."""
    said = [Said("mentor", Role.MENTOR, {"C1": mentors})] if mentors else []
    said += [Said("mentee", Role.MENTEE, {"C1": mentees})] if mentees else []
    return report(facts(question(required=False, **changes)), *said)


def signed(document: Report, key: Ed25519PrivateKey | None = None) -> SignedReport:
    key = key or Ed25519PrivateKey.generate()
    return SignedReport(document, key.sign(document.json.encode()), key.public_key().public_bytes_raw())
