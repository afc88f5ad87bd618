"""Settings: safe by default, and each unsafe one refused in a sentence that names its variable."""

import base64
import stat
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.bounce_box import ImapBox
from feedback.config import Serves, Settings, read_settings
from feedback.config.mail import BounceSettings, SmtpSecurity
from feedback.domain.errors import SettingsRefused
from feedback.domain.hosts import is_loopback

KEY = base64.b64encode(b"k" * 32).decode()
OTHER_KEY = base64.b64encode(b"o" * 32).decode()
PASSWORDS = ("main-password", "keys-password", "smtp-password", "s" * 32, KEY, OTHER_KEY)


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return {
        "FEEDBACK_INSTANCE": str(tmp_path),
        "FEEDBACK_DATABASE_URL": "postgresql://feedback:main-password@db/main?sslmode=verify-full",
        "FEEDBACK_KEYS_URL": "postgresql://feedback:keys-password@db/keys?sslmode=verify-full",
        "FEEDBACK_MASTER_KEY": f"{KEY},{OTHER_KEY}",
        "FEEDBACK_SESSION_KEY": "s" * 32,
        "FEEDBACK_BASE_URL": "https://feedback.example.com",
        "FEEDBACK_SMTP_HOST": "mail.example.com",
        "FEEDBACK_SMTP_USER": "user",
        "FEEDBACK_SMTP_PASSWORD": "smtp-password",
    }


def embedded(folder: Path, **more: str) -> Settings:
    return read_settings({"FEEDBACK_INSTANCE": str(folder), **more})


WRONG = [
    ("FEEDBACK_KEYS_URL", ""),
    ("FEEDBACK_KEYS_URL", "postgresql://feedback:main-password@db/main?sslmode=verify-full"),
    ("FEEDBACK_KEYS_URL", "postgres://feedback:main-password@db/main?sslmode=verify-full"),
    ("FEEDBACK_KEYS_URL", "postgresql://feedback:keys-password@db/keys"),
    ("FEEDBACK_KEYS_URL", "postgresql://feedback:keys-password@db:port/keys"),
    ("FEEDBACK_DATABASE_URL", "postgresql://feedback:main-password@db/main?sslmode=require"),
    ("FEEDBACK_MASTER_KEY", ""),
    ("FEEDBACK_MASTER_KEY", " "),
    ("FEEDBACK_MASTER_KEY", ","),
    ("FEEDBACK_MASTER_KEY", "not base64!"),
    ("FEEDBACK_MASTER_KEY", "ünicode"),
    ("FEEDBACK_MASTER_KEY", base64.b64encode(b"k" * 31).decode()),
    ("FEEDBACK_MASTER_KEY", base64.b64encode(b"k" * 33).decode()),
    ("FEEDBACK_MASTER_KEY", f"{KEY},short"),
    ("FEEDBACK_SESSION_KEY", ""),
    ("FEEDBACK_SESSION_KEY", "s" * 31),
    ("FEEDBACK_BASE_URL", ""),
    ("FEEDBACK_BASE_URL", "http://feedback.example.com"),
    ("FEEDBACK_BASE_URL", "http://127.0.0.1.example.com"),
    ("FEEDBACK_BASE_URL", "ftp://feedback.example.com"),
    ("FEEDBACK_BASE_URL", "feedback.example.com"),
    ("FEEDBACK_BASE_URL", "https://"),
    ("FEEDBACK_BASE_URL", "https://[feedback"),
    ("FEEDBACK_BASE_URL", "https://feedback.example.com:port"),
    ("FEEDBACK_BASE_URL", "https://feedback.example.com:99999"),
    ("FEEDBACK_BASE_URL", "https://feedback.example.com/?a=b"),
    ("FEEDBACK_BASE_URL", "https://feedback.example.com/#top"),
    ("FEEDBACK_MINIMUM_GROUP_SIZE", "4"),
    ("FEEDBACK_MINIMUM_GROUP_SIZE", "0"),
    ("FEEDBACK_MINIMUM_GROUP_SIZE", "-5"),
    ("FEEDBACK_MINIMUM_GROUP_SIZE", "five"),
    ("FEEDBACK_MINIMUM_GROUP_SIZE", "5.5"),
    ("FEEDBACK_KEY_BACKUP_DAYS", "8"),
    ("FEEDBACK_COMMENT_DAYS", "0"),
    ("FEEDBACK_COMMENT_DAYS", "366"),
    ("FEEDBACK_MAILS_PER_MINUTE", "0"),
    ("FEEDBACK_MAILS_PER_MINUTE", "many"),
    ("FEEDBACK_LISTEN_PORT", "0"),
    ("FEEDBACK_LISTEN_PORT", "65536"),
    ("FEEDBACK_SMTP_PORT", "smtp"),
    ("FEEDBACK_SMTP_SECURITY", "none"),
    ("FEEDBACK_SMTP_SECURITY", "ssl"),
    ("FEEDBACK_SMTP_USER", ""),
    ("FEEDBACK_SMTP_PASSWORD", ""),
    ("FEEDBACK_SERVES", "everybody"),
    ("FEEDBACK_METRICS_TOKEN", "short"),
    ("FEEDBACK_METRICS_TOKEN", "é" * 32),
    ("FEEDBACK_METRICS_PORT", "0"),
    ("FEEDBACK_METRICS_PORT", "nine thousand"),
    ("FEEDBACK_FONTS", "/no/such/folder"),
    ("FEEDBACK_ALARM_MINUTES", "0"),
    ("FEEDBACK_ALARM_MINUTES", "never"),
    ("FEEDBACK_AUDIT_LOG_DAYS", "364"),
]


@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_an_unsafe_setting_is_refused_in_one_sentence_that_names_it(
    production: dict[str, str], variable: str, value: str
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings(production | {variable: value})
    sentence = str(refused.value)
    assert variable in sentence
    assert sentence.startswith("FEEDBACK_")
    assert sentence.endswith(".")
    assert ". " not in sentence


@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_refusal_shows_no_secret(production: dict[str, str], variable: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings(production | {variable: value})
    assert not any(password in str(refused.value) for password in PASSWORDS)
    assert refused.value.__cause__ is None


def test_safe_settings_are_taken(production: dict[str, str]) -> None:
    settings = read_settings(production)
    assert not settings.embedded
    assert settings.vault.master_keys == (b"k" * 32, b"o" * 32)
    assert settings.smtp.security is SmtpSecurity.STARTTLS
    assert settings.smtp.port == 587


def test_printed_settings_show_no_secret(production: dict[str, str]) -> None:
    printed = repr(read_settings(production))
    assert not any(password in printed for password in PASSWORDS)
    assert repr(b"k" * 32) not in printed


def test_settings_cannot_be_changed(production: dict[str, str]) -> None:
    settings = read_settings(production)
    with pytest.raises(FrozenInstanceError):
        settings.minimum_group_size = 1


def test_postgresql_is_spoken_to_with_psycopg(production: dict[str, str]) -> None:
    settings = read_settings(production | {"FEEDBACK_KEYS_URL": "postgres://feedback@localhost/keys"})
    assert settings.database_url == "postgresql+psycopg://feedback:main-password@db/main?sslmode=verify-full"
    assert settings.vault.keys_url == "postgresql+psycopg://feedback@localhost/keys"


SECRETS = (
    "FEEDBACK_KEYS_URL",
    "FEEDBACK_MASTER_KEY",
    "FEEDBACK_MASTER_KEY_FILE",
    "FEEDBACK_SESSION_KEY",
    "FEEDBACK_BOUNCES_URL",
    "FEEDBACK_BOUNCES_TOKEN",
    "FEEDBACK_METRICS_TOKEN",
    "FEEDBACK_SMTP_USER",
    "FEEDBACK_SMTP_PASSWORD",
)


def of_participants(production: dict[str, str]) -> dict[str, str]:
    """The environment of the process that serves participants, which holds no secret but the pepper."""
    return {name: value for name, value in production.items() if name not in SECRETS} | {
        "FEEDBACK_SERVES": "participants",
        "FEEDBACK_PEPPER": KEY,
    }


def test_the_participants_process_has_no_way_to_the_keys(production: dict[str, str]) -> None:
    settings = read_settings(of_participants(production))
    assert settings.serves is Serves.PARTICIPANTS
    assert settings.vault is None
    assert settings.pepper == b"k" * 32


@pytest.mark.parametrize("text", ["", "short", "bm90IDMyIGJ5dGVz"])
def test_the_participants_process_needs_a_pepper_of_32_bytes(production: dict[str, str], text: str) -> None:
    with pytest.raises(SettingsRefused, match="FEEDBACK_PEPPER"):
        read_settings(of_participants(production) | {"FEEDBACK_PEPPER": text})


def test_a_pepper_may_lie_in_a_file_and_is_made_once_when_embedded(production: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    path.write_text(f"{OTHER_KEY}\n")
    named = of_participants(production) | {"FEEDBACK_PEPPER": "", "FEEDBACK_PEPPER_FILE": str(path)}
    assert read_settings(named).pepper == b"o" * 32
    made = embedded(tmp_path / "here").pepper
    assert made is not None
    assert embedded(tmp_path / "here").pepper == made
    assert read_settings(production).pepper is None


@pytest.mark.parametrize("variable", SECRETS)
def test_the_participants_process_refuses_every_secret_by_name(production: dict[str, str], variable: str) -> None:
    with pytest.raises(SettingsRefused, match=variable):
        read_settings(of_participants(production) | {variable: "secret"})


def test_the_participants_process_never_makes_secrets_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="FEEDBACK_SERVES"):
        embedded(tmp_path, FEEDBACK_SERVES="participants")
    assert list(tmp_path.iterdir()) == []


def test_the_minimum_group_size_may_be_raised(production: dict[str, str]) -> None:
    assert read_settings(production | {"FEEDBACK_MINIMUM_GROUP_SIZE": "12"}).minimum_group_size == 12


def test_the_base_url_is_kept_without_a_slash_at_its_end(production: dict[str, str]) -> None:
    settings = read_settings(production | {"FEEDBACK_BASE_URL": "https://example.com/feedback/"})
    assert settings.base_url == "https://example.com/feedback"


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_on_this_machine_http_will_do(production: dict[str, str], url: str) -> None:
    assert read_settings(production | {"FEEDBACK_BASE_URL": url}).base_url == url


def test_a_relay_on_this_machine_may_go_without_tls(production: dict[str, str]) -> None:
    settings = read_settings(production | {"FEEDBACK_SMTP_HOST": "localhost"})
    assert (settings.smtp.security, settings.smtp.port) == (SmtpSecurity.NONE, 8025)


def test_the_master_key_may_lie_in_a_file(production: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "master"
    path.write_text(f"{KEY}\n{OTHER_KEY}\n")
    changed = production | {"FEEDBACK_MASTER_KEY": "", "FEEDBACK_MASTER_KEY_FILE": str(path)}
    assert read_settings(changed).vault.master_keys == (b"k" * 32, b"o" * 32)


@pytest.mark.parametrize("content", [None, "not base64!\n", "\n", "é"])
def test_a_master_key_file_that_cannot_be_used_is_refused_by_name(
    production: dict[str, str], tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "master"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    changed = production | {"FEEDBACK_MASTER_KEY": "", "FEEDBACK_MASTER_KEY_FILE": str(path)}
    with pytest.raises(SettingsRefused, match="FEEDBACK_MASTER_KEY"):
        read_settings(changed)


# Embedded: nothing needs to be set.


def test_without_settings_everything_stays_on_this_machine(tmp_path: Path) -> None:
    settings = embedded(tmp_path)
    assert settings.embedded
    assert settings.database_url == f"sqlite:///{tmp_path}/feedback.sqlite"
    assert settings.vault.keys_url == f"sqlite:///{tmp_path}/keys.sqlite"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert is_loopback(settings.listen_host)
    assert is_loopback(settings.smtp.host)


def test_without_settings_the_promises_are_the_default_ones(tmp_path: Path) -> None:
    settings = embedded(tmp_path)
    assert (settings.minimum_group_size, settings.key_backup_days, settings.comment_days) == (5, 7, 60)


@pytest.mark.parametrize("name", ["master.key", "session.key"])
def test_secrets_of_its_own_making_are_for_their_owner_only(tmp_path: Path, name: str) -> None:
    embedded(tmp_path / "new" / "instance")
    path = tmp_path / "new" / "instance" / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_of_its_own_making_are_kept(tmp_path: Path) -> None:
    first, second = embedded(tmp_path), embedded(tmp_path)
    assert first.vault.master_keys == second.vault.master_keys
    assert first.vault.session_key == second.vault.session_key


def test_two_instances_share_no_secret(tmp_path: Path) -> None:
    one, other = embedded(tmp_path / "one"), embedded(tmp_path / "other")
    assert one.vault.master_keys != other.vault.master_keys
    assert one.vault.session_key != other.vault.session_key


def test_a_lost_master_key_is_not_replaced(tmp_path: Path) -> None:
    embedded(tmp_path)
    (tmp_path / "master.key").unlink()
    (tmp_path / "keys.sqlite").touch()
    with pytest.raises(SettingsRefused, match=r"^FEEDBACK_INSTANCE holds keys\.sqlite but not master\.key"):
        embedded(tmp_path)


def test_an_embedded_service_that_listens_to_others_needs_an_address(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="FEEDBACK_BASE_URL"):
        embedded(tmp_path, FEEDBACK_LISTEN_HOST="192.0.2.7")


MAILBOX = ("mail.example.com", 993, True, "user", "mailbox-password", "INBOX", None)


def test_bounces_have_an_address_a_mailbox_and_a_token_if_they_are_set(production: dict[str, str]) -> None:
    bounces = {
        "FEEDBACK_BOUNCE_ADDRESS": "bounces@example.com",
        "FEEDBACK_BOUNCES_URL": "imaps://user:mailbox-password@mail.example.com",
        "FEEDBACK_BOUNCES_TOKEN": "bounce-token" * 3,
    }
    found = read_settings(production | bounces)
    assert found.bounces.address == "bounces@example.com"
    assert found.bounces.box == ImapBox(*MAILBOX)
    assert "mailbox-password" not in repr(found)
    assert "bounce-token" not in repr(found)


def test_without_settings_for_bounces_there_are_none(production: dict[str, str]) -> None:
    assert read_settings(production).bounces == BounceSettings(None, None, None)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FEEDBACK_BOUNCE_ADDRESS", "bounces"),
        ("FEEDBACK_BOUNCE_ADDRESS", "@example.com"),
        ("FEEDBACK_BOUNCE_ADDRESS", "boun+ces@example.com"),
        ("FEEDBACK_BOUNCE_ADDRESS", "b" * 25 + "@example.com"),
        ("FEEDBACK_BOUNCE_ADDRESS", "rück@example.com"),
        ("FEEDBACK_BOUNCES_URL", "mail.example.com"),
        ("FEEDBACK_BOUNCES_TOKEN", "t" * 31),
    ],
)
def test_settings_for_bounces_that_cannot_work_are_refused(
    production: dict[str, str], variable: str, value: str
) -> None:
    with pytest.raises(SettingsRefused, match=variable):
        read_settings(production | {variable: value})


def test_the_service_writes_and_is_written_to_at_addresses_in_one_spelling(production: dict[str, str]) -> None:
    found = read_settings(
        production
        | {"FEEDBACK_MAIL_SENDER": " Feedback@Bücher.example", "FEEDBACK_BOUNCE_ADDRESS": "bounces@BÜCHER.example"}
    )
    assert found.smtp.sender == "feedback@xn--bcher-kva.example"
    assert found.bounces.address == "bounces@xn--bcher-kva.example"


def test_mails_say_through_whom_they_come_only_if_that_is_named(production: dict[str, str]) -> None:
    assert read_settings(production).smtp.via is None
    assert read_settings(production | {"FEEDBACK_MAIL_VIA": "Feedback"}).smtp.via == "Feedback"


@pytest.mark.parametrize("via", ["two\nlines", " Feedback", "F" * 61])
def test_a_via_that_cannot_be_shown_is_refused(production: dict[str, str], via: str) -> None:
    with pytest.raises(SettingsRefused, match="FEEDBACK_MAIL_VIA"):
        read_settings(production | {"FEEDBACK_MAIL_VIA": via})


@pytest.mark.parametrize("sender", ["feedback", "Feedback <feedback@example.com>", "feedback@localhost"])
def test_a_sender_that_nobody_could_answer_is_refused(production: dict[str, str], sender: str) -> None:
    with pytest.raises(SettingsRefused, match="FEEDBACK_MAIL_SENDER cannot be used"):
        read_settings(production | {"FEEDBACK_MAIL_SENDER": sender})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@given(st.text() | st.from_regex(r"[0-9a-f.:]{1,20}"))
def test_no_name_makes_the_question_for_this_machine_fail(host: str) -> None:
    assert is_loopback(host) in {True, False}


def test_the_log_outlives_what_is_asked_of_it(production: dict[str, str]) -> None:
    assert read_settings(production).audit_log_days == 1095
    longer = production | {"FEEDBACK_RETENTION_DAYS": "2000"}
    assert read_settings(longer).audit_log_days == 2030
    with pytest.raises(SettingsRefused, match="FEEDBACK_AUDIT_LOG_DAYS must be a whole number from 2030"):
        read_settings(longer | {"FEEDBACK_AUDIT_LOG_DAYS": "1095"})


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:p@db.example.org/main",
        "postgres://u:p@db.example.org:5433/main",
        "postgresql://u:p@db.example.org/main?sslmode=prefer",
        "postgresql://u:p@db.example.org/main?sslmode=require",
        "postgresql://u:p@db.example.org/main?sslmode=verify-full&sslmode=disable",
        "postgresql+psycopg://u:p@10.0.0.7/main",
        "postgresql://u:p@[2001:db8::7]:5432/main",
        "postgresql://u:p@127.0.0.1,db.example.org/main",
        "postgresql://u:p@127.0.0.1/main?host=db.example.org",
        "postgresql:///main?host=/run/postgresql&hostaddr=10.0.0.7",
        "postgresql:///main?service=elsewhere",
        "postgresql://u:p@127.0.0.1.example.org/main",
        "postgresql://127.0.0.1@db.example.org/main",
        "postgresql://u:p/q@db.example.org/main",
    ],
)
def test_a_database_elsewhere_is_reached_by_tls_that_proves_whose_it_is(
    production: dict[str, str], address: str
) -> None:
    with pytest.raises(SettingsRefused, match=r"^FEEDBACK_DATABASE_URL leads to another machine"):
        read_settings(production | {"FEEDBACK_DATABASE_URL": address})


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:p@127.0.0.1:5433/main",
        "postgresql://u:p@[::1]/main",
        "postgresql://u:p@localhost/main",
        "postgresql:///main",
        "postgresql://u:p@/main?host=/run/postgresql",
        "postgresql://u:p@db.example.org/main?sslmode=verify-ca",
        "postgresql://u:p@one.example.org,two.example.org/main?sslmode=verify-full",
        "sqlite:////var/lib/feedback/main.sqlite",
    ],
)
def test_a_database_on_this_machine_or_proved_is_taken(production: dict[str, str], address: str) -> None:
    assert read_settings(production | {"FEEDBACK_DATABASE_URL": address}).database_url


def test_hosts_may_be_named_that_are_reached_without_tls(production: dict[str, str]) -> None:
    plain = {name: f"postgresql://u:p@db-{name}/one" for name in ("main", "keys")}
    urls = {"FEEDBACK_DATABASE_URL": plain["main"], "FEEDBACK_KEYS_URL": plain["keys"]}
    assert read_settings(production | urls | {"FEEDBACK_PLAIN_DATABASE_HOSTS": "db-main,db-keys"}).vault
    with pytest.raises(SettingsRefused, match="FEEDBACK_KEYS_URL leads to another machine, db-keys"):
        read_settings(production | urls | {"FEEDBACK_PLAIN_DATABASE_HOSTS": "db-main"})


def test_what_libpq_would_read_besides_is_reckoned_with(production: dict[str, str]) -> None:
    socket = {"FEEDBACK_DATABASE_URL": "postgresql:///main"}
    with pytest.raises(SettingsRefused, match=r"another machine, db\.example\.org"):
        read_settings(production | socket | {"PGHOST": "db.example.org"})
    with pytest.raises(SettingsRefused, match=r"another machine, 10\.0\.0\.7"):
        read_settings(
            production | {"FEEDBACK_DATABASE_URL": "postgresql://u:p@localhost/main", "PGHOSTADDR": "10.0.0.7"}
        )
    plain = {"FEEDBACK_DATABASE_URL": "postgresql://u:p@db.example.org/main", "PGSSLMODE": "verify-full"}
    assert read_settings(production | plain)
