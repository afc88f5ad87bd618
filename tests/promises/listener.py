"""Hears every logger at its most talkative."""

import logging

from feedback.logs import DiscreetFormatter

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Listener(logging.Handler):
    """Keeps every record while it is entered. `deaf_to` names loggers that belong to the world outside."""

    def __init__(self, *deaf_to: str) -> None:
        super().__init__(logging.DEBUG)
        self._deaf_to = deaf_to
        self.records: list[logging.LogRecord] = []
        self.lines: list[str] = []
        """The records as the service writes them."""
        self.setFormatter(DiscreetFormatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in self._deaf_to:
            self.records.append(record)
            self.lines.append(self.format(record))

    def __enter__(self) -> "Listener":
        names = ["", *logging.root.manager.loggerDict]
        self._levels = {name: logging.getLogger(name).level for name in names}
        for name in names:
            logging.getLogger(name).setLevel(logging.DEBUG)
        logging.root.addHandler(self)
        return self

    def __exit__(self, *_caught: object) -> None:
        logging.root.removeHandler(self)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
