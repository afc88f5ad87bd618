"""What real processes have loaded: each that is overheard writes the names of its modules into a folder."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.processes import PAUSE, TRIES, surroundings

# A command tells at its end; a server's worker, which is forked off and never ends by itself, all the time.
_SPY = """
import atexit, os, sys, threading, time
def tell():
    path = os.path.join({folder!r}, str(os.getpid()))
    with open(path + ".new", "w") as file:
        file.write("\\n".join(list(sys.modules)))
    os.rename(path + ".new", path)
def keep_telling():
    while True:
        tell()
        time.sleep(0.2)
atexit.register(tell)
os.register_at_fork(after_in_child=lambda: threading.Thread(target=keep_telling, daemon=True).start())
"""


@dataclass(frozen=True)
class Spy:
    """Overhears every process that is given its environment."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "told").mkdir()
        (self.folder / "sitecustomize.py").write_text(_SPY.format(folder=str(self.folder / "told")))

    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        return surroundings(**environment, PYTHONPATH=str(self.folder))

    def modules(self, pid: int) -> set[str]:
        """What a process has loaded by now, and not a moment ago."""
        told = self.folder / "told" / str(pid)
        told.unlink(missing_ok=True)
        for _ in range(TRIES):
            if told.exists():
                return self.last_words(pid)
            time.sleep(PAUSE)
        raise AssertionError("the process says nothing")

    def last_words(self, pid: int) -> set[str]:
        """What a process had loaded when it ended."""
        return set((self.folder / "told" / str(pid)).read_text().split())
