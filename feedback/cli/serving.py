"""What begins to serve: the pepper made known, servers on threads of this process, the wait for somebody to end it."""

import signal
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from feedback.config import NO_PEPPER
from feedback.domain.errors import SettingsRefused
from feedback.runtime import Runtime
from feedback.services.installation.check_pepper import adopt_pepper

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 8
_SECONDS_TO_CLOSE = 10


def bring_pepper(tools: Runtime) -> None:
    """Make this process's pepper the known one, before it takes an answer; raise PepperRefused if another one is.

    Raises SettingsRefused if it has none.
    """
    if tools.settings.pepper is None:
        raise SettingsRefused(NO_PEPPER)
    with tools.writing() as connection:
        adopt_pepper(connection, tools.settings.pepper)


class Only:
    """A web application that answers at a few addresses and knows no other."""

    def __init__(self, app: "WSGIApplication", *paths: str) -> None:
        """Let requests for `paths` through to `app`."""
        self._app, self._paths = app, paths

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("PATH_INFO") in self._paths:
            return self._app(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"There is no such page here.\n"]


class WebThread:
    """A web server on a thread of its own. It keeps no access log: addresses of links must not be written down."""

    def __init__(self, app: "WSGIApplication", host: str, port: int, variable: str) -> None:
        """Take the port at once, or raise SettingsRefused naming the `variable` that chose it."""
        # Loaded where a thread serves: neither the pages in production nor most workers have one.
        from waitress.server import create_server

        try:
            self._server: Any = create_server(app, host=host, port=port, ident="", threads=THREADS)
        except OSError as error:
            raise SettingsRefused(f"{variable} is {port}, which cannot be used: {error.strerror}.") from None
        self._thread = threading.Thread(target=self._server.run, name=f"web-{port}", daemon=True)
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests; those being served end first."""
        # Closed from this thread, the other one would go on waiting for sockets that are gone.
        self._server.trigger.pull_trigger(self._close)
        self._closed.wait(_SECONDS_TO_CLOSE)
        self._server.task_dispatcher.shutdown()

    def _close(self) -> None:
        self._server.close()
        self._closed.set()


class Ending:
    """Waits for Ctrl-C, a polite signal, or a part of the service that died."""

    def __init__(self) -> None:
        """Catch signals from now on."""
        self._event = threading.Event()
        self.is_failure = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: self.ask())

    @property
    def is_asked(self) -> bool:
        """Tell whether it is time to end."""
        return self._event.is_set()

    def ask(self) -> None:
        """Say that it is time to end, and that nothing is wrong."""
        self._event.set()

    def fail(self) -> None:
        """Say that a part of the service has died."""
        self.is_failure = True
        self._event.set()

    def wait(self) -> None:
        """Return when it is time to end."""
        self._event.wait()
