"""A paper without what no document can hold. Every writer begins here, so that no comment can stop a report."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from feedback.rendering.wording import printable


def cleaned(value: Any) -> Any:
    """Return a paper with every text printable: no control characters, surrogates or noncharacters."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return tuple(cleaned(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: cleaned(getattr(value, field.name)) for field in fields(value)})
    return value
