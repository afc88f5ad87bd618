"""Every benchmark still runs, on a small scale; what it measures is nobody's business here."""

import pytest

from bench import audit, opening, page, sealing, waves


@pytest.mark.parametrize("benchmark", [page, sealing, opening, audit, waves])
def test_a_benchmark_prints_a_table(benchmark, capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.main(small=True)
    assert capsys.readouterr().out.count("|") > 10
