"""A child process that says what it was given: `python -m tests.rendering.confessing`."""

import json
import os
import resource
import sys
from pathlib import Path

from feedback.child_processes import bind_oneself

if __name__ == "__main__":
    bind_oneself(memory_bytes=2**30, cpu_seconds=9)
    files = [str(place.readlink()) for place in Path("/proc/self/fd").iterdir() if place.is_symlink()]
    limits = [resource.getrlimit(one) for one in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)]
    json.dump({"environment": list(os.environ), "files": files, "limits": limits}, sys.stdout)
