"""What every mail of a wave tells, whoever gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.discretion import is_discreet
from feedback.domain.languages import Language, address_in
from feedback.domain.links import to_address
from feedback.domain.survey.duration import minutes_needed
from feedback.domain.survey.questionnaire_json import load_questionnaire
from feedback.domain.survey.questionnaires import Role
from feedback.locales.moments import clocks_of, end_of, time_of_day, weekday_and_day
from feedback.services.reports.show_key import key_address
from feedback.storage.mail_openings import openings_of
from feedback.storage.programmes import Programme, programme_by_id, words_of
from feedback.storage.support import desk_of
from feedback.storage.waves import Wave, questionnaire_asked


@dataclass(frozen=True)
class WaveFacts:
    """One wave with what its mails say of it.

    `minutes` is how long each role needs to answer; `key_address` is where the key that signs reports is shown;
    `openings` are the organisation's own, by mail and language code.
    """

    wave: Wave
    programme: Programme
    organisation: str
    base_url: str
    support: str | None
    minutes: Mapping[str, int]
    key_address: str
    openings: Mapping[tuple[str, str], str]


def facts_of(session: Session, wave: Wave, base_url: str) -> WaveFacts:
    """Return what mails say of a wave; their links begin with `base_url`."""
    programme = programme_by_id(session, wave.programme_id)
    desk = desk_of(session, programme.id)
    support = f"{base_url}/support/{to_address(desk.handle)}" if desk else None
    organisation = programme.organisation
    return WaveFacts(
        wave,
        programme,
        organisation.name,
        base_url,
        support,
        _minutes(session, wave),
        key_address(base_url, organisation.signing_public_key or b""),
        openings_of(session, wave.id),
    )


def words_in(
    facts: WaveFacts, mail: str, language: Language, *, results_url: str, minutes: int, role_of_two: str | None = None
) -> dict[str, str | None]:
    """Return what the templates of a mail fill in, in a language; `role_of_two` for somebody invited in both roles."""
    wave, programme, zone = facts.wave, facts.programme, ZoneInfo(facts.programme.time_zone)
    closes_on, closes_at = end_of(wave.closes_at.astimezone(zone))
    return {
        "opening": facts.openings.get((mail, language.code)),
        "organisation": facts.organisation,
        "programme": programme.name,
        "programme_is_discreet": "yes" if is_discreet(programme.name, _focuses(programme)) else None,
        "stage": wave.stage,
        "role_of_two": role_of_two,
        "announced_at": programme.announced_at,
        "contact_name": programme.contact_name,
        "contact_email": programme.contact_email,
        "minutes": str(minutes),
        "minimum_group_size": str(wave.minimum_group_size),
        "closes_on": weekday_and_day(closes_on, language.code),
        "closes_at": time_of_day(closes_at, language.code) if closes_at else None,
        "time_zone": clocks_of(zone, language.code),
        "may_close_early": "yes" if wave.may_close_early else None,
        "support_url": address_in(facts.support, language) if facts.support else None,
        "results_url": address_in(results_url, language),
        "receipt_url": address_in(f"{facts.base_url}/receipt", language),
        "key_url": address_in(facts.key_address, language),
        "base_url": facts.base_url,
    }


def _minutes(session: Session, wave: Wave) -> dict[str, int]:
    asked = {role: load_questionnaire(questionnaire_asked(session, wave.id, role)) for role in Role}
    return {role: minutes_needed(questionnaire) for role, questionnaire in asked.items()}


def _focuses(programme: Programme) -> list[str]:
    return [words["focus"] for words in words_of(programme).values() if "focus" in words]
