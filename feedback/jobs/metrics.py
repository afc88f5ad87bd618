"""The figures of the service in Prometheus's text form. No label names a programme, a wave, a person or a machine."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from feedback.domain.waves import WaveState
from feedback.services.find_due import Act
from feedback.services.take_stock import Stock

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def write_metrics(stock: Stock) -> bytes:
    """Return the figures, each family in a fixed order with all of its labels, so that none appears or goes."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(stock))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, stock: Stock) -> None:
        self._stock = stock

    def collect(self) -> Iterable[Metric]:
        """Yield every family."""
        stock = self._stock
        tick = stock.last_tick.timestamp() if stock.last_tick else 0
        yield _gauge("worker_last_tick_timestamp_seconds", "When a worker last looked for what is due; 0: never.", tick)
        waiting = Counter(one.act for one in stock.due)
        yield _gauges(
            "due_acts", "Acts that are due, mails counted by wave.", "act", [(act, waiting[act]) for act in Act]
        )
        oldest = max((one.age(stock.now).total_seconds() for one in stock.due), default=0)
        yield _gauge("oldest_due_act_seconds", "For how long the oldest act has been due.", oldest)
        yield _gauge("late_acts", "Acts that have been due for longer than FEEDBACK_ALARM_MINUTES.", len(stock.late))
        yield _gauge("mail_batches_waiting", "Batches of mails that may go out now.", stock.batches_waiting)
        yield _gauge("mail_batches_put_off", "Batches that the mail relay did not take.", stock.batches_put_off)
        yield _gauges("mails", "Mails of all waves by where they stand.", "state", stock.mails.items())
        yield _gauges(
            "waves", "Waves by state; held: a report that the auditor could break.", "state", stock.waves.items()
        )
        closes = CounterMetricFamily("feedback_closes", "Waves that were closed, with a report.")
        closes.add_metric([], stock.waves[WaveState.CLOSED])
        yield closes
        yield _gauge("key_store_reachable", "1 if the key store can be asked.", stock.overdue_keys is not None)
        if stock.overdue_keys is not None:
            yield _gauge(
                "overdue_keys", "Waves that are over and still have a key they no longer need.", stock.overdue_keys
            )
        yield _gauge("overdue_comments", "Waves with comments whose time for review is over.", stock.overdue_comments)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"feedback_{name}", text, value=value)


def _gauges(name: str, text: str, label: str, values: Iterable[tuple[StrEnum, int]]) -> Metric:
    family = GaugeMetricFamily(f"feedback_{name}", text, labels=[label])
    for value, count in values:
        family.add_metric([str(value)], count)
    return family
