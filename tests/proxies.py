"""The sample of a reverse proxy, run by nginx; what is behind it is for a test to say."""

import re
import signal
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browsing import free_port
from tests.needs import needs
from tests.processes import wait_until_accepted
from tests.relay_with_tls import make_certificate

# A name and no number: which of its sites is asked for, a browser says with the first words of TLS.
NAME = "localhost"
SERVED = "feedback.example.com"
"""The name that the service behind it answers under."""
SAMPLE = Path(__file__).resolve().parents[1] / "deploy/nginx.conf"
FRAME = """
daemon off;
pid {folder}/pid;
error_log {folder}/server.log crit;
events {{ worker_connections 4096; }}
http {{
  client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/answers;
  fastcgi_temp_path {folder}/f; scgi_temp_path {folder}/s; uwsgi_temp_path {folder}/u;
  access_log {folder}/access.log;
  include {folder}/sample.conf;
}}
"""


@dataclass
class Proxy:
    """A proxy that runs; what is behind it may not."""

    process: subprocess.Popen[bytes]
    folder: Path
    plain: str
    secure: str
    participants: int

    def status(self, path: str, body: bytes | None = None, *, secure: bool = True) -> int:
        """Ask for a page as a browser does; redirects are not followed."""
        address = f"https://{NAME}:{self.secure}" if secure else f"http://{NAME}:{self.plain}"
        with urllib.request.build_opener(_Stays(), _TRUSTING).open(f"{address}{path}", body, timeout=60) as answer:
            return int(answer.status)

    def written(self) -> str:
        """All that stands in any file at the end: nginx writes of a request when it is answered."""
        self.process.send_signal(signal.SIGQUIT)
        assert self.process.wait(60) == 0
        return "".join(file.read_text() for file in sorted(self.folder.rglob("*")) if file.is_file())


_TRUSTING = urllib.request.HTTPSHandler(context=ssl._create_unverified_context())


class _Stays(urllib.request.HTTPErrorProcessor):
    def http_response(self, request, response):
        return response

    https_response = http_response


def adjusted(folder: Path, ports: list[str]) -> str:
    """The sample with the ports, names and folders of this test; nothing else differs."""
    text = SAMPLE.read_text(encoding="utf-8").replace("/var/log/nginx", str(folder))
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE).replace(
        "feedback.example.org;", f"{NAME} {SERVED};"
    )
    for sample, ours in zip(("listen 80", "listen 443", ":8001;", ":8002;"), ports, strict=True):
        assert sample in text
        text = text.replace(sample, re.sub(r"\d+", ours, sample))
    return re.sub(r"/etc/letsencrypt/\S*/(\w+)\.pem", rf"{folder}/\1.pem", text)


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    made = make_certificate(tmp_path)
    made.certificate.rename(tmp_path / "fullchain.pem")
    made.key.rename(tmp_path / "privkey.pem")
    ports = [free_port() for _ in range(4)]
    (tmp_path / "sample.conf").write_text(adjusted(tmp_path, ports))
    (tmp_path / "nginx.conf").write_text(FRAME.format(folder=tmp_path))
    command = [needs("nginx"), "-e", tmp_path / "server.log", "-c", tmp_path / "nginx.conf"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        wait_until_accepted(int(ports[1]))
        yield Proxy(process, tmp_path, ports[0], ports[1], int(ports[2]))
        process.terminate()
