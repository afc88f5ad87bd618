"""The sample alerts are valid, speak of figures that exist, and fire on what they are named for."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

from feedback.domain.waves.states import WaveState
from feedback.services.installation.read_status import ServiceStatus
from feedback.storage.deliveries import DeliveryState
from feedback.web.metrics import write_metrics

ROOT = Path(__file__).resolve().parents[2]
ALERTS = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = ALERTS["groups"][0]["rules"]
NOW = datetime(2027, 3, 1, tzinfo=UTC)


def samples(keys: int | None) -> set[str]:
    """The names of all figures, each with its labels as an expression would name it."""
    status = ServiceStatus(
        now=NOW,
        last_tick=None,
        clock_doubt=None,
        epochs=None,
        alarm_after=timedelta(minutes=15),
        due=(),
        batches_waiting=0,
        batches_put_off=0,
        mails=dict.fromkeys(DeliveryState, 0),
        waves=dict.fromkeys(WaveState, 0),
        overdue_keys=keys,
        overdue_comments=0,
        sender_refused=(),
        lines=(),
    )
    return {
        sample.name + "".join(f'{{{name}="{value}"}}' for name, value in sample.labels.items())
        for family in text_string_to_metric_families(write_metrics(status).decode())
        for sample in family.samples
    }


def test_every_alert_has_a_name_a_severity_and_a_sentence() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES) == 11
    for rule in RULES:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "0m"))


def test_every_alert_speaks_of_figures_that_exist() -> None:
    named = {name for rule in RULES for name in re.findall(r"feedback_\w+(?:\{[^}]*\})?", rule["expr"])}
    assert len(named) == 11
    assert named <= samples(keys=0)


def test_a_key_store_that_is_gone_has_no_figure_of_its_own() -> None:
    assert samples(keys=0) - samples(keys=None) == {"feedback_overdue_keys"}


def test_of_every_alert_operators_can_read_what_it_means_what_to_do_and_what_it_costs_to_wait() -> None:
    chapters = re.split(r"^#{2,4} ", (ROOT / "docs/operations.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    said = {chapter.partition("\n")[0]: chapter for chapter in chapters}
    for rule in RULES:
        assert re.findall(r"^\*\*(.+?)[.:]?\*\*", said[rule["alert"]], re.MULTILINE) == ["Means", "Do", "If it waits"]
