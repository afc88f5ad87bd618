"""How to read a report, in plain words, with the numbers of its own rules; and how to check that nobody altered it."""

import base64

from flask_babel import gettext as _

from feedback.domain.report.report import Rules, SignedReport
from feedback.locales import counts
from feedback.rendering.blocks import Facts, Items, Paragraph
from feedback.rendering.paper import PaperSection

MOST_RECEIPTS = 500
"""More fingerprints than these stand in the data file only: nobody looks through pages and pages of them."""


def method_section(rules: Rules, doubled: int) -> PaperSection:
    """Return the rules by which numbers appear, and the limits of what they say; `doubled` people are in both roles."""
    told = _rules(rules) + _twice(rules, doubled)
    return PaperSection("method", _("How to read this report"), (Items(told), Items(_limits())))


def proof_section(signed: SignedReport, key_address: str) -> PaperSection:
    """Return receipts, hashes, signature and where its key is shown, with what they are good for."""
    receipts = tuple((str(place), digest) for place, digest in enumerate(signed.report.receipts, start=1))
    if len(receipts) > MOST_RECEIPTS:
        receipts = ((_("Number of receipts"), _("%(count)s; the data file lists them", count=len(receipts))),)
    looking = _(
        "Whoever kept a receipt can look for its fingerprint here: the SHA-256 of the receipt’s 16 bytes, "
        "without the dashes, as hexadecimal."
    )
    checking = _(
        "The organisation has signed the data of this report. Whoever changes a number, or takes a report "
        "out of the row, breaks the signature or the chain."
    )
    explained = (Paragraph(looking), Facts(receipts, _("Receipts of the answers that were counted")))
    signature = (Paragraph(checking), Facts((*_hashes(signed), *_shown_at(key_address)), _("Check this report")))
    return PaperSection("proof", _("Proof"), (*explained, *signature) if receipts else signature, is_folded=True)


def _rules(rules: Rules) -> tuple[str, ...]:
    return (
        _(
            "Groups were fixed before the first email. A group of which fewer than %(people)s answered is not shown "
            "and is in no total, and neither is a question that fewer than %(people)s of a group answered.",
            people=counts.people(rules.k),
        ),
        _(
            "Whoever answers a second time with the same link must show the receipt of the first answer; otherwise "
            "neither is counted. A group in which that happened to more than one in five of the links used is not "
            "shown, and reads like one of which too few answered."
        ),
        _near_unanimity(rules),
        _(
            "Sensitive questions need %(answers)s. They are shown only as “so bad or worse”, in steps of %(band)s.",
            answers=counts.answers(max(rules.k, rules.sensitive_k)),
            band=rules.sensitive_band,
        ),
        _(
            "Where a question was asked for “before” and “now”, the answers for now are shown, and how many say that "
            "it was worse before. Memory plays a part in that: it often shows more change than two separate surveys do."
        ),
        _(
            "“Prefer not to say” is not counted, and neither is a question that was left open. So questions differ in "
            "how many people they count."
        ),
        _("Where people could tick several answers, each answer is counted by itself."),
        _(
            "Before it was published, an independent program attacked this report: it tried whatever answers fit "
            "these numbers, also with the own answer of one colleague known, and nobody’s option came out as certain. "
            "Two colleagues together, and what is known from elsewhere, were not tried."
        ),
    )


def _twice(rules: Rules, doubled: int) -> tuple[str, ...]:
    if not doubled:
        return ()
    return (
        _(
            "People who were invited in both roles, and may answer twice: %(doubled)s. So where both roles are counted "
            "together, %(answers)s are needed, and “at least” leaves twice as many open.",
            doubled=doubled,
            answers=counts.answers(rules.k + doubled),
        ),
    )


def _near_unanimity(rules: Rules) -> str:
    if rules.wide_band is None:
        return _(
            "If all of a group but %(band)s or fewer agree, only “at least” is said, and no exact numbers. So "
            "nobody’s own choice can be made certain, not even by a colleague who subtracts theirs.",
            band=rules.band,
        )
    return _(
        "If all of a group but %(band)s or fewer agree, or %(wide_band)s from %(answers)s on, or one in "
        "%(band_per)s of many, only “at least” is said, and no exact numbers. So nobody’s own choice can be made "
        "certain, not even by a colleague who subtracts theirs.",
        band=rules.band,
        wide_band=rules.wide_band,
        answers=counts.answers(rules.wide_from or 0),
        band_per=rules.band_per,
    )


def _limits() -> tuple[str, ...]:
    return (
        _(
            "An interval says how far the share might lie from what was counted by chance alone, had the same people "
            "been asked by lot from many like them (95%; Wilson’s for a share, Newcombe’s for a difference)."
        ),
        _(
            "“More than chance alone explains” is said only where that holds after all comparisons of this report were "
            "allowed for (Holm, 5%). Nothing is said so of a single group."
        ),
        _("Of twenty shares that did not change at all, one will look as if it had. One number alone proves little."),
        _("Those who answered may differ from those who did not. Nobody knows who they are."),
        _(
            "There was no group without the programme to compare with. So the report says what changed, not what "
            "caused it."
        ),
        _("The answers themselves were destroyed when this report was made. There is nothing more to look up."),
    )


def _hashes(signed: SignedReport) -> tuple[tuple[str, str], ...]:
    report, none = signed.report, _("None: this is the programme’s first report.")
    return (
        (_("Statement hash (SHA-256 of the published statements)"), report.statement_hash),
        (_("Chain hash (with the programme’s report before)"), report.chain_hash),
        (_("Chain hash of the report before"), report.previous or none),
        (_("Signature (Ed25519, base64)"), base64.b64encode(signed.signature).decode()),
        (_("Public key (base64)"), base64.b64encode(signed.public_key).decode()),
    )


def _shown_at(key_address: str) -> tuple[tuple[str, str], ...]:
    return ((_("Where the organisation shows this key"), key_address),) if key_address else ()
