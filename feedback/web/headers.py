"""Response headers: nothing cached, nothing referred, nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
# The only pages with a script: it counts characters, lets one go back, and keeps or deletes what is on the device.
_SCRIPTED = frozenset(f"participant.{name}" for name in ("questions", "answer", "send", "take_back"))
# Staff's pages on passkeys, which browsers make and use for scripts only. It asks this service what is to be signed.
_WITH_PASSKEYS = frozenset(
    f"staff.{name}"
    for name in (
        "how_to_sign_in",
        "ask_for_mail",
        "ask_sign_in_with_passkey",
        "sign_in",
        "sign_in_with_passkey",
        "passkey",
        "use_passkey",
        "passkeys",
        "make_passkey",
        "api_keys",
        "make_api_key",
        "web_hooks",
        "add_web_hook",
        "web_hook",
        "renew_hook_secret",
        "remove_passkey",
    )
)
# What a participant's page would do, one that is only shown to staff does not.
_PREVIEWS = frozenset({"staff.preview"})
_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def add_headers(app: Flask, *, secure: bool) -> None:
    """Set the headers on every response; pages are never stored, static files for a day."""
    always = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"} if secure else {}
    # One application around another.
    app.wsgi_app = _with_headers(app.wsgi_app, (_HEADERS | always).items())  # type: ignore[method-assign, assignment]

    @app.after_request
    def set_headers(response: Response) -> Response:
        endpoint, status = request.endpoint, response.status_code
        leads_nowhere = status in {404, 429} and request.path.startswith("/s/")
        response.headers["Content-Security-Policy"] = _policy(endpoint, leads_nowhere=leads_nowhere)
        is_static = endpoint == "static" and status == 200
        response.headers["Cache-Control"] = "public, max-age=86400" if is_static else "no-store"
        return response


def _with_headers(application: WSGIApplication, fixed: Collection[tuple[str, str]]) -> WSGIApplication:
    """Return an application that says these too, as they are: nothing in them is to be looked at again."""

    def asked(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, *fixed], *error)

        return application(environment, start)

    return asked


@cache
def _policy(endpoint: str | None, *, leads_nowhere: bool) -> str:
    has_passkeys = endpoint in _WITH_PASSKEYS
    scripts = "; script-src 'self'" if endpoint in _SCRIPTED or leads_nowhere or has_passkeys else ""
    scripts += "; connect-src 'self'" if has_passkeys else ""
    forms = "form-action 'none'" if endpoint in _PREVIEWS else "form-action 'self'"
    return f"{_POLICY}; {forms}{scripts}"
