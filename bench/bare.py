"""The reference for pages: a bare Flask application that stores one row per POST, or sends a file, and does no more."""

import os
from pathlib import Path

from flask import Flask, Response, request
from sqlalchemy import create_engine, text

from feedback.storage.database import guard_engine
from feedback.web.front import LARGEST_UPLOADING_POST, THREADS, Front


def front_of_bare() -> Front:
    """Return the application served as ours is: behind what takes requests whole and hands them to a thread."""
    return Front(create_bare(), threads=THREADS, largest=LARGEST_UPLOADING_POST)


def create_bare() -> Flask:
    """Return the application; FEEDBACK_DATABASE_URL says where the rows go, BENCH_FILE what is sent."""
    app = Flask("bare")
    engine = create_engine(os.environ["FEEDBACK_DATABASE_URL"])
    guard_engine(engine)

    @app.post("/")
    def store() -> str:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO bare (body) VALUES (:body)"), {"body": request.get_data(as_text=True)})
        return "stored"

    file = os.environ.get("BENCH_FILE")
    data = Path(file).read_bytes() if file else b""

    @app.get("/file")
    def send() -> Response:
        return Response(data)

    @app.get("/healthz")
    def alive() -> str:
        return "alive"

    return app
