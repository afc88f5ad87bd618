"""The staff's cookie. On any other page there is no session to read, and writing to one raises."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class StaffSessions(SecureCookieSessionInterface):
    """Keeps sessions for the pages under the cookie's path, and for no others."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of a staff page; None elsewhere, whatever the browser has sent."""
        return super().open_session(app, request) if request.path.startswith(self.get_cookie_path(app)) else None
