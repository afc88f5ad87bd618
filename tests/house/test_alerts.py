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

RULES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "deploy/alerts.yml").read_text(encoding="utf-8")
)["groups"][0]["rules"]
NOW = datetime(2027, 3, 1, tzinfo=UTC)


def samples(keys: int | None) -> set[str]:
    """The names of all figures, each with its labels as an expression would name it."""
    status = ServiceStatus(
        now=NOW,
        last_tick=None,
        clock_doubt=None,
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
    assert len({rule["alert"] for rule in RULES}) == len(RULES) == 9
    for rule in RULES:
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "0m"))


def test_every_alert_speaks_of_figures_that_exist() -> None:
    named = {name for rule in RULES for name in re.findall(r"feedback_\w+(?:\{[^}]*\})?", rule["expr"])}
    assert len(named) == 9
    assert named <= samples(keys=0)


def test_a_key_store_that_is_gone_has_no_figure_of_its_own() -> None:
    assert samples(keys=0) - samples(keys=None) == {"feedback_overdue_keys"}
