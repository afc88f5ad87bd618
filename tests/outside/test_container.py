"""The image is built as docs/deployment.md says, and the program in it answers."""

import subprocess

import pytest

from tests.needs import needs

pytestmark = pytest.mark.outside

IMAGE = "feedback-outside"


def test_the_image_is_built_and_knows_its_commands() -> None:
    builder = needs("buildah")
    built = subprocess.run([builder, "build", "--tag", IMAGE, "."], capture_output=True, text=True, check=False)
    if built.returncode and "initializing source docker://" in built.stderr:
        pytest.skip(f"NO BASE IMAGE: its registry cannot be reached: {built.stderr.strip().splitlines()[-1]}")
    assert built.returncode == 0, built.stderr
    container = subprocess.run([builder, "from", IMAGE], capture_output=True, text=True, check=True).stdout.strip()
    try:
        said = subprocess.run([builder, "run", container, "--", "feedback", "--help"], capture_output=True, text=True)
    finally:
        subprocess.run([builder, "rm", container], check=True, capture_output=True)
    assert "wave" in said.stdout
