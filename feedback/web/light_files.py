"""Styles and scripts as they are sent: without the comments and the indentation that are there for who edits them."""

import re
from mimetypes import guess_type
from pathlib import Path

from flask import Flask, Response, request
from werkzeug import Response as BaseResponse

_FOR_EDITORS = re.compile(r"/\*.*?\*/\s*|^\s+", re.DOTALL | re.MULTILINE)


def send_light_files(app: Flask) -> None:
    """Read all of them now, and send them from memory."""
    folder = Path(app.root_path, app.static_folder or "")
    files = [*folder.glob("*.css"), *folder.glob("*.js")]
    light = {path.name: lightened(path.read_text("utf-8")) for path in files}

    def static(filename: str) -> BaseResponse:
        if filename not in light:
            return app.send_static_file(filename)
        response = Response(light[filename], mimetype=guess_type(filename)[0])
        response.add_etag()
        return response.make_conditional(request)

    app.view_functions["static"] = static


def lightened(text: str) -> str:
    """Return a style or a script without what only its editors need. No string in it may hold a comment's signs."""
    return _FOR_EDITORS.sub("", text)
