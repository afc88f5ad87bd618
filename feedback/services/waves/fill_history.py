"""Fill in the history of waves that opened before there was one, and write it anew when what is one address changes."""

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.address import read_domain
from feedback.domain.errors import AddressRefused, NotFound
from feedback.services.waves.check_history import members_of
from feedback.services.waves.form_groups import says_nothing
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation
from feedback.storage.deliveries import invited_people
from feedback.storage.history import add_history, drop_history, has_history
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation, known_organisation, organisations
from feedback.storage.waves import groups_of, waves_of_organisation


def fill_history(session: Session, keys: KeyStore) -> None:
    """Write down who was invited to waves of which nothing is written yet, from the people whose mails were queued.

    Removes what an earlier version left of waves that published nothing. Makes an organisation's history key where
    nothing is written yet. Cohorts are those of today: whoever has one that no group of the wave has is left out.
    """
    for organisation in organisations(session):
        opened = [wave for wave in waves_of_organisation(session, organisation.id) if wave.opened_at is not None]
        for wave in opened:
            if says_nothing(session, wave):
                drop_history(session, wave.id)
        waves = [wave.id for wave in opened if not says_nothing(session, wave)]
        missing = [wave_id for wave_id in waves if not has_history(session, wave_id)]
        if missing == waves:
            keys.make_history_key(organisation.id)
        _fill(session, keys, organisation, missing)
    session.commit()


def unite_domains(
    session: Session, keys: KeyStore, name: str, domains: tuple[str, ...], *, now: datetime, actor: str
) -> None:
    """Let addresses at these domains of an organisation be the same person's, in waves to come and in those there were.

    Of waves whose roster is gone the history stays as it is. Raises NotFound if there is no such organisation, and
    AddressRefused unless there are two domains or more.
    """
    number = known_organisation(session, name)
    if number is None:
        raise NotFound("There is no organisation of that name; it is created with its first programme.")
    alike = {read_domain(one) for one in domains}
    if len(alike) < 2:
        raise AddressRefused("Name at least two domains whose addresses are the same people’s.")
    lock_organisation(session, number)
    organisation = session.get_one(Organisation, number, populate_existing=True)
    apart = [one for one in organisation.domains if alike.isdisjoint(one)]
    together = alike.union(*(one for one in organisation.domains if one not in apart))
    organisation.domains = [*apart, sorted(together)]
    known = [wave for wave in waves_of_organisation(session, number) if not says_nothing(session, wave)]
    waves = [wave.id for wave in known if invited_people(session, wave.id)]
    for wave_id in waves:
        drop_history(session, wave_id)
    _fill(session, keys, organisation, waves)
    note(session, now, actor, "united domains", f"organisation {number}")
    session.commit()


def _fill(session: Session, keys: KeyStore, organisation: Organisation, waves: list[int]) -> None:
    for wave_id in waves:
        groups, people = groups_of(session, wave_id), invited_people(session, wave_id)
        add_history(session, wave_id, members_of(keys, organisation, people, groups))
