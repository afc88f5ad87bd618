"""`feedback report audit`: offline, readable, and with an exit code that a script can trust."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from feedback.cli import feedback
from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.errors import ReportRefused
from feedback.domain.report.files import read_report_file, write_report_file
from feedback.domain.report.report import Report, SignedReport, hash_document
from tests.auditor.programmes import our_report, some_programme

PROGRAMME = some_programme(8)
DOCUMENT = our_report(PROGRAMME)
SIZES = [{"role": role, "cohort": cohort, "invited": size} for (role, cohort), size in PROGRAMME.sizes.items()]


def exported(document: dict[str, Any]) -> bytes:
    """Return the bytes of an exported report, signed."""
    key, report = Ed25519PrivateKey.generate(), Report.parse(canonical_json(document))
    public = key.public_key().public_bytes_raw()
    return write_report_file(SignedReport(report, key.sign(report.json.encode()), public))


def run(*words: str) -> Result:
    """Run the command with nothing around it: no database, no settings."""
    return CliRunner().invoke(feedback, ["report", "audit", *words])


@pytest.fixture
def file(tmp_path: Path):
    def write(name: str, content: object) -> str:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


def leaking() -> dict[str, Any]:
    """Return the document with a unanimous distribution."""
    at = next(at for at, one in enumerate(DOCUMENT["statements"]) if one["kind"] == "distribution")
    before = DOCUMENT["statements"][at]
    counts = [
        {"option": one["option"], "count": before["n"] * (not place)} for place, one in enumerate(before["counts"])
    ]
    statements = [one for one in DOCUMENT["statements"] if one["kind"] != "total"]
    return {**DOCUMENT, "statements": [*statements[:at], {**before, "counts": counts}, *statements[at + 1 :]]}


def test_a_good_report_passes(file) -> None:
    result = run(file("report.json", exported(DOCUMENT)), "--roster", file("sizes.json", SIZES))
    assert result.exit_code == 0, result.output
    assert "not altered since it was signed" in result.output
    assert "Passed" in result.output


def test_a_bare_document_is_audited_and_called_unsigned(file) -> None:
    result = run(file("report.json", DOCUMENT))
    assert (result.exit_code, "not signed" in result.output) == (0, True)


def test_a_leaking_report_fails_and_names_question_and_group(file) -> None:
    result = run(file("report.json", leaking()))
    about = next(one for one in DOCUMENT["statements"] if one["kind"] == "distribution")
    assert result.exit_code == 1
    assert f"[D2] {about['question']}, {about['group']}: anybody can work out" in result.output


def test_the_verdict_is_json_for_scripts(file) -> None:
    result = run(file("report.json", leaking()), "--json")
    verdict = json.loads(result.output)
    assert (result.exit_code, verdict["passed"]) == (1, False)
    assert "D2" in {finding["rule"] for finding in verdict["findings"]}


@pytest.mark.parametrize("part", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
def test_a_report_altered_by_one_byte_is_refused(part: float) -> None:
    data = bytearray(exported(DOCUMENT))
    data[int(part * (len(data) - 1))] ^= 1
    with pytest.raises(ReportRefused, match=r"altered|not JSON"):
        read_report_file(bytes(data), "report.json")


def test_every_byte_of_a_small_report_counts() -> None:
    good = exported({**DOCUMENT, "outcome": "too-few", "statements": [], "questions": [], "receipts": [], "groups": []})
    assert read_report_file(good, "report.json").public_key
    for at in range(len(good)):
        with pytest.raises(ReportRefused):
            read_report_file(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], "report.json")


@pytest.mark.parametrize("key", ["document", "signature", "statement_hash", "chain_hash"])
def test_a_report_file_that_lacks_a_part_is_refused(key: str) -> None:
    fields = {name: value for name, value in json.loads(exported(DOCUMENT)).items() if name != key}
    with pytest.raises(ReportRefused):
        read_report_file(canonical_json(fields).encode(), "report.json")


@pytest.mark.parametrize("signature", ["", "%%%", 3, None, base64.b64encode(bytes(64)).decode()])
def test_a_signature_that_is_none_is_refused(signature: object) -> None:
    fields = {**json.loads(exported(DOCUMENT)), "signature": signature}
    with pytest.raises(ReportRefused, match="altered"):
        read_report_file(canonical_json(fields).encode(), "report.json")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b'{"n": NaN}', b"[" * 100_000, b"1" * 5_000])
def test_what_is_not_json_is_refused(file, data: bytes) -> None:
    error = run(file("report.json", data)).exception
    assert isinstance(error, ReportRefused)
    assert "report.json is not JSON" in str(error)


@pytest.mark.parametrize(
    ("roster", "words"),
    [
        ({}, "not a list"),
        ([3], "roster entry 1 is 3"),
        ([{"role": "boss", "cohort": "", "invited": 3}], "'boss'"),
        ([{"role": "mentor", "cohort": "", "invited": -3}], "'invited' is -3"),
        ([{"role": "mentor", "cohort": "", "invited": 3}] * 2, "repeats"),
        ([{"role": "mentor", "cohort": "", "invited": 3, "name": "x"}], "'name'"),
    ],
)
def test_a_roster_that_is_wrong_is_refused(file, roster: object, words: str) -> None:
    error = run(file("report.json", DOCUMENT), "--roster", file("sizes.json", roster)).exception
    assert isinstance(error, ReportRefused)
    assert words in str(error)


def test_several_reports_need_to_know_who_is_in_which(file) -> None:
    one, two = file("one.json", DOCUMENT), file("two.json", DOCUMENT)
    assert run(one, two).exit_code == 2


def test_several_reports_are_attacked_together(file) -> None:
    groups = [{"people": one["invited"], "groups": [one["name"], one["name"]]} for one in DOCUMENT["groups"]]
    one, two, cells = file("one.json", DOCUMENT), file("two.json", DOCUMENT), file("cells.json", groups)
    assert run(one, two, "--roster", cells).exit_code == 0
    assert run(one, file("bad.json", leaking()), "--roster", cells).exit_code == 1


def test_a_report_is_held_against_the_key_that_is_named(file) -> None:
    data = exported(DOCUMENT)
    key = json.loads(data)["public_key"]
    good = run(file("report.json", data), "--key", f" {key}\n")
    assert (good.exit_code, "the key that you named" in good.output) == (0, True)
    other = base64.b64encode(bytes(32)).decode()
    wrong = run(file("report.json", data), "--key", other)
    assert (wrong.exit_code, "WHICH IS NOT THE KEY YOU NAMED" in wrong.output) == (1, True)
    told = json.loads(run(file("report.json", data), "--key", other, "--json").output)
    assert (told["passed"], told["files"][0]["is_genuine"]) == (False, False)


def test_a_bare_document_is_not_genuine_whatever_key_is_named(file) -> None:
    assert run(file("report.json", DOCUMENT), "--key", "").exit_code == 1


def test_it_says_which_report_another_follows(file) -> None:
    before = file("before.json", DOCUMENT)
    following = {**DOCUMENT, "previous": hash_document(DOCUMENT).chain_hash}
    groups = [{"people": one["invited"], "groups": [one["name"], one["name"]]} for one in DOCUMENT["groups"]]
    cells = file("cells.json", groups)
    assert "after.json: not signed" in run(before, file("after.json", following), "--roster", cells).output
    assert "Its chain follows before.json." in run(before, file("after.json", following), "--roster", cells).output
    changed = {**DOCUMENT, "statements": DOCUMENT["statements"][1:]}
    assert "follows" not in run(file("before.json", changed), file("after.json", following), "--roster", cells).output
