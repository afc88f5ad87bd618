"""The systemd units: who gets which secret, what each process may do, and that none is started anew for ever."""

import re
from pathlib import Path

import pytest

from tests.house.units import FOLDER, SERVICES, said_of

ROOT = Path(__file__).resolve().parents[2]
LASTING = SERVICES[:3]
EVERYWHERE = {
    "CapabilityBoundingSet": "",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "SystemCallArchitectures": "native",
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_may_do_what_it_needs_and_nothing_else(service: str) -> None:
    said = said_of(service)
    assert {name: said[name] for name in EVERYWHERE} == {name: [value] for name, value in EVERYWHERE.items()}
    assert said["SystemCallFilter"] == ["@system-service", "~@privileged"]
    assert re.fullmatch(r"\d+[MG]", said["MemoryMax"][0])
    assert said["LogNamespace"] == ["feedback"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_process_can_read_when_its_machine_was_started(service: str) -> None:
    # The worker's clock is held against it; so a unit must not hide all of /proc but processes.
    assert "ProcSubset" not in said_of(service)


@pytest.mark.parametrize("service", LASTING)
def test_a_process_that_fails_is_started_anew_but_not_for_ever(service: str) -> None:
    said = said_of(service)
    assert (said["Restart"], said["DynamicUser"]) == (["on-failure"], ["yes"])
    assert int(said["RestartSec"][0]) * int(said["StartLimitBurst"][0]) < int(said["StartLimitIntervalSec"][0])


def test_the_participants_process_is_given_the_pepper_and_no_other_secret() -> None:
    said = said_of("feedback-pages@participants")
    assert said["LoadCredential"] == ["pepper:/etc/feedback/pepper.key"]
    assert said["EnvironmentFile"] == ["/etc/feedback/common.env", "/etc/feedback/participants.env"]
    assert (said["IPAddressDeny"], said["IPAddressAllow"]) == (["any"], ["localhost"])
    assert [name for name in SERVICES[1:] if "pepper" in str(dict(said_of(name)))] == []


@pytest.mark.parametrize(("service", "role"), [*zip(SERVICES[1:], ("staff", "worker", "owner", "staff"), strict=True)])
def test_each_other_process_is_given_its_own_settings_and_the_master_key(service: str, role: str) -> None:
    said = said_of(service)
    assert said["LoadCredential"] == ["master_key:/etc/feedback/master.key"]
    assert said["EnvironmentFile"] == ["/etc/feedback/common.env", f"/etc/feedback/{role}.env"]


def test_the_worker_alone_writes_the_journal_and_copies_go_to_two_folders() -> None:
    writes = {name: said_of(name).get("ReadWritePaths", []) for name in SERVICES}
    assert writes == {
        "feedback-pages@participants": [],
        "feedback-pages@staff": [],
        "feedback-worker": ["/var/lib/feedback-journal"],
        "feedback-backup": ["/var/backups/feedback-main /var/backups/feedback-keys"],
        "feedback-roster-sync": ["/var/lib/feedback-rosters"],
    }
    folders = (FOLDER / "feedback.tmpfiles").read_text().splitlines()
    assert [line.split()[1:4] for line in folders if not line.startswith("#")] == [
        ["/var/lib/feedback-journal", "2770", "root"],
        ["/var/lib/feedback-rosters", "2770", "root"],
        ["/var/backups/feedback-main", "0700", "feedback-backup"],
        ["/var/backups/feedback-keys", "0700", "feedback-backup"],
    ]


def test_the_nightly_copies_are_made_up_for_after_a_night_without_power() -> None:
    timer = (FOLDER / "feedback-backup.timer").read_text()
    assert "OnCalendar=*-*-* 03:30:00\n" in timer
    assert "Persistent=yes\n" in timer


def test_a_used_log_segment_is_let_go_whatever_becomes_of_the_copies() -> None:
    (switch,) = said_of("feedback-backup")["ExecStopPost"]
    assert switch.startswith("+/usr/sbin/runuser --user postgres -- psql")
    assert "pg_switch_wal()" in switch
    assert "ExecStartPre" not in said_of("feedback-backup")


def test_every_file_of_the_units_is_put_somewhere_by_the_documents() -> None:
    page = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
    for name in (
        "journald@feedback.conf",
        "feedback.sysusers",
        "feedback.tmpfiles",
        "feedback-backup.timer",
        "deploy/systemd/*.timer",
    ):
        assert name in page
    assert "feedback-roster-sync.timer" in (ROOT / "docs/roster.md").read_text(encoding="utf-8")
    assert "deploy/systemd/*.service" in page
