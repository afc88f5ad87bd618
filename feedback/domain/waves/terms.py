"""The terms of a wave, fixed at its opening and sealed: who may answer, in which groups, to which keys, at which k."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from feedback.domain.disclosure.groups import Group
from feedback.domain.links import EntitlementDigest
from feedback.domain.sealing import PublicKey
from feedback.domain.survey.questionnaires import Role


@dataclass(frozen=True)
class Terms:
    """What an opening fixes. `questionnaires` are as they are stored, so that a later release reads the same terms.

    `rights` gives (role, group name) by entitlement digest; `told` is what else was promised, as JSON can hold it.
    """

    k: int
    response_key: PublicKey
    comment_key: PublicKey
    groups: tuple[Group, ...]
    questionnaires: Mapping[Role, str]
    rights: Mapping[EntitlementDigest, tuple[str, str]]
    told: Mapping[str, object]


def terms_digest(terms: Terms) -> bytes:
    """Return SHA-256 over the terms in one canonical form, 32 bytes."""
    fixed = {
        "k": terms.k,
        "keys": [(key.key_id.hex(), key.raw.hex()) for key in (terms.response_key, terms.comment_key)],
        "groups": [_group(group) for group in terms.groups],
        "questionnaires": dict(terms.questionnaires),
        "told": dict(terms.told),
    }
    digest = hashlib.sha256(json.dumps(fixed, sort_keys=True, ensure_ascii=False).encode())
    for line in _lines(terms.rights.items()):
        digest.update(line)
    return digest.digest()


# Without the last number where there is none: waves that were opened before it existed keep their seals.
def _group(group: Group) -> tuple[object, ...]:
    told = (group.name, group.role, list(group.cohorts), group.invited)
    return (*told, group.doubled) if group.doubled else told


def _lines(rights: Iterable[tuple[EntitlementDigest, tuple[str, str]]]) -> Iterable[bytes]:
    # As JSON writes [digest, role, group]; many share the last two, which are written once.
    tails = cache(lambda *role_and_group: json.dumps(role_and_group, ensure_ascii=False)[1:])
    for entitlement, (role, group) in sorted(rights):
        yield f'\n["{entitlement.hex()}", {tails(role, group)}'.encode()
