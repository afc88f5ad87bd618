"""Run every benchmark: `python -m bench [--small]`."""

import os
import platform
import sys

from bench import audit, closing, opening, page, sealing, steps, submit


def main() -> None:
    """Print what machine this is, then every table."""
    small = "--small" in sys.argv
    sys.stdout.write(f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    for benchmark in (page, sealing, opening, submit, steps, closing, audit):
        benchmark.main(small)


if __name__ == "__main__":
    main()
