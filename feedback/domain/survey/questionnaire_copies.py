"""A questionnaire file as the start of another: its text, without the questions that are switched off."""

import re
from collections.abc import Collection

from feedback.domain.errors import QuestionnaireRefused

_BLOCK = re.compile(r"^(?=\[\[(?:questions|sections)\]\]|\[scales\.)", re.MULTILINE)
_QUESTION, _SECTION, _SCALE = "[[questions]]", "[[sections]]", "[scales."


def copied(text: str, without: Collection[str]) -> str:
    """Return the TOML `text` of a questionnaire without some questions, by code, and what only they needed.

    Raises QuestionnaireRefused for a code that it does not have, or if nothing to choose from would be left.
    """
    head, *blocks = _BLOCK.split(text)
    known = [_value(one, "code") for one in blocks if one.startswith(_QUESTION)]
    unknown = [code for code in without if code not in known]
    if unknown:
        raise QuestionnaireRefused(f"It has no question {', '.join(unknown)}; switch off some of {', '.join(known)}.")
    kept = [one for one in blocks if not (one.startswith(_QUESTION) and _value(one, "code") in without)]
    questions = [one for one in kept if one.startswith(_QUESTION)]
    if all(_value(one, "kind") == "text" for one in questions):
        raise QuestionnaireRefused("Nothing that is answered by choosing would be left; keep one such question.")
    used = {_value(one, key) for one in questions for key in ("section", "scale")}
    return head + "".join(one for one in kept if _is_used(one, used))


def _is_used(block: str, used: Collection[str]) -> bool:
    if block.startswith(_SECTION):
        return _value(block, "code") in used
    return not block.startswith(_SCALE) or block.removeprefix(_SCALE).partition("]")[0] in used


def _value(block: str, key: str) -> str:
    found = re.search(rf'^{key} = "([^"]*)"', block, re.MULTILINE)
    return found.group(1) if found else ""
