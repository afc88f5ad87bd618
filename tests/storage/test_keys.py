"""The key store: made once, never in clear, opened by the right master key only, destroyed for good."""

import base64
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from sqlalchemy import Engine, create_engine, make_url, select, text
from sqlalchemy.orm import Session

from feedback.domain.errors import KeysMissing
from feedback.storage.database import guard_engine
from feedback.storage.keys import KeyStore, Purpose, StoredKey, master_key_id
from tests.databases import ON_SQLITE, Pair

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def engine(databases: Pair) -> Iterator[Engine]:
    with ExitStack() as stack:
        made = create_engine(databases.keys)
        guard_engine(made)
        stack.callback(made.dispose)
        yield made


@pytest.fixture
def store(engine: Engine) -> KeyStore:
    return KeyStore(engine, (OLD,))


def rows(engine: Engine) -> list[StoredKey]:
    with Session(engine) as session:
        return list(session.scalars(select(StoredKey).order_by(StoredKey.owner_id, StoredKey.purpose)))


def files_of(databases: Pair) -> bytes:
    path = Path(make_url(databases.keys).database or "")
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def spellings(raw: bytes) -> tuple[bytes, ...]:
    return raw, raw.hex().encode(), base64.b64encode(raw), base64.urlsafe_b64encode(raw)


def test_a_wave_keeps_the_keys_that_it_was_first_given(store: KeyStore) -> None:
    assert store.keys_for_opening(1) == store.keys_for_opening(1)


def test_two_waves_have_nothing_in_common(store: KeyStore) -> None:
    one, other = store.keys_for_opening(1), store.keys_for_opening(2)
    raw = [one.link, one.response.raw, one.comment.raw, other.link, other.response.raw, other.comment.raw]
    assert len(set(raw)) == 6
    assert one.response.key_id != other.response.key_id


def test_attempts_at_once_get_the_same_keys(store: KeyStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(store.keys_for_opening, [1] * 8))
    assert all(keys == made[0] for keys in made)


def test_an_organisation_keeps_its_signing_key(store: KeyStore) -> None:
    assert store.make_signing_key(1) == store.make_signing_key(1)


def test_a_wave_a_programme_and_an_organisation_may_share_a_number(store: KeyStore) -> None:
    store.keys_for_opening(1)
    store.make_opt_out_key(1)
    store.make_signing_key(1)
    store.destroy_wave_keys(1, keep_comments=False)
    assert store.opt_out_key(1)
    assert store.signing_key(1)


def test_no_key_lies_in_its_row_in_clear(store: KeyStore, engine: Engine) -> None:
    keys = store.keys_for_opening(1)
    raw = (keys.link, keys.response.raw, keys.comment.raw, OLD)
    stored = b"".join(row.wrapped + row.key_id + row.master_key_id.encode() for row in rows(engine))
    assert not any(spelling in stored for key in raw for spelling in spellings(key))


@ON_SQLITE
def test_no_key_lies_in_a_file_in_clear(store: KeyStore, databases: Pair) -> None:
    keys = store.keys_for_opening(1)
    store.make_signing_key(1)
    raw = (keys.link, keys.response.raw, keys.comment.raw, store.signing_key(1).private_bytes_raw(), OLD)
    found = files_of(databases)
    assert not any(spelling in found for key in raw for spelling in spellings(key))


def test_a_key_that_was_never_made_is_missing(store: KeyStore) -> None:
    with pytest.raises(KeysMissing, match="no link key for number 7"):
        store.link_key(7)


def test_the_wrong_master_key_is_refused_by_name(store: KeyStore, engine: Engine) -> None:
    store.keys_for_opening(1)
    with pytest.raises(KeysMissing, match="FEEDBACK_MASTER_KEY") as refused:
        KeyStore(engine, (NEW,)).link_key(1)
    assert master_key_id(OLD) in str(refused.value)


def test_an_old_master_key_behind_the_new_one_still_opens(store: KeyStore, engine: Engine) -> None:
    keys = store.keys_for_opening(1)
    assert KeyStore(engine, (NEW, OLD)).keys_for_opening(1) == keys


def test_after_a_rewrap_the_new_master_key_is_enough(store: KeyStore, engine: Engine) -> None:
    keys = store.keys_for_opening(1)
    assert KeyStore(engine, (NEW, OLD)).rewrap() == 3
    assert KeyStore(engine, (NEW,)).keys_for_opening(1) == keys


def test_after_a_rewrap_the_old_master_key_opens_nothing(store: KeyStore, engine: Engine) -> None:
    store.keys_for_opening(1)
    KeyStore(engine, (NEW, OLD)).rewrap()
    with pytest.raises(KeysMissing):
        store.link_key(1)


def test_a_second_rewrap_finds_nothing_to_do(store: KeyStore, engine: Engine) -> None:
    store.keys_for_opening(1)
    rotated = KeyStore(engine, (NEW, OLD))
    rotated.rewrap()
    assert rotated.rewrap() == 0


def test_a_rewrap_without_the_old_master_key_changes_nothing(store: KeyStore, engine: Engine) -> None:
    keys = store.keys_for_opening(1)
    with pytest.raises(KeysMissing):
        KeyStore(engine, (NEW,)).rewrap()
    assert store.keys_for_opening(1) == keys


@pytest.mark.parametrize("place", [0, 11, 12, 43, 59])
def test_an_altered_row_is_refused(store: KeyStore, engine: Engine, place: int) -> None:
    store.keys_for_opening(1)
    with Session(engine) as session:
        row = session.get_one(StoredKey, ("link", 1))
        row.wrapped = row.wrapped[:place] + bytes([row.wrapped[place] ^ 1]) + row.wrapped[place + 1 :]
        session.commit()
    with pytest.raises(KeysMissing, match="altered"):
        store.link_key(1)


@pytest.mark.parametrize("length", [0, 1, 12, 16, 39, 40, 41, 59, 61])
def test_a_row_that_was_cut_or_lengthened_is_refused(store: KeyStore, engine: Engine, length: int) -> None:
    store.keys_for_opening(1)
    with Session(engine) as session:
        row = session.get_one(StoredKey, ("link", 1))
        row.wrapped = (row.wrapped + b"\0")[:length]
        session.commit()
    with pytest.raises(KeysMissing):
        store.link_key(1)


@pytest.mark.parametrize(
    ("taken", "put"), [(("link", 1), ("link", 2)), (("response", 1), ("comment", 1)), (("link", 1), ("response", 1))]
)
def test_a_row_that_was_moved_does_not_unwrap(
    store: KeyStore, engine: Engine, taken: tuple[str, int], put: tuple[str, int]
) -> None:
    for wave in (1, 2):
        store.keys_for_opening(wave)
    with Session(engine) as session:
        source, target = (session.get_one(StoredKey, place) for place in (taken, put))
        target.wrapped, target.key_id, target.master_key_id = source.wrapped, source.key_id, source.master_key_id
        session.commit()
    with pytest.raises(KeysMissing, match="moved"):
        store._read(Purpose(put[0]), put[1])


def unbind(engine: Engine, store: KeyStore) -> None:
    """Wrap a key as earlier versions did, naming neither purpose nor owner."""
    key = store.link_key(1)
    with Session(engine) as session:
        session.get_one(StoredKey, ("link", 1)).wrapped = aes_key_wrap(OLD, key)
        session.commit()


def test_a_key_of_an_earlier_version_is_read_by_the_upgrade_alone(store: KeyStore, engine: Engine) -> None:
    keys = store.keys_for_opening(1)
    unbind(engine, store)
    with pytest.raises(KeysMissing, match="feedback db upgrade"):
        store.link_key(1)
    assert (store.bind_all(), store.bind_all()) == (1, 0)
    assert store.keys_for_opening(1) == keys


def test_an_upgrade_with_another_master_key_changes_nothing(store: KeyStore, engine: Engine) -> None:
    keys = store.keys_for_opening(1)
    unbind(engine, store)
    with pytest.raises(KeysMissing):
        KeyStore(engine, (NEW,)).bind_all()
    assert store.bind_all() == 1
    assert store.keys_for_opening(1) == keys


def test_destroying_takes_all_keys_of_the_wave_and_of_no_other(store: KeyStore) -> None:
    store.keys_for_opening(1)
    store.keys_for_opening(2)
    store.destroy_wave_keys(1, keep_comments=False)
    assert store.purposes_held() == {2: {Purpose.LINK, Purpose.RESPONSE, Purpose.COMMENT}}


def test_destroying_keeps_the_comment_key_when_comments_wait(store: KeyStore) -> None:
    kept = store.keys_for_opening(1).comment
    store.destroy_wave_keys(1, keep_comments=True)
    assert store.purposes_held() == {1: {Purpose.COMMENT}}
    assert store.comment_key(1) == kept


def test_destroying_twice_is_destroying_once(store: KeyStore) -> None:
    store.keys_for_opening(1)
    store.destroy_wave_keys(1, keep_comments=True)
    store.destroy_wave_keys(1, keep_comments=False)
    store.destroy_wave_keys(1, keep_comments=False)
    assert store.purposes_held() == {}


@ON_SQLITE
def test_a_destroyed_key_is_in_no_file_even_wrapped(store: KeyStore, engine: Engine, databases: Pair) -> None:
    store.keys_for_opening(1)
    wrapped = [row.wrapped for row in rows(engine)]
    store.destroy_wave_keys(1, keep_comments=False)
    found = files_of(databases)
    assert not any(key in found for key in wrapped)


def test_keys_are_random(store: KeyStore) -> None:
    drawn = [store.keys_for_opening(wave).link for wave in range(1, 9)]
    assert len({key[start] for key in drawn for start in range(32)}) > 100


def test_a_master_keys_name_does_not_tell_the_key() -> None:
    key = secrets.token_bytes(32)
    assert master_key_id(key) not in key.hex()
    assert len(master_key_id(key)) == 16


@pytest.mark.parametrize("table", ["keys"])
def test_the_table_of_keys_knows_no_time_and_no_name(engine: Engine, table: str) -> None:
    with engine.connect() as connection:
        columns = set(connection.execute(text(f"SELECT * FROM {table}")).keys())
    assert columns == {"purpose", "owner_id", "key_id", "master_key_id", "wrapped"}
