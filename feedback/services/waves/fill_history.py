"""Fill in the history of waves that opened before there was one, and alter it when what is one address changes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from feedback.domain.address import Address, at_domain, domain_of, one_address, read_domain
from feedback.domain.disclosure.groups import Atom
from feedback.domain.errors import AddressRefused, NotFound
from feedback.domain.roster.digests import person_digest
from feedback.domain.survey.questionnaires import Role
from feedback.services.waves.check_history import members_of, names_in
from feedback.services.waves.form_groups import says_nothing
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.deliveries import Invited, invited_people
from feedback.storage.history import HistoryEntry, add_history, drop_history, has_history, history_of
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation, known_organisation, organisations
from feedback.storage.scrubbing import scrub
from feedback.storage.waves import groups_of, waves_of_organisation


class Misfit(NamedTuple):
    """A group of a wave in which the roster has other than as many invitations as were sent."""

    wave_id: int
    group: str
    invited: int
    found: int


def fill_history(session: Session, keys: KeyStore) -> list[Misfit]:
    """Write down who was invited to waves of which nothing is written yet, from the people whose mails were queued.

    Removes what an earlier version left of waves that published nothing. Makes an organisation's history key where
    nothing is written yet. Cohorts are those of today: of a wave whose groups have other numbers of people by them than
    were invited, as its report says, nothing is written, and these groups are returned.
    """
    misfits = []
    for organisation in organisations(session):
        opened = [wave for wave in waves_of_organisation(session, organisation.id) if wave.opened_at is not None]
        for wave in opened:
            if says_nothing(session, wave):
                # Rewritten by the worker that begins after the upgrade.
                drop_history(session, wave.id)
        waves = [wave.id for wave in opened if not says_nothing(session, wave)]
        missing = [wave_id for wave_id in waves if not has_history(session, wave_id)]
        if missing == waves:
            keys.make_history_key(organisation.id)
        misfits += [one for wave_id in missing for one in _fill(session, keys, organisation, wave_id)]
    session.commit()
    return misfits


def unite_domains(
    session: Session, keys: KeyStore, name: str, domains: tuple[str, ...], *, now: datetime, actor: str
) -> None:
    """Let addresses at these domains of an organisation be the same person's, in waves to come and in those there were.

    Of waves whose roster is gone the history stays as it is. Raises NotFound if there is no such organisation, and
    AddressRefused unless there are two domains or more.
    """
    number = known_organisation(session, name)
    if number is None:
        raise NotFound("There is no organisation of that name. `feedback organisation create` makes it.")
    alike = {read_domain(one) for one in domains}
    if len(alike) < 2:
        raise AddressRefused("Name at least two domains whose addresses are the same people’s.")
    lock_organisation(session, number)
    organisation = session.get_one(Organisation, number, populate_existing=True)
    before = organisation.same_domains
    apart = [one for one in organisation.domains if alike.isdisjoint(one)]
    together = sorted(alike.union(*(one for one in organisation.domains if one not in apart)))
    organisation.domains = [*apart, together]
    for wave in waves_of_organisation(session, number):
        people = invited_people(session, wave.id)
        if people and not says_nothing(session, wave):
            _unite(session, wave.id, keys.history_key(number), people, (before, organisation.same_domains))
    note(session, now, actor, "united domains", f"organisation {number}")
    session.commit()
    scrub(session.get_bind().engine, HistoryEntry.__tablename__)


# By the history itself and not by the roster, whose cohorts may have been renamed since. An address may have been moved
# to another of the domains since, too.
def _unite(
    session: Session,
    wave_id: int,
    key: bytes,
    people: list[Invited],
    domains: tuple[Mapping[str, str], Mapping[str, str]],
) -> None:
    before, now = domains
    became: dict[bytes, bytes] = {
        person_digest(key, spelled, before): person_digest(key, address, now)
        for address, _role, _cohort in people
        for spelled in _spellings(address, now)
    }
    members = history_of(session, wave_id).items()
    drop_history(session, wave_id)
    add_history(session, wave_id, {name: {became.get(one, one) for one in digests} for name, digests in members})


def _spellings(address: Address, same_domains: Mapping[str, str]) -> Iterator[Address]:
    """Yield a person's address at each of the domains that are one."""
    plain = one_address(address, same_domains)
    domain = domain_of(plain)
    for alike in [one for one, other in same_domains.items() if other == domain] or [domain]:
        yield at_domain(plain, alike)


def _fill(session: Session, keys: KeyStore, organisation: Organisation, wave_id: int) -> list[Misfit]:
    groups, people = groups_of(session, wave_id), invited_people(session, wave_id)
    atoms = Counter(Atom(Role(role), cohort) for _address, role, cohort in people)
    found = Counter(name for atom in atoms.elements() for name in names_in(atom, groups))
    misfits = [
        Misfit(wave_id, one.name, one.rights, found[one.name]) for one in groups if found[one.name] != one.rights
    ]
    if not misfits:
        add_history(session, wave_id, members_of(keys, organisation, people, groups))
    # Where nobody is left on the roster, nothing can be mended.
    return misfits if people else []
