"""Documents name commands that exist, with options that they have, and files that are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from feedback.cli import feedback

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SCRIPTS = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())
# A command in running text stands in backquotes; otherwise in a block that is indented or fenced.
CODE = re.compile(r"`([^`]+)`|^(?: {4}|\t)(.+)$", re.MULTILINE)
CALLS = re.compile(r"(?:(?<![\w./-])feedback|feedback-as \w+|compose run(?: -\S+)* \w+|/feedback) ([^`|;&#<>()\"'\n]+)")
LINKS = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


def code_of(document: Path) -> str:
    text = document.read_text(encoding="utf-8").replace("\\\n", " ")
    return "\n".join(inline or block for inline, block in CODE.findall(text))


def calls_in(text: str) -> Iterator[list[str]]:
    for call in CALLS.findall(text):
        yield call.split()


def fault_of(words: list[str]) -> str | None:
    """Say what is wrong with a call, asking the program itself; None if nothing is."""
    command: click.Command = feedback
    context = click.Context(command)
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        name = rest.pop(0).rstrip(".,:")
        if not name.islower():
            return None  # a word that stands for some command
        for one in name.split("|"):
            found = command.get_command(context, one)
            if found is None:
                return f"there is no command {name}"
        command = found
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help", "--version"}
    unknown = [word for word in rest if word.startswith("--") and word.split("=")[0].rstrip(".,:") not in known]
    return f"there is no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_in_a_document_exists(document: Path) -> None:
    faults = {" ".join(words): fault for words in calls_in(code_of(document)) if (fault := fault_of(words))}
    assert faults == {}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_that_deployment_calls_exists(script: Path) -> None:
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    faults = {" ".join(words): fault for words in calls_in("\n".join(lines)) if (fault := fault_of(words))}
    assert faults == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_a_document_leads_to_a_file(document: Path) -> None:
    assert [
        link for link in LINKS.findall(document.read_text(encoding="utf-8")) if not (document.parent / link).exists()
    ] == []


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("status --check", None),
        ("report export 1 --json FILE", "there is no option --json"),
        ("report expor 1", "there is no command expor"),
        ("COMMAND --help", None),
    ],
)
def test_a_call_is_held_against_the_program(call: str, fault: str | None) -> None:
    assert fault_of(call.split()) == fault


def test_there_are_many_commands_to_ask_for() -> None:
    assert sum(len(list(calls_in(code_of(document)))) for document in DOCUMENTS) > 60


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, *before, name)
        else:
            yield (*before, name)


def test_every_command_stands_in_some_document() -> None:
    named = [words for document in DOCUMENTS for words in calls_in(code_of(document))]
    assert [one for one in commands(feedback) if not any(words[: len(one)] == [*one] for words in named)] == []
