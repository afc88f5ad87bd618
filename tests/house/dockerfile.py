"""Just enough of a Dockerfile's grammar to read ours, and to do in a folder what its first stage does in an image."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.house.installing import lend_dependencies, run

_IMAGE_FOLDERS = re.compile(r"(?<![\w./])/(opt|build)(?=/)")


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, and the rest of it on one line."""

    word: str
    rest: str

    @property
    def sources(self) -> list[str]:
        """What a COPY takes; the last word is where to."""
        return self.rest.split()[:-1]


def stages(text: str) -> list[list[Instruction]]:
    """Return the instructions of each stage, FROM first, with the arguments before the first of them filled in."""
    found: list[list[Instruction]] = []
    arguments: dict[str, str] = {}
    for instruction in _instructions(text):
        if instruction.word == "FROM":
            found.append([Instruction("FROM", Template(instruction.rest).substitute(arguments))])
        elif found:
            found[-1].append(instruction)
        else:
            arguments |= [instruction.rest.split("=")]
    return found


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, rest = line.split(maxsplit=1)
        yield Instruction(word, " ".join(rest.split()))


@dataclass
class Replay:
    """Runs a stage with `root` for the image's file system and this machine's Python for the image's.

    Environments that it makes are lent the dependencies, so installing is checked against the locks, not downloaded.
    """

    checkout: Path
    root: Path

    def play(self, stage: list[Instruction]) -> None:
        here = self.root
        for instruction in stage:
            rest = _IMAGE_FOLDERS.sub(rf"{self.root}/\1", instruction.rest)
            if instruction.word == "WORKDIR":
                here = Path(rest)
                here.mkdir(parents=True)
            elif instruction.word == "COPY":
                self._copy(instruction.sources, here / rest.split()[-1])
            elif instruction.word == "RUN":
                run("sh", "-c", rest, cwd=here)
                self._lend()

    def _copy(self, sources: list[str], target: Path) -> None:
        for name in sources:
            source = self.checkout / name
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)

    def _lend(self) -> None:
        for mark in self.root.rglob("pyvenv.cfg"):
            lend_dependencies(mark.parent)
