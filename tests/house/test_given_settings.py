"""Each setting that the program reads reaches the processes that use it, with containers and with systemd.

Who adds a setting adds a line to `USED_BY`, and by that is led to compose.yaml, or to a file of secrets, and the docs.
"""

import re

import pytest

from tests.house.test_container import ROOT, SERVICES, env_files
from tests.house.units import said_of

PARTICIPANTS, STAFF, WORKER = "participants", "staff", "worker"
PAGES, HOLDERS, ALL = {PARTICIPANTS, STAFF}, {STAFF, WORKER}, {PARTICIPANTS, STAFF, WORKER}
USED_BY = {
    "FEEDBACK_BASE_URL": ALL,
    "FEEDBACK_MINIMUM_GROUP_SIZE": HOLDERS,
    "FEEDBACK_KEY_BACKUP_DAYS": HOLDERS,
    "FEEDBACK_COMMENT_DAYS": HOLDERS,
    "FEEDBACK_ALARM_MINUTES": HOLDERS,
    "FEEDBACK_SUPPORT_DAYS": HOLDERS,
    "FEEDBACK_RETENTION_DAYS": HOLDERS,
    "FEEDBACK_AUDIT_LOG_DAYS": HOLDERS,
    "FEEDBACK_LOG_FORMAT": ALL,
    "FEEDBACK_JOURNAL": ALL,
    "FEEDBACK_PLAIN_DATABASE_HOSTS": ALL,
    "FEEDBACK_SERVES": PAGES,
    "FEEDBACK_MAIL_SENDER": HOLDERS,
    "FEEDBACK_MAIL_VIA": HOLDERS,
    "FEEDBACK_BOUNCE_ADDRESS": HOLDERS,
    "FEEDBACK_MAILS_PER_MINUTE": {WORKER},
    "FEEDBACK_SMTP_HOST": {WORKER},
    "FEEDBACK_SMTP_PORT": {WORKER},
    "FEEDBACK_SMTP_SECURITY": {WORKER},
    "FEEDBACK_SMTP_CA_FILE": {WORKER},
    "FEEDBACK_METRICS_PORT": {WORKER},
    "FEEDBACK_INSIDE_HOSTS": HOLDERS,
    "FEEDBACK_FONTS": {STAFF},
    "FEEDBACK_MASTER_KEY_FILE": HOLDERS,
    "FEEDBACK_PEPPER_FILE": {PARTICIPANTS},
}
IN_SECRETS = {
    "FEEDBACK_DATABASE_URL": ALL,
    "FEEDBACK_KEYS_URL": HOLDERS,
    "FEEDBACK_SESSION_KEY": HOLDERS,
    "FEEDBACK_METRICS_TOKEN": HOLDERS,
    "FEEDBACK_BOUNCES_TOKEN": {STAFF},
    "FEEDBACK_BOUNCES_URL": {WORKER},
    "FEEDBACK_SMTP_USER": {WORKER},
    "FEEDBACK_SMTP_PASSWORD": {WORKER},
}
"""What stands in deploy/secrets, in the file of the process or, with containers, in the worker's `mail.env`."""
OF_THE_IMAGE = {"FEEDBACK_LISTEN_HOST", "FEEDBACK_LISTEN_PORT"}
NOWHERE = {
    "FEEDBACK_INSTANCE": "the embedded form has no containers",
    "FEEDBACK_MASTER_KEY": "a file holds it",
    "FEEDBACK_PEPPER": "a file holds it",
}


def read_settings() -> set[str]:
    sources = "".join(one.read_text() for one in sorted((ROOT / "feedback/config").glob("*.py")))
    return set(re.findall(r"\"(FEEDBACK_[A-Z_]+)\"", sources))


def test_every_setting_that_is_read_is_placed() -> None:
    placed = [USED_BY.keys(), IN_SECRETS.keys(), OF_THE_IMAGE, NOWHERE.keys()]
    assert set().union(*placed) == read_settings()
    assert sum(map(len, placed)) == len(read_settings())


@pytest.mark.parametrize("process", sorted(ALL))
def test_a_container_is_given_what_it_uses(process: str) -> None:
    wanted = {name for name, users in USED_BY.items() if process in users}
    assert wanted - SERVICES[process]["environment"].keys() == set()


@pytest.mark.parametrize("process", sorted(ALL))
def test_a_container_has_a_file_for_its_secrets(process: str) -> None:
    assert {f"{process}.env"} <= set(env_files(SERVICES[process]))
    assert {users <= {WORKER} for name, users in IN_SECRETS.items() if name.startswith("FEEDBACK_SMTP")} == {True}
    assert "mail.env" in env_files(SERVICES[WORKER])


def test_what_the_image_says_needs_no_setting() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert {name for name in OF_THE_IMAGE if f"{name}=" in image} == OF_THE_IMAGE


@pytest.mark.parametrize("setting", sorted(USED_BY))
def test_what_compose_takes_from_outside_has_the_settings_own_name(setting: str) -> None:
    for process in USED_BY[setting]:
        value = SERVICES[process]["environment"][setting]
        assert "$" not in value or value.startswith(f"${{{setting}:")


@pytest.mark.parametrize(
    ("unit", "process"),
    [("feedback-pages@participants", PARTICIPANTS), ("feedback-pages@staff", STAFF), ("feedback-worker", WORKER)],
)
def test_a_unit_takes_any_setting_from_its_two_files_and_sets_none_against_them(unit: str, process: str) -> None:
    said = said_of(unit)
    assert said["EnvironmentFile"] == ["/etc/feedback/common.env", f"/etc/feedback/{process}.env"]
    fixed = {word.partition("=")[0] for line in said["Environment"] for word in line.split()}
    assert fixed <= {"FEEDBACK_SERVES", "FEEDBACK_MASTER_KEY_FILE", "FEEDBACK_PEPPER_FILE", "PYTHONUNBUFFERED"}


def test_the_page_on_deployment_says_what_each_setting_means() -> None:
    page = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
    table = page.partition("| Variable | Default | Meaning |")[2].partition("## Checklist")[0]
    said = set(re.findall(r"`(FEEDBACK_[A-Z_]+)`", table))
    for name, ends in re.findall(r"`(FEEDBACK_[A-Z_]+)`, `…(_[A-Z_]+)`", table):
        said |= {name + ends, name.rpartition("_")[0] + ends}
    assert read_settings() - said == set()
