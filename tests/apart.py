"""Participants, staff and worker as three processes, each with its own role on PostgreSQL."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from feedback.storage.grants import GroupRole
from tests.browsing import free_port
from tests.databases import Pair
from tests.processes import running, surroundings, wait_until_served

SECRETS = ("FEEDBACK_KEYS_URL", "FEEDBACK_MASTER_KEY", "FEEDBACK_SESSION_KEY")
PEPPER = ("FEEDBACK_PEPPER",)


class Apart:
    """Participants, staff and worker as three processes; `environments` by role."""

    def __init__(self, roles: Mapping[GroupRole, Pair], environment: dict[str, str]) -> None:
        self.participants = f"http://127.0.0.1:{(participants_port := free_port())}"
        self.staff = f"http://127.0.0.1:{(staff_port := free_port())}"
        shared = {name: value for name, value in environment.items() if name not in SECRETS + PEPPER}
        shared["FEEDBACK_BASE_URL"] = self.participants
        self.environments = {
            role: surroundings(
                **shared,
                **{name: environment[name] for name in (PEPPER if role is GroupRole.PARTICIPANTS else SECRETS)},
            )
            for role in GroupRole
        }
        for role, pair in roles.items():
            self.environments[role]["FEEDBACK_DATABASE_URL"] = pair.main
            if role is not GroupRole.PARTICIPANTS:
                self.environments[role]["FEEDBACK_KEYS_URL"] = pair.keys
        pages = (GroupRole.PARTICIPANTS, "participants", participants_port), (GroupRole.STAFF, "staff", staff_port)
        for role, serves, port in pages:
            self.environments[role] |= {"FEEDBACK_SERVES": serves, "FEEDBACK_LISTEN_PORT": port}


@contextmanager
def three_processes(roles: Mapping[GroupRole, Pair], environment: dict[str, str], folder: Path) -> Iterator[Apart]:
    """Keep the three running; what each says goes to a log of its own in `folder`."""
    apart = Apart(roles, environment)
    with ExitStack() as stack:
        for role, words in (
            (GroupRole.PARTICIPANTS, ("serve", "--workers", "1")),
            (GroupRole.STAFF, ("serve", "--workers", "1")),
            (GroupRole.WORKER, ("work",)),
        ):
            stack.enter_context(running(apart.environments[role], *words, log=folder / f"{role}.log"))
        wait_until_served(f"{apart.participants}/readyz")
        wait_until_served(f"{apart.staff}/readyz")
        yield apart
