"""Documents name commands that exist, with options that they have, and files that are there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from feedback.cli import feedback

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DEPLOYED = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())
SCRIPTS = [*DEPLOYED, ROOT / "compose.yaml"]
# A command in running text stands in backquotes; otherwise in a block that is indented or fenced.
CODE = re.compile(r"`([^`]+)`|^(?: {4}|\t)(.+)$", re.MULTILINE)
CALLS = re.compile(
    r"(?:(?<![\w./-])feedback|feedback-as \w+|compose run(?: --volume \S+| -\S+)* \w+|/feedback) ([^`|;&#<>()\"'\n]+)"
)
# What a container is told stands in an array; one of another program begins with its name.
ARRAYS = re.compile(r"^(?: *command:|CMD) (\[.+\])$", re.MULTILINE)
DISCARDED = re.compile(
    r"[^.:]*\b(?:week|seven days)\b[^.]*discarded[^.]*|[^.:]*discarded[^.]*\b(?:week|seven days)\b[^.]*"
)
MODULES = re.compile(r"`([\w./-]+/[\w-]+\.py)`")
HOMES = (ROOT, ROOT / "feedback", ROOT / "tests")
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
    faults = {
        " ".join(words): fault for words in calls_of(script.read_text(encoding="utf-8")) if (fault := fault_of(words))
    }
    assert faults == {}


def calls_of(script: str) -> Iterator[list[str]]:
    """The calls of a script, of the arrays in it, and in backquotes of its remarks."""
    lines = script.splitlines()
    for line in lines:
        is_remark = line.lstrip().startswith("#")
        for text in re.findall(r"`([^`]+)`", line) if is_remark else [line]:
            yield from calls_in(text)
    yield from told_in(script)


def told_in(script: str) -> Iterator[list[str]]:
    yield from map(json.loads, ARRAYS.findall(script))


def test_what_the_image_runs_exists() -> None:
    assert [fault_of(words) for words in told_in((ROOT / "Dockerfile").read_text(encoding="utf-8"))] == [None]


@pytest.mark.parametrize(
    "line",
    [
        '    command: ["db", "upgrad"]',
        'CMD ["serv"]',
        "docker compose run --rm --volume a:b:ro staff roster imprt 1",
        "# As `feedback status --chek` says.",
    ],
)
def test_a_call_that_is_wrong_is_seen(line: str) -> None:
    assert [fault for words in calls_of(line) if (fault := fault_of(words))] != []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_a_document_leads_to_a_file(document: Path) -> None:
    assert [
        link for link in LINKS.findall(document.read_text(encoding="utf-8")) if not (document.parent / link).exists()
    ] == []


def all_commands(command: click.Command = feedback, *path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from all_commands(one, *path, name)
    else:
        yield " ".join(path)


def test_the_list_of_commands_is_whole() -> None:
    listed = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert [name for name in all_commands() if f"feedback {name}" not in listed] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_that_a_document_names_is_there(document: Path) -> None:
    named = MODULES.findall(document.read_text(encoding="utf-8"))
    assert [name for name in named if not any((folder / name).is_file() for folder in HOMES)] == []


def discarding() -> Iterator[tuple[str, str]]:
    """The sentences that say when a wave is discarded, with their files."""
    for path in (*DOCUMENTS, *SCRIPTS, *ROOT.glob("templates/**/*.*"), *ROOT.glob("feedback/**/*.py")):
        if path.suffix in {".md", ".yml", ".html", ".txt", ".py"}:
            text = " ".join(path.read_text(encoding="utf-8").replace('"', " ").split())
            if "discarded" in text:
                yield from ((str(path.relative_to(ROOT)), sentence) for sentence in DISCARDED.findall(text))


def test_all_that_say_when_a_wave_is_discarded_say_the_same() -> None:
    found = list(discarding())
    assert {
        "docs/protocol.md",
        "docs/operations.md",
        "deploy/alerts.yml",
        "templates/staff/wave_standing.html",
    } <= dict(found).keys()
    assert [(place, said) for place, said in found if "or a day after" not in said] == []


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
