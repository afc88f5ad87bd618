"""Programs that some tests need and pip does not install: `.ci/run` does, and accepts no skipped test."""

import os
import shutil

import pytest


def needs(program: str) -> str:
    """Where a program is; without it the test is skipped. The variable of its name may say where."""
    path = os.environ.get(program.upper()) or shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        pytest.skip(
            f"NO {program.upper()}: install it or set {program.upper()} to its path; nothing was tested with it"
        )
    return path
