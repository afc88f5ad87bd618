"""Digests of images are written as a registry sends the images, or not at all."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = ("Dockerfile", "compose.yaml")
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []})


@dataclass
class FakeRegistry:
    """A registry on this machine: what it sends for each image, and how it behaves."""

    manifests: dict[str, bytes]
    wants_token: bool = True
    claims: str | None = None
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def reply(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        if request.path.startswith("/token?"):
            self._send(request, 200, b'{"token": "anybody"}')
        elif self.wants_token and request.headers.get("Authorization") != "Bearer anybody":
            realm = f'Bearer realm="http://127.0.0.1:{self.port}/token",service="fake"'
            self._send(request, 401, b"", {"WWW-Authenticate": realm})
        elif (body := self.manifests.get(request.path)) is None:
            self._send(request, 404, b"")
        else:
            claimed = self.claims or f"sha256:{hashlib.sha256(body).hexdigest()}"
            self._send(request, 200, body, {"Docker-Content-Digest": claimed})

    @staticmethod
    def _send(request: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        request.send_response(code)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def images_in(folder: Path) -> set[str]:
    said = "".join((folder / name).read_text() for name in FILES).replace("${PYTHON}", "3.11")
    return {one for one in re.findall(r"^(?:FROM| *image:) (\S+:\S+)", said, re.MULTILINE) if one != "feedback:local"}


@pytest.fixture
def registry(folder: Path) -> Iterator[FakeRegistry]:
    manifests = {
        f"/v2/library/{name}/manifests/{tag}": f'{MANIFEST[:-1]}, "annotations": {{"of": "{name}"}}}}'.encode()
        for name, tag in (image.split("@")[0].split(":") for image in images_in(folder))
    }
    fake = FakeRegistry(manifests)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.reply(self)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield fake
        server.shutdown()
        thread.join()


def pin(folder: Path, registry: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", ROOT / "deploy/pin_images.py", "--folder", folder, "--registry", registry]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def texts(folder: Path) -> list[str]:
    return [(folder / name).read_text() for name in FILES]


def test_each_image_is_given_the_digest_of_what_the_registry_sends(folder: Path, registry: FakeRegistry) -> None:
    before = images_in(folder)
    done = pin(folder, f"http://127.0.0.1:{registry.port}")
    assert (done.returncode, done.stderr) == (0, "")
    expected = {
        f"{image}@sha256:{hashlib.sha256(registry.manifests[path]).hexdigest()}"
        for image in before
        for path in registry.manifests
        if path == f"/v2/library/{image.replace(':', '/manifests/')}"
    }
    assert images_in(folder) == expected
    assert len(expected) == len(before) >= 2
    # And nothing else, and the same again.
    plain = [re.sub(r"@sha256:[0-9a-f]{64}", "", text) for text in texts(folder)]
    assert plain == [(ROOT / name).read_text().replace("${PYTHON}", "3.11") for name in FILES]
    pinned = texts(folder)
    assert pin(folder, f"http://127.0.0.1:{registry.port}").returncode == 0
    assert texts(folder) == pinned


def test_an_image_that_has_moved_gets_its_new_digest(folder: Path, registry: FakeRegistry) -> None:
    registry.wants_token = False
    pin(folder, f"http://127.0.0.1:{registry.port}")
    before = images_in(folder)
    registry.manifests = {path: body + b" " for path, body in registry.manifests.items()}
    assert pin(folder, f"http://127.0.0.1:{registry.port}").returncode == 0
    assert images_in(folder).isdisjoint(before)


def test_a_registry_that_claims_another_digest_than_it_sends_is_not_believed(
    folder: Path, registry: FakeRegistry
) -> None:
    registry.claims = f"sha256:{'0' * 64}"
    done = pin(folder, f"http://127.0.0.1:{registry.port}")
    assert done.returncode == 1
    assert done.stderr.startswith("Nothing was changed. The registry says that")
    assert texts(folder) == texts(ROOT)


@pytest.mark.parametrize("body", [b"<html>Welcome to this hotel</html>", b'{"mediaType": "text/plain"}', b"[]"])
def test_what_is_no_manifest_is_not_written_down(folder: Path, registry: FakeRegistry, body: bytes) -> None:
    registry.manifests = dict.fromkeys(registry.manifests, body)
    done = pin(folder, f"http://127.0.0.1:{registry.port}")
    assert (done.returncode, "sends no manifest" in done.stderr) == (1, True)
    assert texts(folder) == texts(ROOT)


def test_nothing_is_changed_if_one_image_is_not_known(folder: Path, registry: FakeRegistry) -> None:
    registry.manifests.popitem()
    done = pin(folder, f"http://127.0.0.1:{registry.port}")
    assert (done.returncode, "answers 404" in done.stderr) == (1, True)
    assert texts(folder) == texts(ROOT)


def test_without_a_registry_nothing_is_changed_and_that_is_said(folder: Path) -> None:
    done = pin(folder, "http://127.0.0.1:9")
    assert done.returncode == 1
    assert re.fullmatch(r"Nothing was changed. http://127\.0\.0\.1:9/\S+ cannot be asked: .+\.\n", done.stderr)
    assert texts(folder) == texts(ROOT)


def test_a_registry_elsewhere_is_asked_by_https_only(folder: Path) -> None:
    done = pin(folder, "http://registry.example.org")
    assert (done.returncode, done.stderr) == (1, "--registry: https, or on this machine.\n")
