"""Figures for Prometheus, for whoever knows the token. No participants' process has this page.

They are in Prometheus's text format. No label names a programme, a wave, a person or a machine.
"""

import hmac
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from flask import Blueprint, Response, abort, make_response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from feedback.domain.waves.states import WaveState
from feedback.runtime import runtime
from feedback.services.installation.read_status import ServiceStatus, read_status
from feedback.services.waves.find_due import Act

metrics = Blueprint("metrics", __name__)

_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@metrics.get("/metrics")
def figures() -> Response:
    """Return the figures; 404 if no token is set, 401 for a wrong one."""
    tools = runtime()
    watching = tools.settings.watching
    if watching.token is None:
        abort(404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {watching.token}".encode()):
        return make_response("", 401, {"WWW-Authenticate": "Bearer"})
    status = read_status(tools.session(), tools.keys, now=tools.clock(), alarm_after=watching.alarm_after)
    return make_response(write_metrics(status), 200, {"Content-Type": _CONTENT_TYPE})


def write_metrics(status: ServiceStatus) -> bytes:
    """Return the figures, each family in a fixed order with all of its labels, so that none appears or goes."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(status))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, status: ServiceStatus) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        """Yield every family."""
        status = self._status
        tick = status.last_tick.timestamp() if status.last_tick else 0
        yield _gauge("worker_last_tick_timestamp_seconds", "When a worker last looked for what is due; 0: never.", tick)
        yield _gauge(
            "clock_doubted", "1 if a worker does nothing because its clock may be wrong.", bool(status.clock_doubt)
        )
        yield _gauge(
            "restore_doubted",
            "1 if nothing is done because a database may have been restored from a copy.",
            bool(status.restored),
        )
        waiting = Counter(one.act for one in status.due)
        yield _gauges(
            "due_acts", "Acts that are due, mails counted by wave.", "act", [(act, waiting[act]) for act in Act]
        )
        oldest = max((one.age(status.now).total_seconds() for one in status.due), default=0)
        yield _gauge("oldest_due_act_seconds", "For how long the oldest act has been due.", oldest)
        yield _gauge("late_acts", "Acts that have been due for longer than FEEDBACK_ALARM_MINUTES.", len(status.late))
        yield _gauge("mail_batches_waiting", "Batches of mails that may go out now.", status.batches_waiting)
        yield _gauge("mail_batches_put_off", "Batches that the mail relay did not take.", status.batches_put_off)
        yield _gauge(
            "mails_sender_refused",
            "Mails that wait because the relay refuses whoever sends them.",
            sum(refused.mails for refused in status.sender_refused),
        )
        yield _gauges("mails", "Mails of all waves by where they stand.", "state", status.mails.items())
        yield _gauges(
            "waves", "Waves by state; held: a report that the auditor could break.", "state", status.waves.items()
        )
        closes = CounterMetricFamily("feedback_closes", "Waves that were closed, with a report.")
        closes.add_metric([], status.waves[WaveState.CLOSED])
        yield closes
        yield _gauge("key_store_reachable", "1 if the key store can be asked.", status.overdue_keys is not None)
        if status.overdue_keys is not None:
            yield _gauge(
                "overdue_keys", "Waves that are over and still have a key they no longer need.", status.overdue_keys
            )
        yield _gauge("overdue_comments", "Waves with comments whose time for review is over.", status.overdue_comments)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"feedback_{name}", text, value=value)


def _gauges(name: str, text: str, label: str, values: Iterable[tuple[StrEnum, int]]) -> Metric:
    family = GaugeMetricFamily(f"feedback_{name}", text, labels=[label])
    for value, count in values:
        family.add_metric([str(value)], count)
    return family
