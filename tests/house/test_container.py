"""The image and the deployment files: what they install, who gets which secret, and what is never written down."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, text

from feedback.app import create_app
from feedback.config import Settings, read_settings
from feedback.storage.server_settings import FORGETTING_ALONE, QUIET, SAFE, telling_settings
from tests.databases import PostgresServer
from tests.house.dockerfile import Instruction, Replay, stages
from tests.house.installing import run
from tests.processes import surroundings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "Dockerfile"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
SECRET = re.compile(r"KEYS_URL|MASTER_KEY|SESSION_KEY|SMTP|BOUNCES")
DOT_ENV = {
    "FEEDBACK_BASE_URL": "https://feedback.example.org",
    "FEEDBACK_SMTP_HOST": "smtp.example.org",
    "FEEDBACK_MAIL_SENDER": "feedback@example.org",
}


def instructions(word: str, stage: int) -> list[Instruction]:
    return [one for one in stages(DOCKERFILE.read_text(encoding="utf-8"))[stage] if one.word == word]


# The image


def test_the_dockerfile_is_linted() -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert linter is not None, "hadolint is missing: it comes with the developers' requirements"
    done = subprocess.run([linter, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_first_stage_makes_an_environment_whose_command_works(tmp_path: Path) -> None:
    Replay(ROOT, tmp_path).play(stages(DOCKERFILE.read_text(encoding="utf-8"))[0])
    helped = run(tmp_path / "opt/feedback/bin/feedback", "--help", cwd=tmp_path)
    assert "Anonymous surveys" in helped
    assert not (tmp_path / "opt/feedback/bin/pip").exists()


def test_only_what_the_build_copies_reaches_it() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if not line.startswith("#")]
    copied = {source.removeprefix("./") for copy in instructions("COPY", 0) for source in copy.sources}
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied


def test_dependencies_are_installed_by_hash_and_the_service_alone() -> None:
    installs = [
        step for line in instructions("RUN", 0) for step in line.rest.split("&&") if re.search(r"pip .*install", step)
    ]
    assert [step for step in installs if "--require-hashes" not in step and "--no-deps --no-index" not in step] == []


def test_the_image_has_nothing_of_the_demo() -> None:
    demo = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["demo"]
    names = {re.split(r"[<>=]", requirement)[0] for requirement in demo}
    pinned = {
        lock: set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-demo.lock")
    }
    assert names
    assert not names & pinned["requirements.lock"]
    assert names <= pinned["requirements-demo.lock"]


def test_the_demo_says_what_it_lacks_in_the_image(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['aiosmtpd'] = None")
    lacking = surroundings(FEEDBACK_INSTANCE=str(tmp_path / "instance"), PYTHONPATH=str(tmp_path))
    command = [sys.executable, "-m", "feedback", "demo", "sample", str(tmp_path / "reports")]
    done = subprocess.run(command, cwd=ROOT, env=lacking, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "feedback: The demo is not installed here: `make run` installs it in a checkout.\n"


def test_the_image_runs_as_nobody_in_particular_with_no_tools_to_build() -> None:
    (user,) = instructions("USER", -1)
    assert re.fullmatch(r"[1-9]\d{4,}:[1-9]\d{4,}", user.rest)
    assert [copy.rest for copy in instructions("COPY", -1)] == ["--from=build /opt/feedback /opt/feedback"]
    assert [line.rest for line in instructions("RUN", -1) if re.search(r"pip|curl", line.rest)] == []


def test_the_image_has_the_servers_own_pg_dump_and_installs_nothing_else() -> None:
    installed = [
        found for line in instructions("RUN", -1) for found in re.findall(r"apt-get install (.*?) &&", line.rest)
    ]
    majors = {SERVICES[name]["image"].partition(":")[2].partition("-")[0] for name in ("db-main", "db-keys")}
    assert installed == [f"--yes --no-install-recommends postgresql-client-{major}" for major in majors]


def test_the_image_uses_the_python_that_is_tested() -> None:
    ours = ".".join(map(str, sys.version_info[:2]))
    bases = [instructions("FROM", stage)[0].rest.split()[0].partition("@")[0] for stage in (0, -1)]
    assert bases == [f"python:{ours}-slim-trixie"] * 2


def test_every_base_image_names_its_version() -> None:
    bases = [instructions("FROM", stage)[0].rest.split()[0] for stage in (0, -1)]
    images = bases + [service["image"] for service in SERVICES.values() if "build" not in service]
    assert [image for image in images if not re.search(r":\d+(\.\d+)*-", image)] == []


def test_the_health_check_asks_an_address_that_answers(tmp_path: Path) -> None:
    (check,) = instructions("HEALTHCHECK", -1)
    (address,) = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", check.rest)
    client = create_app(read_settings({"FEEDBACK_INSTANCE": str(tmp_path)})).test_client()
    assert client.get(address).status_code == 200


# Who gets what


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `deploy/make-secrets` makes, in a folder of its own."""
    folder = tmp_path_factory.mktemp("deployment") / "deploy"
    folder.mkdir()
    shutil.copy(ROOT / "deploy/make-secrets", folder)
    run("sh", folder / "make-secrets", cwd=folder)
    return folder / "secrets"


def env_files(service: dict[str, Any]) -> list[str]:
    named = service.get("env_file", [])
    return [Path(name).name for name in ([named] if isinstance(named, str) else named)]


def read_env(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def filled_in(value: str) -> str:
    """What compose makes of `${NAME:-default}` and `${NAME:?complaint}`."""
    return re.sub(r"\$\{(\w+):[-?]([^}]*)\}", lambda found: DOT_ENV.get(found[1], found[2]), value)


def test_whoever_previews_emails_is_told_who_sends_them() -> None:
    told = {"FEEDBACK_MAIL_SENDER", "FEEDBACK_BOUNCE_ADDRESS"}
    assert told <= SERVICES["staff"]["environment"].keys() & SERVICES["worker"]["environment"].keys()


def environment_of(name: str, secrets: Path) -> dict[str, str]:
    service = SERVICES[name]
    environ = {"FEEDBACK_LISTEN_HOST": "0.0.0.0"}
    for file in env_files(service):
        environ |= read_env(secrets / file)
    environ |= {variable: filled_in(value) for variable, value in service["environment"].items()}
    if "FEEDBACK_MASTER_KEY_FILE" in environ:
        assert environ["FEEDBACK_MASTER_KEY_FILE"] == "/run/secrets/master_key"
        assert service["secrets"] == ["master_key"]
        environ["FEEDBACK_MASTER_KEY_FILE"] = str(secrets / "master.key")
    if "FEEDBACK_PEPPER_FILE" in environ:
        assert environ["FEEDBACK_PEPPER_FILE"] == "/run/secrets/pepper"
        assert service["secrets"] == ["pepper"]
        environ["FEEDBACK_PEPPER_FILE"] = str(secrets / "pepper.key")
    assert environ["FEEDBACK_JOURNAL"] == "/journal/journal.json"
    environ["FEEDBACK_JOURNAL"] = str(secrets / "journal.json")
    if "FEEDBACK_FONTS" in environ:
        assert any(mount.endswith(f":{environ['FEEDBACK_FONTS']}:ro") for mount in service["volumes"])
        environ["FEEDBACK_FONTS"] = str(secrets)
    return environ


def settings_of(name: str, secrets: Path) -> Settings:
    return read_settings(environment_of(name, secrets))


def test_the_participants_service_is_given_no_secret_but_its_own_way_in_and_the_pepper(secrets: Path) -> None:
    environ = environment_of("participants", secrets)
    assert [name for name in environ if SECRET.search(name)] == []
    assert set(read_env(secrets / "participants.env")) == {"FEEDBACK_DATABASE_URL"}
    assert not SERVICES["participants"].keys() & {"configs", "extra_hosts", "network_mode"}
    assert {mount.rpartition("}:")[2] for mount in SERVICES["participants"]["volumes"]} == {"/ca:ro", "/journal:ro"}
    assert {name for name, service in SERVICES.items() if "pepper" in service.get("secrets", ())} == {"participants"}


def test_the_participants_service_cannot_reach_the_key_store() -> None:
    reachable = set(SERVICES["participants"]["networks"])
    assert reachable & set(SERVICES["db-keys"]["networks"]) == set()
    assert set(SERVICES["db-keys"]["networks"]) & set(SERVICES["db-main"]["networks"]) == set()


def test_no_network_of_the_databases_leads_outside() -> None:
    networks = {network for name in ("db-main", "db-keys") for network in SERVICES[name]["networks"]}
    assert [network for network in sorted(networks) if not COMPOSE["networks"][network]["internal"]] == []


def test_the_participants_service_starts_without_a_vault(secrets: Path) -> None:
    settings = settings_of("participants", secrets)
    assert (settings.serves, settings.vault) == ("participants", None)


@pytest.mark.parametrize("name", ["staff", "worker", "migrate", "grants", "backup", "roster-sync"])
def test_the_settings_of_the_other_services_are_taken(name: str, secrets: Path) -> None:
    assert settings_of(name, secrets).vault is not None


def test_no_two_services_share_a_password_a_session_key_or_a_token(secrets: Path) -> None:
    values = [
        value
        for file in ("participants.env", "staff.env", "worker.env", "owner.env")
        for value in re.findall(r"[0-9a-f]{64}", (secrets / file).read_text())
    ]
    assert len(values) == len(set(values)) == 11


def test_secrets_are_for_their_owner_and_made_once(secrets: Path) -> None:
    assert secrets.stat().st_mode & 0o077 == 0
    assert (secrets / ".gitignore").read_text() == "*\n"
    again = subprocess.run(["sh", secrets.parent / "make-secrets"], capture_output=True, check=False)
    assert (again.returncode, again.stdout) == (1, b"")


@pytest.mark.parametrize("server", ["main", "keys"])
def test_a_database_server_is_given_the_passwords_that_it_asks_for(server: str, secrets: Path) -> None:
    asked = re.findall(r"^\\getenv \w+ (\w+)$", (ROOT / f"deploy/initdb/{server}.sql").read_text(), re.MULTILINE)
    assert {"POSTGRES_PASSWORD", *asked} == set(read_env(secrets / f"db-{server}.env"))


def test_the_key_store_has_no_login_for_participants() -> None:
    sql = (ROOT / "deploy/initdb/keys.sql").read_text()
    assert [line for line in sql.splitlines() if "participants" in line and not line.startswith("--")] == [
        "CREATE ROLE feedback_participants NOLOGIN;"
    ]


def test_only_this_machine_reaches_the_services_and_nobody_the_databases() -> None:
    published = {name: service.get("ports", []) for name, service in SERVICES.items()}
    assert {name for name, ports in published.items() if ports} == {"participants", "staff"}
    assert [port for ports in published.values() for port in ports if not port.startswith("127.0.0.1:")] == []


def test_logs_stay_on_this_machine_and_are_thrown_away() -> None:
    kept = [service["logging"] for service in SERVICES.values()]
    assert [one for one in kept if one["driver"] != "local" or one["options"]["max-size"] != "10m"] == []


def test_the_key_store_server_keeps_no_log_segment_for_later() -> None:
    said = SERVICES["db-keys"]["command"]
    assert {"wal_recycle=off", "archive_mode=off", "max_wal_senders=0", "wal_level=minimal"} <= set(said)
    assert "track_commit_timestamp=off" in SERVICES["db-main"]["command"]


def test_no_backup_command_reaches_the_pepper() -> None:
    job = (ROOT / "deploy/back-up").read_text(encoding="utf-8")
    assert "docker compose run --rm --no-deps backup" in job
    assert [word for word in ("pepper", "secrets", "tar ", "cp ", "rsync") if word in job] == []


def test_copies_of_the_two_databases_go_to_two_places() -> None:
    mounts = dict(
        mount.rsplit(":", 1)[::-1] for mount in SERVICES["backup"]["volumes"] if mount.endswith(("/main", "/keys"))
    )
    assert set(mounts) == {"/backups/main", "/backups/keys"}
    assert len(set(mounts.values())) == 2
    assert SERVICES["backup"]["command"] == ["db", "backup", "--main", "/backups/main", "--keys", "/backups/keys"]


def test_the_journal_lies_outside_of_the_databases_volumes_and_the_worker_alone_writes_it() -> None:
    mounts = {
        name: next((one for one in service.get("volumes", ()) if "/journal" in one), "")
        for name, service in SERVICES.items()
    }
    assert {name for name, mount in mounts.items() if mount.endswith(":/journal")} == {
        "worker",
        "migrate",
        "grants",
        "backup",
    }
    assert {name for name, mount in mounts.items() if mount.endswith(":/journal:ro")} == {
        "participants",
        "roster-sync",
        "staff",
    }
    assert all(mount.startswith("${JOURNAL_FOLDER:?") for mount in mounts.values() if mount)


def test_every_service_has_a_limit_of_memory() -> None:
    assert [name for name, service in SERVICES.items() if not re.fullmatch(r"\d+[mg]", service["mem_limit"])] == []


def conf(name: str) -> dict[str, str]:
    lines = (ROOT / "deploy/postgresql" / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" = ") for line in lines if line and not line.startswith("#"))


def test_servers_without_containers_are_told_the_same_as_those_with() -> None:
    told = {
        name: dict(word.split("=") for word in SERVICES[name]["command"] if "=" in word)
        for name in ("db-main", "db-keys")
    }
    assert told["db-main"] == conf("quiet.conf")
    assert told["db-keys"] == conf("quiet.conf") | conf("keys.conf")


def test_all_that_status_looks_for_is_set() -> None:
    # Extensions that nobody installs, and what no server does by itself.
    wanted = {name: values for name, values in QUIET.items() if "." not in name and not name.startswith("debug_")}
    for file, checked in (("quiet.conf", wanted | SAFE), ("keys.conf", FORGETTING_ALONE)):
        assert conf(file).keys() == checked.keys()
        assert [name for name, value in conf(file).items() if value not in checked[name]] == []


def test_the_page_on_deployment_names_all_that_status_looks_for_with_its_value() -> None:
    page = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
    table = page.partition("| Setting | Where | Why |\n|---|---|---|\n")[2].partition("\n\n")[0]
    said: dict[str, dict[str, str]] = {"both": {}, "key store": {}}
    for line in table.splitlines():
        settings, where = line.strip("| ").split(" | ")[:2]
        said[where] |= dict(one.strip("`").split(" = ") for one in settings.split(", "))
    assert said == {"both": conf("quiet.conf"), "key store": conf("keys.conf")}


def test_what_servers_are_told_is_known_to_postgresql(postgres: PostgresServer) -> None:
    with postgres.pair() as pair:
        engine = create_engine(pair.main)
        with engine.connect() as connection:
            for name, value in (conf("quiet.conf") | conf("keys.conf")).items():
                found = connection.execute(
                    text("SELECT vartype, enumvals, context FROM pg_settings WHERE name = :name"), {"name": name}
                ).one()
                assert found.enumvals is None or value in found.enumvals
                if found.context in {"superuser", "user"}:
                    connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})
            assert telling_settings(connection) == ()
        engine.dispose()


# What is documented is what is read


def documents() -> list[Path]:
    deployment = [path for path in (ROOT / "deploy").rglob("*") if path.is_file() and "secrets" not in path.parts]
    return [DOCKERFILE, ROOT / "compose.yaml", *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *deployment]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_that_is_named_is_read(path: Path) -> None:
    sources = "".join(one.read_text() for one in sorted((ROOT / "feedback/config").glob("*.py")))
    read = set(re.findall(r"\"(FEEDBACK_[A-Z_]+)\"", sources))
    named = set(re.findall(r"\b(FEEDBACK_[A-Z][A-Z_]*[A-Z])\b", path.read_text(encoding="utf-8")))
    assert named - read == set()


# The reverse proxy


def locations() -> dict[str, str]:
    return dict(re.findall(r"^    location (?:=|\^~)? ?(\S+) \{(.*?)\}", NGINX, re.MULTILINE | re.DOTALL))


def is_logged(uri: str) -> bool:
    """What the sample's map says of an address, by nginx's rules: the first pattern that fits, else the default."""
    (body,) = re.findall(r"map \$uri \$feedback_is_logged \{(.*?)\n\}", NGINX, re.DOTALL)
    patterns = re.findall(r"^\s+(~\*?)(\S+)\s+([01]);", body, re.MULTILINE)
    for kind, pattern, value in patterns:
        if re.search(pattern, uri, re.IGNORECASE if kind == "~*" else 0):
            return value == "1"
    assert re.search(r"default\s+0;", body)
    return False


@pytest.mark.parametrize("place", ["/s/", "/o/", "/staff/sign-in", "/"])
def test_the_proxy_writes_nothing_down_where_links_lead(place: str) -> None:
    assert "access_log off;" in locations()[place]
    assert "error_log /dev/null emerg;" in locations()[place]


@pytest.mark.parametrize(
    "uri", ["/s/x", "/o/x", "/staff/sign-in/x", "/STAFF/sign-in/x", "/S/x", "/", "/static/x", "/staffx", "/healthz", ""]
)
def test_the_proxy_logs_no_address_of_a_participant(uri: str) -> None:
    assert not is_logged(uri)


def test_the_proxy_logs_the_pages_of_staff() -> None:
    assert is_logged("/staff/waves/1")
    assert "if=$feedback_is_logged" in NGINX


def test_every_server_of_the_proxy_says_what_becomes_of_its_log() -> None:
    servers = NGINX.split("\nserver {")[1:]
    own = [re.sub(r"^    location .*?\}", "", server, flags=re.MULTILINE | re.DOTALL) for server in servers]
    assert len(own) == 3
    assert [text for text in own if not re.search(r"^    access_log (off|.* if=)", text, re.MULTILINE)] == []
    assert [text for text in own if not re.search(r"^    error_log .* (crit|emerg);", text, re.MULTILINE)] == []


def test_the_proxy_sends_each_place_to_its_own_process() -> None:
    targets = {place: re.findall(r"proxy_pass http://feedback_(\w+);", body) for place, body in locations().items()}
    assert targets["/s/"] == targets["/o/"] == targets["/"] == ["participants"]
    assert targets["/staff/"] == targets["/staff/sign-in"] == targets["/api/"] == ["staff"]


def test_the_proxy_keeps_nothing_and_passes_no_address_on() -> None:
    assert "proxy_cache off;" in NGINX
    assert "proxy_max_temp_file_size 0;" in NGINX
    assert re.search(r'proxy_set_header X-Forwarded-For "";', NGINX)
    # What is taken is held in memory: a body that is larger than the buffer would go to a file.
    limits, held = (re.findall(rf"client_{name}_size (\w+);", NGINX) for name in ("max_body", "body_buffer"))
    assert limits == held == ["256k", "4m", "16m"]
