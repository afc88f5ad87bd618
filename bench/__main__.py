"""Run every benchmark, or those that are named: `python -m bench [--small] [waves …]`."""

import os
import platform
import sys

from bench import (
    alike,
    audit,
    closing,
    contested,
    findings,
    history,
    loading,
    opening,
    operators,
    organisations,
    page,
    programs,
    reports,
    reviewing,
    roster,
    sealing,
    silence,
    steps,
    submit,
    utility,
    visits,
    waves,
)

BENCHMARKS = (
    page,
    loading,
    sealing,
    roster,
    opening,
    submit,
    alike,
    steps,
    visits,
    closing,
    audit,
    history,
    organisations,
    findings,
    utility,
    contested,
    reports,
    reviewing,
    waves,
    programs,
    operators,
    silence,
)


def main() -> None:
    """Print what machine this is, then every table."""
    small = "--small" in sys.argv
    sys.stdout.write(f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    wanted = {word for word in sys.argv[1:] if not word.startswith("-")}
    for benchmark in BENCHMARKS:
        if not wanted or benchmark.__name__.removeprefix("bench.") in wanted:
            benchmark.main(small)


if __name__ == "__main__":
    main()
