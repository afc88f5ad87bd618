"""The house keeps to its own rules where no tool checks them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 50
LONGEST_FILE = 350


def sources() -> Iterator[Path]:
    for folder in ("feedback", "forms", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources()
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_shipped_file_is_long() -> None:
    shipped = (path for path in sources() if "tests" not in path.relative_to(ROOT).parts)
    assert [str(path) for path in shipped if len(path.read_text().splitlines()) > LONGEST_FILE] == []


def test_every_shipped_module_says_what_it_owns() -> None:
    shipped = (path for path in sources() if "tests" not in path.relative_to(ROOT).parts)
    assert [str(path) for path in shipped if not ast.get_docstring(ast.parse(path.read_text()))] == []


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
    assert {"/instance/", "/.venv/", "/screenshots/"} <= set(ignored)


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
