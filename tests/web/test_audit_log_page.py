"""Administrators read their organisation's log in words, filter it and take it away; nobody else's is in it."""

import ast
import csv
import io
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from feedback.domain.staff import StaffRole
from feedback.services.audit_log.keep_log import chain_log
from feedback.storage.audit_log import note
from feedback.storage.audit_log_chain import head_of
from feedback.web.staff.acts import act_in_words
from tests.web.test_staff_pages import SITE, signed_in
from tests.world import World, noted

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/staff/audit-log"


def act(world: World, actor: str, what: str, subject: str) -> None:
    with world.session() as session:
        note(session, world.clock(), actor, what, subject)
        session.commit()


def rows(page: str) -> int:
    return page.count('<th scope="row"')


def test_acts_stand_there_in_words_with_names_and_links(world: World) -> None:
    wave = world.planned_wave(world.programme(0, 0))
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    act(world, "command line", "opened", f"wave {wave}")
    act(world, "service", "changed access from viewer to reviewer", "staff 1")
    act(world, "service", "an act of an older version", "programme 1, exit")
    page = client.get(PAGE, base_url=SITE).text
    assert "Whoever runs the service" in page
    assert f'<a href="/staff/waves/{wave}">' in page
    assert "Changed what somebody may do" in page
    assert "Reviewer" in page
    assert "an act of an older version" in page
    assert page.index("an act of an older version") < page.index("Opened")


def test_another_organisation_sees_nothing_of_it_and_no_act_on_the_databases(world: World) -> None:
    world.programme(0, 0)
    act(world, "service", "rewrote files", "main database")
    act(world, "staff 1", "secret-act", "programme 1")
    theirs = signed_in(world, StaffRole.ADMINISTRATOR, "Another Organisation")
    for address in (PAGE, f"{PAGE}?programme=1", f"{PAGE}?who=staff+1", f"{PAGE}.csv", f"{PAGE}.csv?programme=1"):
        told = theirs.get(address, base_url=SITE).text
        assert "secret-act" not in told
        assert "Rewrote" not in told
    ours = signed_in(world, StaffRole.ADMINISTRATOR).get(PAGE, base_url=SITE).text
    assert "secret-act" in ours
    assert "Rewrote" not in ours


def test_it_is_filtered_by_person_by_programme_and_by_day(world: World) -> None:
    wave = world.planned_wave(world.programme(0, 0))
    other = world.programme(0, 0)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    act(world, "staff 1 by command line", "act-of-one", f"wave {wave}, participant 3")
    act(world, "service", "act-of-other", f"programme {other}")
    day = f"{world.clock():%Y-%m-%d}"

    def shown(query: str) -> tuple[bool, bool]:
        page = client.get(f"{PAGE}?{query}", base_url=SITE).text
        return "act-of-one" in page, "act-of-other" in page

    assert shown("") == (True, True)
    assert shown("who=staff+1") == (True, False)
    assert shown("who=service&programme=1") == (False, False)
    assert shown("programme=1") == (True, False)
    assert shown(f"programme={other}") == (False, True)
    assert shown(f"since={day}&until={day}") == (True, True)
    assert shown("since=2999-01-01") == (False, False)
    assert shown("until=1999-01-01") == (False, False)
    assert shown(f"since=never&until=9999-12-31&programme={'9' * 40}&page=-3") == (True, True)


def test_it_comes_in_pages_of_fifty(world: World) -> None:
    world.programme(0, 0)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    with world.session() as session:
        for number in range(60):
            note(session, world.clock(), "service", f"act-{number:03}", "programme 1")
        session.commit()
    first, second, beyond = (client.get(f"{PAGE}?page={number}", base_url=SITE).text for number in (1, 2, 10**30))
    assert (rows(first), "act-059" in first, "act-000" in first) == (50, True, False)
    assert "act-000" in second
    assert "act-000" in beyond
    assert f'href="{PAGE}?page=2#log"' in first


def test_looking_is_not_noted_and_taking_it_away_is(world: World) -> None:
    world.programme(0, 0)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    act(world, "service", "=cmd()", "programme 1")
    client.get(PAGE, base_url=SITE)
    assert noted(world, "exported the audit log") == []
    answer = client.get(f"{PAGE}.csv?programme=1", base_url=SITE)
    table = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert table[0][:3] == ["When", "Who", "What"]
    assert table[1][2] == "'=cmd()"
    assert [subject for _actor, subject in noted(world, "exported the audit log")] == ["organisation 1"]


def test_the_page_names_the_head_once_there_is_one(world: World) -> None:
    world.programme(0, 0)
    client = signed_in(world, StaffRole.ADMINISTRATOR)
    assert "Whether it was changed" not in client.get(PAGE, base_url=SITE).text
    with world.session() as session:
        chain_log(session)
        head = head_of(session)
    assert str(head) in client.get(PAGE, base_url=SITE).text


def values_of(tree: ast.Module, expression: ast.expr, call: ast.Call) -> Iterator[str]:
    """What an expression may be when it is noted, up to the first part that is filled in."""
    match expression:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_rest]):
            yield text
        case ast.JoinedStr(values=[ast.FormattedValue(value=value), *_rest]):
            yield from values_of(tree, value, call)
        case ast.IfExp(body=one, orelse=other):
            yield from values_of(tree, one, call)
            yield from values_of(tree, other, call)
        case ast.BinOp(left=value) | ast.Subscript(value=value):
            yield from values_of(tree, value, call)
        case ast.Name(id=name):
            yield from named(tree, name, call)


def named(tree: ast.Module, name: str, call: ast.Call) -> Iterator[str]:
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and call in ast.walk(one)]
    for function in functions:
        arguments = [one.arg for one in function.args.args]
        if name in arguments:
            for other in ast.walk(tree):
                if isinstance(other, ast.Call) and ast.unparse(other.func) == function.name:
                    yield from values_of(tree, other.args[arguments.index(name)], other)
            return
    for scope in (*functions, tree):
        found = [
            one.value for one in ast.walk(scope) if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name
        ]
        for value in found:
            yield from values_of(tree, value, call)
        if found:
            return
    yield from brought_from_elsewhere(tree, name)


def brought_from_elsewhere(tree: ast.Module, name: str) -> Iterator[str]:
    for one in ast.walk(tree):
        if isinstance(one, ast.ImportFrom) and one.module and name in {alias.name for alias in one.names}:
            value = str(getattr(import_module(one.module), name))
            # A position is filled in behind it.
            yield f"{value} " if name == "FORGOT" else value


def acts_in(path: Path) -> Iterator[tuple[int, list[str]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "note" and len(call.args) == 5:
            yield call.lineno, list(values_of(tree, call.args[3], call))


SOURCES = [path for path in sorted((ROOT / "feedback").rglob("*.py")) if "import note" in path.read_text()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_act_that_code_notes_has_words(path: Path) -> None:
    for line, acts in acts_in(path):
        assert acts, f"line {line}: nobody can tell which act this is"
        assert [one for one in acts if act_in_words(one) is None] == []


def test_the_acts_of_the_code_are_found() -> None:
    found = [acts for path in SOURCES for _line, acts in acts_in(path)]
    assert len(found) > 80
