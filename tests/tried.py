"""How often a property is tried: a few times by `make test`, many times by `make outside`."""

from typing import Any

import hypothesis
import pytest

_A_FEW, _MANY = "a few", "many"
# Machines are slow at times, and a failure must come again.
hypothesis.settings.register_profile(_A_FEW, deadline=None, derandomize=True, max_examples=30)
hypothesis.settings.register_profile(_MANY, deadline=None, derandomize=True, max_examples=200)


def pytest_configure(config: pytest.Config) -> None:
    """Set it before the modules of tests are read, which ask for it as they define theirs."""
    hypothesis.settings.load_profile(_MANY if "hypothesis" in config.option.markexpr else _A_FEW)


def tried(percent: int, **others: Any) -> hypothesis.settings:
    """Return settings for a property that is tried more or less often than others, by their number in hundredths."""
    return hypothesis.settings(max_examples=hypothesis.settings.default.max_examples * percent // 100, **others)
