"""A paper without what no document can hold. Every writer begins here, so that no comment can stop a report."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from feedback.rendering.blocks import Paper
from feedback.rendering.wording import printable


def cleaned(paper: Paper) -> Paper:
    """Return the paper with every text printable: no control characters, surrogates or noncharacters."""
    clean: Paper = _cleaned(paper)
    return clean


def _cleaned(value: Any) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _cleaned(getattr(value, field.name)) for field in fields(value)})
    return value
