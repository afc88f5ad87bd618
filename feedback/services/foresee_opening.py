"""Say before an opening what its report can never show, while the roster can still be changed."""

from sqlalchemy.orm import Session

from feedback.domain.groups import EVERYBODY, partition
from feedback.domain.questionnaires import Role
from feedback.domain.tally import asked_questions
from feedback.storage.people import roster_sizes
from feedback.storage.waves import questionnaires_of, wave_by_id

SMALLEST_FOR_COMMENTS = 10


def foresee_opening(session: Session, wave_id: int) -> tuple[str, ...]:
    """Return a sentence for each thing that can never be reported, however many answer; empty if there is none."""
    wave = wave_by_id(session, wave_id)
    sizes, k = roster_sizes(session, wave.programme_id), wave.minimum_group_size
    people = {role: sum(size for atom, size in sizes.items() if atom.role is role) for role in Role}
    invited = {role: count for role, count in people.items() if count}
    asked = {role: one for role, one in questionnaires_of(session, wave_id).items() if role in invited}
    session.rollback()
    warnings = []
    if len(invited) == 2 and partition(sizes, k)[0].name == EVERYBODY:
        own = [one.question.code for one in asked_questions(asked) if len(one.roles) == 1 and one.question.closed]
        few = ", ".join(f"{count} {role}s" for role, count in invited.items() if count < 2 * k)
        warnings.append(
            f"With {few} that role is too small to be shown on its own: everybody is one group, and the questions "
            f"that only one role is asked are never shown ({', '.join(dict.fromkeys(own))})."
        )
    enough = max(SMALLEST_FOR_COMMENTS, 2 * k)
    if sum(invited.values()) < enough:
        warnings.append(
            f"With fewer than {enough} people invited, comments are destroyed unread: they would be guessed."
        )
    return tuple(warnings)
