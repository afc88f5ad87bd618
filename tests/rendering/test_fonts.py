"""The fonts that come with the templates are those whose hashes and licence stand beside them."""

import hashlib
import re

from feedback.resources import templates_folder

FOLDER = templates_folder() / "fonts"
LARGEST_BYTES = 4_000_000


def test_every_font_has_its_hash_in_the_list() -> None:
    listed = dict(
        re.findall(r"^\| (\S+\.ttf) \|.*`([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    )
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.ttf")}


def test_the_licence_lies_beside_the_fonts() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "LICENSE").read_text()


def test_the_fonts_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.ttf")) < LARGEST_BYTES
