"""The walls hold for code that nobody has written yet: planted in a copy, it is named and refused by the linter."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

from feedback.storage.tables import Base, KeyBase

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
MAY_IMPORT = {
    module: contract["allowed_importers"]
    for contract in CONTRACTS
    if contract["type"] == "protected"
    for module in contract["protected_modules"]
}
APART = [contract for contract in CONTRACTS if contract["type"] == "apart"]
PLACES = [
    ".".join(package.parent.relative_to(ROOT).parts)
    for name in ("services", "storage", "reporting", "worker", "web", "cli")
    for package in sorted((ROOT / "feedback" / name).rglob("__init__.py"))
]
OPEN_TABLES = {
    "api_keys": "digests of keys for programs of organisations, and who on the staff made them",
    "audit_log": "what staff and the service did; a participant by number, where an address was mended",
    "audit_log_chain": "digests of what the audit log says",
    "epochs": "which waves were opened and closed, in order; holds no time, participant, right or response",
    "epoch_mirror": "the same, in the key store",
    "journal_key": "the public half of the key that signs the journal",
    "logos": "pictures that stand on organisations' reports",
    "kept_forms": "what staff sent after their session had ended, sealed to their browsers",
    "mail_openings": "with which sentences of its own an organisation begins its emails to everybody",
    "notices": "what coordinators tell everybody about a report",
    "organisations": "their settings and public keys",
    "passkeys": "public halves of the passkeys of staff, who are no participants here",
    "passkey_letters": "which staff are to be told what was done with their passkeys",
    "pepper": "the fingerprint of the participants' pepper, which is no secret",
    "programme_questionnaires": "what coordinators want to be asked",
    "programmes": "their settings and words",
    "programme_endings": "when a programme ended, and why its names are kept for longer",
    "quiet_times": "when no mails go out",
    "relay_pace": "when the relay takes the next mails",
    "reports": "published reports",
    "results": "digests of the addresses of published reports",
    "sign_in_providers": "where staff sign in, and which of their accounts are whose there",
    "sign_in_requests": "addresses that somebody typed to sign in, of staff or of nobody",
    "staff": "accounts of staff, who are no participants here",
    "staff_invitations": "which staff are to be told that they were given access",
    "staff_letters": "which staff are to be told what of which survey, or that somebody asks for support",
    "trial_mails": "which staff are to be sent the emails of which survey, as a test",
    "web_hooks": "which other systems are told what of which survey, and whether they answered",
    "waves": "calendars, questionnaires and sizes of groups",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for tree in ("feedback", "forms"):
        shutil.copytree(ROOT / tree, tmp_path / tree, ignore=shutil.ignore_patterns("__pycache__", "translations"))
    for name in ("pyproject.toml", "tests/house/apart.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def plant(copy: Path, module: str, *imports: str) -> None:
    path = copy / f"{module.replace('.', '/')}.py"
    assert not path.exists()
    path.write_text("".join(f"import {one}\n" for one in imports))


def lint(copy: Path) -> tuple[int, str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    wide = os.environ | {"COLUMNS": "1000"}
    done = subprocess.run(command, cwd=copy, env=wide, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_the_linter_keeps_every_contract_of_an_unaltered_copy(copy: Path) -> None:
    status, report = lint(copy)
    assert (status, re.findall(r"(\d+) kept, (\d+) broken", report)) == (0, [(str(len(CONTRACTS)), "0")]), report


def test_a_new_file_reaches_nothing_protected_itself_or_through_another_new_one(copy: Path) -> None:
    planted = set()
    for place, protected in itertools.product(PLACES, MAY_IMPORT):
        direct, through, second = (
            f"{place}.{how}_{protected.replace('.', '_')}" for how in ("direct", "through", "second")
        )
        plant(copy, direct, protected)
        plant(copy, through, second)
        plant(copy, second, protected)
        planted |= {(direct, protected), (second, protected)}
    status, report = lint(copy)
    assert status == 1
    assert planted - set(re.findall(r"^- (\S+) -> (\S+) \(l\.", report, re.MULTILINE)) == set()


def test_a_new_file_brings_nothing_together_through_files_that_are_there(copy: Path) -> None:
    services, planted = services_by_table(), {}
    for number, contract in enumerate(APART):
        one, other = (next(services[table] for table in contract[side]) for side in ("one_side", "other_side"))
        meets, takes, later = (f"feedback.services.waves.{how}_{number}" for how in ("meets", "takes", "later"))
        plant(copy, meets, one, other)
        plant(copy, takes, one)
        plant(copy, later, takes, other)
        planted[contract["name"]] = {meets, later}
    status, report = lint(copy)
    said = dict(re.findall(r"^(The wall: .+)\n-+\n\n((?:[- ] .+\n)+)", report, re.MULTILINE))
    assert status == 1
    assert {name: both - set(re.findall(r"^- (\S+)", said[name], re.MULTILINE)) for name, both in planted.items()} == {
        name: set() for name in planted
    }


def test_a_new_page_for_participants_reaches_no_person_through_files_that_are_there(copy: Path) -> None:
    plant(copy, "feedback.web.participants.planted", "feedback.services.programmes.show_programmes")
    status, report = lint(copy)
    assert (status, "feedback.web.participants.planted -> feedback.services.programmes" in report) == (1, True)


def services_by_table() -> dict[str, str]:
    graph = grimp.build_graph("feedback", cache_dir=None)
    return {
        table: next(name for name in sorted(graph.find_modules_that_directly_import(table)) if ".services." in name)
        for table in MAY_IMPORT
        if ".storage." in table
    }


def test_whoever_may_import_a_table_is_a_file_that_does() -> None:
    graph = grimp.build_graph("feedback", cache_dir=None)
    for module, importers in MAY_IMPORT.items():
        assert graph.find_modules_that_directly_import(module) == set(importers), module


def test_every_table_is_behind_a_wall_or_open_for_a_reason() -> None:
    modules = {mapper.class_.__module__ for base in (Base, KeyBase) for mapper in base.registry.mappers}
    open_tables = {f"feedback.storage.{name}" for name in OPEN_TABLES}
    sides = {table for contract in APART for side in ("one_side", "other_side") for table in contract[side]}
    assert modules - set(MAY_IMPORT) == open_tables
    assert modules - sides == open_tables


def test_what_storage_builds_on_a_protected_table_is_protected_too() -> None:
    behind = {one for importers in MAY_IMPORT.values() for one in importers if one.startswith("feedback.storage.")}
    assert behind <= set(MAY_IMPORT)
