"""The questionnaires that ship with the product, and an organisation's own, read from their files and checked."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.states import SEQUENCE

STAGES = SEQUENCE
"""What a programme asks, in the order in which it asks."""
_FOLDER = files("forms") / "questionnaires"
_SUFFIX = ".toml"


def available() -> tuple[str, ...]:
    """Return the names of all questionnaires, sorted."""
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in _FOLDER.iterdir() if file.name.endswith(_SUFFIX)))


@cache
def load(name: str) -> Questionnaire:
    """Return the questionnaire called `name`; raises QuestionnaireRefused for an unknown name or a wrong file."""
    return read_questionnaire(text_of(name), f"{name}{_SUFFIX}")


def text_of(name: str) -> str:
    """Return the text of the file of the questionnaire called `name`; QuestionnaireRefused for an unknown name."""
    # Only a listed name becomes a path, so that no name can lead out of the folder.
    if name not in available():
        raise QuestionnaireRefused(f"There is no such questionnaire; use one of {', '.join(available())}.")
    return (_FOLDER / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def read_file(file: Path) -> Questionnaire:
    """Return the questionnaire in an organisation's own file, or raise QuestionnaireRefused with every problem."""
    try:
        return read_questionnaire(file.read_text(encoding="utf-8"), file.name)
    except UnicodeDecodeError:
        raise QuestionnaireRefused(f"{file.name}: is not UTF-8 text; save it as UTF-8.") from None
    except OSError:
        raise QuestionnaireRefused(f"{file.name}: cannot be read; check that it is a file and yours to read.") from None


def pair(stage: str, folder: Path | None = None) -> dict[Role, Questionnaire]:
    """Return both roles' questionnaires of a stage such as "kickoff", from `folder` or from those that ship.

    Raises QuestionnaireRefused unless the stage has exactly one for each role, or if a file of the folder is wrong.
    """
    asked = map(load, available()) if folder is None else map(read_file, _files_in(folder))
    return _pair(stage, tuple(asked))


def _files_in(folder: Path) -> list[Path]:
    found = sorted(folder.glob(f"*{_SUFFIX}"))
    if not found:
        raise QuestionnaireRefused(f"{folder.name}: holds no files that end in {_SUFFIX}; name the folder they lie in.")
    return found


def _pair(stage: str, asked: Iterable[Questionnaire]) -> dict[Role, Questionnaire]:
    asked = tuple(asked)
    found = [questionnaire for questionnaire in asked if questionnaire.stage == stage]
    if sorted(questionnaire.role for questionnaire in found) != sorted(Role):
        stages = ", ".join(sorted({questionnaire.stage for questionnaire in asked}))
        raise QuestionnaireRefused(
            f"That stage does not have one questionnaire for each role; add the missing file or use one of {stages}."
        )
    return {questionnaire.role: questionnaire for questionnaire in found}
