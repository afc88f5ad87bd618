"""What PostgreSQL itself keeps of statements and of deleted rows, or may lose, and how to mend it."""

from collections.abc import Iterator

from sqlalchemy import Engine

from feedback.services.installation.check_databases import Engines
from feedback.storage.column_statistics import samples_are_left, scrub_statistics
from feedback.storage.database import READ_ONLY
from feedback.storage.grants import GroupRole
from feedback.storage.server_settings import (
    keeping_settings,
    losing_settings,
    rights_left,
    server_of,
    telling_settings,
)

_AS_DOCUMENTED = "set it as docs/deployment.md says under “Roles on PostgreSQL”."


def find_traces(engines: Engines) -> tuple[str, ...]:
    """Return, as sentences with their mend, where a server keeps values that are to be nowhere, or may lose some."""
    kept = [sentence for name, engine in engines.named.items() for sentence in _traces(name, engine)]
    return (*kept, *_destroyed(engines), *_rights(engines.main))


def _traces(name: str, engine: Engine) -> Iterator[str]:
    with engine.connect().execution_options(**READ_ONLY) as connection:
        if samples_are_left(connection):
            yield (
                f"The server of the {name} may still hold samples of deleted rows that an earlier version let it take: "
                "run deploy/initdb/scrub.sql in it once, as a superuser of PostgreSQL."
            )
        for setting in telling_settings(connection):
            yield (
                f"The server of the {name} would keep values or times of what people send ({setting}): {_AS_DOCUMENTED}"
            )
        for setting in losing_settings(connection):
            yield f"The server of the {name} may lose in a crash what was acknowledged ({setting}): {_AS_DOCUMENTED}"


def _destroyed(engines: Engines) -> Iterator[str]:
    if engines.keys is None:
        return
    with engines.main.connect() as main, engines.keys.connect().execution_options(**READ_ONLY) as keys:
        for setting in keeping_settings(keys, is_alone=server_of(main) != server_of(keys)):
            yield f"The server of the key store keeps bytes of destroyed keys in its log ({setting}): {_AS_DOCUMENTED}"


def _rights(engine: Engine) -> Iterator[str]:
    with engine.connect().execution_options(**READ_ONLY) as connection:
        left = rights_left(connection, (GroupRole.PARTICIPANTS, GroupRole.STAFF))
    if left:
        yield (
            f"PostgreSQL still lets pages of the service do in the main database what it lets everybody ({left[0]}"
            f"{f' and {len(left) - 1} more' if left[1:] else ''}): run deploy/initdb/refuse.sql in it as a superuser, "
            "and `feedback db grants` as its owner."
        )


def scrub_samples(engines: Engines) -> None:
    """Rewrite what PostgreSQL sampled, in both databases; their roles have to be superusers."""
    for engine in engines.named.values():
        scrub_statistics(engine)
