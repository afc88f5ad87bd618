"""Count the people that a wave would invite: each once, however many roles and spellings of an address they have."""

from sqlalchemy.orm import Session

from feedback.domain.errors import People, PlanRefused, sentence
from feedback.domain.roster.digests import PeopleCount
from feedback.storage.people import people_in_programme


def count_invited(session: Session, programme_id: int) -> PeopleCount:
    """Return who is invited, or raise PlanRefused if somebody would have two rights to answer in one role."""
    count = people_in_programme(session, programme_id)
    if count.repeated:
        raise PlanRefused(
            sentence(
                "The roster names people more than once in one role, at addresses of the same mailbox, such as "
                "name+one@ and name+two@ (%(number)s). Leave each of them one row in a role."
            ),
            number=count.repeated,
        )
    return count


def check_invited(session: Session, programme_id: int, k: int) -> None:
    """Raise PlanRefused if so many are not invited that anything could be reported, or as `count_invited` does."""
    invited = count_invited(session, programme_id).people
    if invited < k:
        raise PlanRefused(
            sentence(
                "The programme has %(people)s; with fewer than %(least)s nothing could ever be reported. Import a "
                "roster first."
            ),
            people=People(invited),
            least=People(k),
        )
