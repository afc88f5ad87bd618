"""Every benchmark still runs, on a small scale; what it measures is nobody's business here.

Three take longer than all others together, however small: `make outside` runs them.
"""

import pytest

from bench import (
    audit,
    contested,
    history,
    loading,
    opening,
    organisations,
    page,
    reports,
    roster,
    sealing,
    utility,
    visits,
    waves,
)
from tests.databases import LARGE

SMALL = (
    page,
    sealing,
    roster,
    opening,
    history,
    organisations,
    utility,
    contested,
    visits,
    reports,
    *(pytest.param(one, marks=LARGE) for one in (loading, audit, waves)),
)


@pytest.mark.parametrize("benchmark", SMALL)
def test_a_benchmark_prints_a_table(benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.main(small=True)
    assert capsys.readouterr().out.count("|") > 10


def test_every_participants_page_is_light() -> None:
    for name, own, others, requests in page.measure():
        assert own + others <= 30_000, name
        assert requests <= 3, name
