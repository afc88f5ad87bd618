"""Every benchmark still runs, on a small scale; what it measures is nobody's business here.

Most take seconds, however small: `make outside` runs those.
"""

import pytest

from bench import (
    audit,
    contested,
    history,
    loading,
    opening,
    operators,
    organisations,
    page,
    reports,
    roster,
    sealing,
    silence,
    utility,
    visits,
    waves,
)
from tests.databases import first_of

QUICKEST_FIRST = (
    sealing,
    roster,
    utility,
    opening,
    contested,
    organisations,
    history,
    visits,
    page,
    reports,
    loading,
    audit,
    waves,
    operators,
    silence,
)


@pytest.mark.parametrize("benchmark", first_of(5, QUICKEST_FIRST))
def test_a_benchmark_prints_a_table(benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.main(small=True)
    assert capsys.readouterr().out.count("|") > 10


def test_every_participants_page_is_light() -> None:
    for name, own, others, requests in page.measure():
        assert own + others <= 30_000, name
        assert requests <= 3, name
