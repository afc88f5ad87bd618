"""The questionnaires that ship with the product, read from their files and checked."""

from functools import cache
from importlib.resources import files

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.questionnaire_files import read_questionnaire
from feedback.domain.questionnaires import Questionnaire, Role

_FOLDER = files("forms") / "questionnaires"
_SUFFIX = ".toml"


def available() -> tuple[str, ...]:
    """Return the names of all questionnaires, sorted."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _FOLDER.iterdir() if file.name.endswith(_SUFFIX)))


@cache
def load(name: str) -> Questionnaire:
    """Return the questionnaire called `name`; raises QuestionnaireRefused for an unknown name or a wrong file."""
    # Only a listed name becomes a path, so that no name can lead out of the folder.
    if name not in available():
        raise QuestionnaireRefused(f"There is no such questionnaire; use one of {', '.join(available())}.")
    file = f"{name}{_SUFFIX}"
    return read_questionnaire((_FOLDER / file).read_text(encoding="utf-8"), file)


def pair(stage: str) -> dict[Role, Questionnaire]:
    """Return both roles' questionnaires of a stage such as "kickoff".

    Raises QuestionnaireRefused unless the stage has exactly one for each role.
    """
    found = [questionnaire for questionnaire in map(load, available()) if questionnaire.stage == stage]
    if sorted(questionnaire.role for questionnaire in found) != sorted(Role):
        stages = ", ".join(sorted({load(name).stage for name in available()}))
        raise QuestionnaireRefused(
            f"That stage does not have one questionnaire for each role; add the missing file or use one of {stages}."
        )
    return {questionnaire.role: questionnaire for questionnaire in found}
