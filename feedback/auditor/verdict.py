"""What an audit says: findings in plain words, and whether the report may be shown."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    `rule` is "D1", "D2", "D2i" or "D3" for what could be learned about people; "rules", "partition" or
    "inconsistent" for a report that is not as the published rules say; "unknown" for what the auditor does not
    understand; "limit" for what it could not decide. `question` and `group` may be empty.

    `questions` and `groups` are what must not be said together for it to go away: codes, and names of the reports'
    groups. Empty: that cannot be told.
    """

    rule: str
    question: str
    group: str
    sentence: str
    questions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The outcome of an audit: passed exactly if there are no findings."""

    passed: bool
    findings: tuple[Finding, ...]


def verdict_of(findings: list[Finding]) -> Verdict:
    """Return the verdict on these findings; equal ones count once.

    Names come from strangers, so letters that do not print, such as those that steer a terminal, are spelt out.
    """
    distinct = tuple(dict.fromkeys(_spelt_out(one) for one in findings))
    return Verdict(not distinct, distinct)


def _spelt_out(finding: Finding) -> Finding:
    question, group, sentence = (_printable(text) for text in (finding.question, finding.group, finding.sentence))
    return replace(finding, question=question, group=group, sentence=sentence)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


_PASSED = (
    "Passed: whatever answers fit these numbers were tried, also with one colleague's own answer known, and nobody's "
    "option came out as certain. Not tried: two colleagues together, and what is known from elsewhere."
)


def in_words(verdict: Verdict) -> str:
    """Return the verdict for people, a line for each finding."""
    if verdict.passed:
        return _PASSED
    lines = [f"  [{one.rule}] {_place(one)}{one.sentence}" for one in verdict.findings]
    return "\n".join([f"Failed: {_how_many(len(lines))}.", *lines])


def _place(finding: Finding) -> str:
    place = ", ".join(part for part in (finding.question, finding.group) if part)
    return f"{place}: " if place else ""


def _how_many(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"
