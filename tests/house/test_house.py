"""The house keeps to its own rules where no tool checks them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 50
LONGEST_FILE = 350
RETIRED = {
    "carried": "sealed, hidden or drafted: what travels in a page",
    "beat": "heartbeat",
    "beats": "heartbeats",
    "bench": "the worker's context",
    "complaints": "refusals",
    "conversation": "an SMTP session",
    "crew": "workers, threads",
    "hands": "principals",
    "manuscript": "a document",
    "patience": "a limit in seconds, or a retry policy",
    "postmark": "the settings of a sender",
    "pouch": "the context of a batch",
    "press": "the settings of PDFs",
    "rehearse": "warm up, or simulate",
    "rhythm": "the timings of a worker",
    "seize": "lock",
    "stock": "the status",
    "tend": "watch, or do what is due",
    "thaw": "load",
    "inert": "static: what is only to be looked at",
    "twins": "duplicates; of reports alone, whose format has them, one `Twin`",
}
FOR_TESTS = {
    "downgrade": "the way back of every migration: no command takes it, tests show that it exists",
    "is_guarded": "reads the mark of a view's guard, and belongs beside what sets it",
}


def sources() -> Iterator[Path]:
    for folder in ("feedback", "forms", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def shipped() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for folder in ("feedback", "forms")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def test_no_function_is_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_shipped_file_is_long() -> None:
    assert [str(path) for path in shipped() if len(path.read_text().splitlines()) > LONGEST_FILE] == []


def test_every_shipped_module_says_what_it_owns() -> None:
    assert [str(path) for path, tree in shipped().items() if not ast.get_docstring(tree)] == []


def test_no_two_classes_share_a_name() -> None:
    """The auditor has names of its own for what the report holds: it shares no code with what it attacks."""
    places: dict[str, list[str]] = {}
    for path, tree in shipped().items():
        if path.parent.name != "auditor":
            for name in class_names(tree):
                places.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def class_names(tree: ast.Module) -> list[str]:
    """Classes and, since they are read like one, public aliases and new types."""
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    values = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    values += [node.target for node in tree.body if isinstance(node, ast.AnnAssign)]
    return [*classes, *(node.id for node in values if isinstance(node, ast.Name) and re.match("[A-Z].*[a-z]", node.id))]


def given_by(node: ast.AST) -> list[str]:
    """The name that a piece of code gives to something."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name]
    if isinstance(node, ast.arg):
        return [node.arg]
    is_new = isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store)
    return [node.id if isinstance(node, ast.Name) else node.attr] if is_new else []


def test_no_private_word_names_a_thing() -> None:
    """Each has a word that an engineer would look for."""
    names = [(path.stem, path) for path in shipped()]
    names += [(name, path) for path, tree in shipped().items() for node in ast.walk(tree) for name in given_by(node)]
    words = [
        (name, path.name, set(re.findall("[a-z]+", re.sub("([A-Z])", r"_\1", name).lower()))) for name, path in names
    ]
    given_up = [(name, file) for name, file, parts in words if RETIRED.keys() & parts and name != "twins"]
    assert given_up == []


def test_nothing_is_shipped_for_tests_alone() -> None:
    users = [*shipped().values(), *(ast.parse(path.read_text()) for path in (ROOT / "migrations").rglob("*.py"))]
    asked = {name for tree in users for name in names_asked_for(tree)}
    unused = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, tree in shipped().items()
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        if not registered(node) and node.name not in asked | FOR_TESTS.keys()
    ]
    assert unused == []


def names_asked_for(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and str(node.value).startswith("feedback.app:"):
            yield str(node.value).partition(":")[2]


def registered(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """Whether a decorator hands it to a framework, which then uses it."""
    return any(
        ast.unparse(one).partition("(")[0] not in {"cache", "contextmanager", "dataclass"}
        for one in node.decorator_list
    )


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-demo.lock", "requirements-dev.lock"])
def test_locks_pin_every_package_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text()
    pinned = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 20
    assert text.count("--hash=sha256:") >= len(pinned)
    assert not re.search(r"://|--(extra-)?index|--find-links", text)


def test_what_is_tested_is_what_is_served() -> None:
    served, demo, developed = (
        set(re.findall(r"^([a-z0-9._-]+==.*?) *\\?$", (ROOT / f"requirements{kind}.lock").read_text(), re.MULTILINE))
        for kind in ("", "-demo", "-dev")
    )
    assert served < demo < developed


def test_every_module_that_a_document_names_is_there() -> None:
    roots = [ROOT, ROOT / "feedback", ROOT / "tests"]
    for document in [ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")]:
        named = re.findall(r"`([\w/-]+/[\w-]+\.py)`", document.read_text(encoding="utf-8"))
        assert [path for path in named if not any((root / path).is_file() for root in roots)] == [], document


def test_no_check_hides_its_failure_behind_a_pipe() -> None:
    commands = [line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("\t@$(BIN)/")]
    assert commands
    assert [line for line in commands if re.search(r"[^|]\|[^|]", line)] == []


def test_nothing_that_a_run_leaves_behind_is_kept_in_git() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {"/instance/", "/.venv*/", "/screenshots/"} <= set(ignored)


def test_every_local_link_in_the_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_command_that_the_documents_name_runs_from_anywhere(tmp_path: Path) -> None:
    command = [Path(sys.executable).parent / "feedback", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "programme" in done.stdout) == (0, True), done.stderr
