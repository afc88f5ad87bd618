"""A seal over the terms of a wave as the database holds them, made at the opening and compared at the close."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from feedback.domain.links import EntitlementDigest, LinkKey, terms_seal
from feedback.domain.waves.terms import Terms, terms_digest
from feedback.storage.waves import Wave, groups_of, questionnaire_texts

_TOLD = ("reviewer_name", "comment_days", "key_backup_days", "may_close_early", "invited_sizes", "twins")


def seal_terms(
    session: Session, key: LinkKey, wave: Wave, rights: Mapping[EntitlementDigest, tuple[str, str]]
) -> bytes:
    """Return the seal over everything that is fixed about a wave, with its `rights`: (role, group name) by digest."""
    terms = Terms(
        k=wave.minimum_group_size,
        response_key=wave.response_key,
        comment_key=wave.comment_key,
        groups=groups_of(session, wave.id),
        questionnaires=questionnaire_texts(session, wave.id),
        rights=rights,
        told={name: getattr(wave, name) for name in _TOLD} | _told_if_known(wave),
    )
    return terms_seal(key, terms_digest(terms))


# Waves that were opened before there were approvals, a pepper, or choices of groups keep their seals.
def _told_if_known(wave: Wave) -> dict[str, object]:
    told: dict[str, object] = {name: True for name in ("roster_was_approved", "has_pepper") if getattr(wave, name)}
    grouped = {"grouping": wave.grouping, "not_asked": wave.not_asked} if wave.shows_sides else {}
    return {**told, **grouped}
