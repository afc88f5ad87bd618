"""The process that opens a spreadsheet: `python -m feedback.spreadsheets.child`, file in, JSON out.

A file can be made to take all memory and to abort the process that reads it. This process has little to lose: it binds
its own memory and time first, knows no setting and no database, and says no more than rows, or a sentence.
"""

import json
import sys

from feedback.child_processes import bind_oneself
from feedback.spreadsheets.formats import Refused, rows_of

_MEMORY_BYTES = 512 * 2**20
_CPU_SECONDS = 60


def main() -> None:
    """Read a file from the standard input and write its first visible sheet."""
    bind_oneself(memory_bytes=_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS)
    try:
        answer = rows_of(sys.stdin.buffer.read())
    except Refused as refused:
        answer = {"refused": refused.said, "values": refused.values}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
