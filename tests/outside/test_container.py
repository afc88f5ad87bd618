"""The image is built as docs/deployment.md says, and what is in it starts, answers and can copy its databases.

Where no registry of images can be reached its base is made here, of Debian and its Python, and that is said.
"""

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browsing import free_port
from tests.needs import needs
from tests.processes import wait_until_served

pytestmark = [pytest.mark.outside, pytest.mark.filterwarnings("default:NO REGISTRY OF IMAGES")]
ROOT = Path(__file__).resolve().parents[2]
IMAGE, DEBIAN, PYTHON = "feedback-outside", "trixie", "3.13"
ISOLATION = ["--isolation", "chroot"]
INSIDE = "python3,python3-venv,python3-pip,ca-certificates"
LENT = ("/etc/pip.conf", "/etc/ssl/certs", os.environ.get("PIP_FIND_LINKS", ""))
"""What tells pip on this machine where packages are."""


def buildah(*words: str) -> str:
    done = subprocess.run([needs("buildah"), *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@contextmanager
def working(image: str) -> Iterator[str]:
    container = buildah("from", image)
    try:
        yield container
    finally:
        buildah("rm", container)


@pytest.fixture
def image(tmp_path: Path) -> str:
    command = [needs("buildah"), "build", *ISOLATION, "--tag", IMAGE, "."]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode and "initializing source docker://" in built.stderr:
        make_base(tmp_path / "root")
        lent = [f"--volume={place}:{place}:ro" for place in LENT if place.startswith("/") and Path(place).exists()]
        offline = ["--network", "host", "--pull-never", "--build-arg", f"PYTHON={PYTHON}"]
        buildah("build", *ISOLATION, *offline, *lent, "--tag", IMAGE, ".")
    else:
        assert built.returncode == 0, built.stderr[-2000:]
    return IMAGE


def make_base(root: Path) -> None:
    """Make what stands in for the base image, under its name."""
    debootstrap = needs("debootstrap")
    done = subprocess.run(
        [debootstrap, "--variant=minbase", f"--include={INSIDE}", DEBIAN, root],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(
            "NO BASE IMAGE: neither its registry nor Debian's can be reached; its steps are replayed in tests/house"
        )
    warnings.warn(f"NO REGISTRY OF IMAGES: the base is Debian's own Python {PYTHON}", UserWarning, stacklevel=1)
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
    with working("scratch") as container:
        buildah("copy", "--quiet", container, str(root), "/")
        buildah("commit", "--quiet", container, f"docker.io/library/python:{PYTHON}-slim-{DEBIAN}")


# One test: to build it twice, or in two processes at once, takes minutes.
def test_the_image_is_built_and_what_is_in_it_answers(image: str) -> None:
    with working(image) as container:
        assert "wave" in buildah("run", *ISOLATION, container, "--", "feedback", "--help")
        assert "(PostgreSQL) 17." in buildah("run", *ISOLATION, container, "--", "pg_dump", "--version")
        assert buildah("run", *ISOLATION, container, "--", "id", "--user") == "10001"
        see_it_serve(container)


def see_it_serve(container: str) -> None:
    port = free_port()
    given = {
        "FEEDBACK_INSTANCE": "/tmp/instance",
        "FEEDBACK_LISTEN_HOST": "127.0.0.1",
        "FEEDBACK_LISTEN_PORT": port,
    }
    words = [f"--env={name}={value}" for name, value in given.items()]
    run = [needs("buildah"), "run", *ISOLATION, "--network", "host", *words, container, "--"]
    subprocess.run([*run, "feedback", "db", "upgrade"], check=True, capture_output=True)
    process = subprocess.Popen([*run, "feedback", "serve"], stdout=sys.stderr, start_new_session=True)
    try:
        wait_until_served(f"http://127.0.0.1:{port}/readyz")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
