"""The key store: every secret key, wrapped by a master key, in a database of its own.

Rows are wrapped with ChaCha20-Poly1305, bound to what a key is for and whose it is, so that a row that was moved does
not unwrap; they name the master key that wrapped them, so that it can rotate.
Each method is one transaction of its own, committed before it returns: the order of key store and main database
is part of the protocol (keys first at the opening, report first at the close).
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from sqlalchemy import ColumnElement, Engine, Integer, LargeBinary, String, column, delete, func, select, table, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.errors import KeysMissing
from feedback.domain.links import LinkKey
from feedback.domain.sealing import HookKey, PrivateKey, ProviderKey, PublicKey, new_private_key
from feedback.storage.database import KeyBase, insert_or_keep
from feedback.storage.epoch_mirror import EpochMirror
from feedback.storage.journal import Journal
from feedback.storage.scrubbing import scrub


class Purpose(StrEnum):
    """What a key is for: three are of a wave, two of a programme, four of an organisation, the journal's of nobody."""

    LINK = "link"
    RESPONSE = "response"
    COMMENT = "comment"
    OPT_OUT = "opt-out"
    SUPPORT = "support"
    SIGNING = "signing"
    HISTORY = "history"
    PROVIDER = "provider"
    HOOK = "hook"
    JOURNAL = "journal"


class StoredKey(KeyBase):
    """One wrapped key of 32 bytes. `owner_id` is a wave, programme or organisation, as `purpose` says."""

    __tablename__ = "keys"

    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    owner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_id: Mapped[bytes] = mapped_column(LargeBinary(8))
    master_key_id: Mapped[str] = mapped_column(String(16))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary(60))

    @property
    def is_bound(self) -> bool:
        """Whether the row is wrapped as today; before version 0003 of the tables it named no purpose and no owner."""
        return len(self.wrapped) != _UNBOUND_BYTES


# A view: the staff's role may see that a wave has a key, but not the key.
_HELD = table("keys_held", column("purpose", String), column("owner_id", Integer))


@dataclass(frozen=True)
class WaveKeys:
    """The keys of one wave."""

    link: LinkKey
    response: PrivateKey
    comment: PrivateKey


class KeyStore:
    """Hands out keys to those who may hold them. The participants' process has none."""

    def __init__(self, engine: Engine, master_keys: tuple[bytes, ...], journal: Journal | None = None) -> None:
        """Use `engine`; the first of `master_keys` wraps, all of them unwrap. `journal` follows `mirror`."""
        self._engine = engine
        self._wrapping = master_keys[0]
        self._unwrapping = {master_key_id(key): key for key in master_keys}
        self.mirror, self.journal = EpochMirror(engine), journal
        # The process before this one may have died in the middle of a destruction.
        self._needs_scrub = True

    def keys_for_opening(self, wave_id: int) -> WaveKeys:
        """Return a wave's keys, created now unless an earlier attempt to open it created them. Commits."""
        for purpose in (Purpose.LINK, Purpose.RESPONSE, Purpose.COMMENT):
            self._insert_or_keep(purpose, wave_id, new_private_key)
        return WaveKeys(
            link=self.link_key(wave_id),
            response=self.response_key(wave_id),
            comment=self.comment_key(wave_id),
        )

    def link_key(self, wave_id: int) -> LinkKey:
        """Return the key that links are derived from, or raise KeysMissing."""
        return LinkKey(self._read(Purpose.LINK, wave_id).raw)

    def response_key(self, wave_id: int) -> PrivateKey:
        """Return the key that opens responses, or raise KeysMissing."""
        return self._read(Purpose.RESPONSE, wave_id)

    def comment_key(self, wave_id: int) -> PrivateKey:
        """Return the key that opens comments, or raise KeysMissing."""
        return self._read(Purpose.COMMENT, wave_id)

    def make_opt_out_key(self, programme_id: int) -> None:
        """Make a programme's opt-out key unless it has one."""
        self._insert_or_keep(Purpose.OPT_OUT, programme_id, new_private_key)

    def opt_out_key(self, programme_id: int) -> bytes:
        """Return a programme's opt-out key, or raise KeysMissing."""
        return self._read(Purpose.OPT_OUT, programme_id).raw

    def make_support_key(self, programme_id: int) -> PublicKey:
        """Make the key that opens a programme's requests for support unless it has one; return its public half."""
        self._insert_or_keep(Purpose.SUPPORT, programme_id, new_private_key)
        return self.support_key(programme_id).public

    def support_key(self, programme_id: int) -> PrivateKey:
        """Return the key that opens a programme's requests for support, or raise KeysMissing."""
        return self._read(Purpose.SUPPORT, programme_id)

    def make_signing_key(self, organisation_id: int) -> bytes:
        """Make an organisation's signing key unless it has one; return its public half, 32 bytes."""
        self._insert_or_keep(Purpose.SIGNING, organisation_id, _new_signing_key)
        return self.signing_key(organisation_id).public_key().public_bytes_raw()

    def signing_key(self, organisation_id: int) -> Ed25519PrivateKey:
        """Return the key with which an organisation signs reports, or raise KeysMissing."""
        return Ed25519PrivateKey.from_private_bytes(self._read(Purpose.SIGNING, organisation_id).raw)

    def make_history_key(self, organisation_id: int) -> None:
        """Make an organisation's history key unless it has one."""
        self._insert_or_keep(Purpose.HISTORY, organisation_id, new_private_key)

    def history_key(self, organisation_id: int) -> bytes:
        """Return the key by which an organisation's history knows people, or raise KeysMissing."""
        return self._read(Purpose.HISTORY, organisation_id).raw

    def provider_key(self, organisation_id: int) -> ProviderKey:
        """Return the key that seals what an organisation's provider knows this service by, made if there is none."""
        self._insert_or_keep(Purpose.PROVIDER, organisation_id, new_private_key)
        return ProviderKey(self._read(Purpose.PROVIDER, organisation_id).raw)

    def hook_key(self, organisation_id: int) -> HookKey:
        """Return the key that seals what an organisation's web hooks are signed with, made if there is none."""
        self._insert_or_keep(Purpose.HOOK, organisation_id, new_private_key)
        return HookKey(self._read(Purpose.HOOK, organisation_id).raw)

    def make_journal_key(self) -> bytes:
        """Make the key that signs the journal unless there is one; return its public half, 32 bytes."""
        self._insert_or_keep(Purpose.JOURNAL, _NOBODY, _new_signing_key)
        return self.journal_key().public_key().public_bytes_raw()

    def journal_key(self) -> Ed25519PrivateKey:
        """Return the key that signs the journal, or raise KeysMissing."""
        return Ed25519PrivateKey.from_private_bytes(self._read(Purpose.JOURNAL, _NOBODY).raw)

    def destroy_wave_keys(self, wave_id: int, *, keep_comments: bool) -> None:
        """Destroy the keys of a wave, but for the comment key while comments wait for review."""
        doomed = _OF_ANSWERS if keep_comments else _OF_A_WAVE
        self._needs_scrub = True
        with Session(self._engine) as session:
            session.execute(delete(StoredKey).where(StoredKey.owner_id == wave_id, StoredKey.purpose.in_(doomed)))
            session.commit()
        self.scrub_again()

    def destroy_programme_key(self, purpose: Purpose, programme_id: int) -> None:
        """Destroy the key of a programme that serves nobody any more: of those who opted out, or asked for support."""
        if purpose not in _OF_A_PROGRAMME:
            raise ValueError(f"a {purpose} key is not a programme's")
        self._needs_scrub = True
        with Session(self._engine) as session:
            mine = (StoredKey.owner_id == programme_id, StoredKey.purpose == purpose)
            session.execute(delete(StoredKey).where(*mine))
            session.commit()
        self.scrub_again()

    @property
    def scrub_is_due(self) -> bool:
        """Whether the files were not rewritten since this process destroyed a key, or began."""
        return self._needs_scrub

    def scrub_again(self) -> None:
        """Rewrite the key store's files; may raise ScrubUnfinished."""
        self._needs_scrub = True
        scrub(self._engine, StoredKey.__tablename__)
        self._needs_scrub = False

    def purposes_held(self) -> dict[int, set[Purpose]]:
        """Return which keys are still there, by wave."""
        query = select(_HELD.c.owner_id, _HELD.c.purpose).order_by(_HELD.c.owner_id, _HELD.c.purpose)
        held: dict[int, set[Purpose]] = {}
        with Session(self._engine) as session:
            for wave_id, purpose in session.execute(query.where(_HELD.c.purpose.in_(_OF_A_WAVE))):
                held.setdefault(wave_id, set()).add(Purpose(purpose))
        return held

    def rewrap(self) -> int:
        """Wrap every key with the first master key; return how many had been wrapped with another one.

        The files are rewritten, so that nothing wrapped with a retired key stays in them.
        """
        current = master_key_id(self._wrapping)
        return self._wrap_anew(StoredKey.master_key_id != current, self._unwrap)

    def bind_all(self) -> int:
        """Bind every key that an earlier version wrapped to what it is for; return how many there were. Run it once."""
        return self._wrap_anew(func.length(StoredKey.wrapped) == _UNBOUND_BYTES, self._unwrap_unbound)

    def count_unreadable(self) -> tuple[int, int]:
        """Return how many keys another master key than ours wraps, and how many there are, of those that we may see."""
        query = select(StoredKey.master_key_id, func.count()).group_by(StoredKey.master_key_id)
        with Session(self._engine) as session:
            held = session.execute(query).all()
        return sum(count for name, count in held if name not in self._unwrapping), sum(count for _name, count in held)

    def _wrap_anew(self, which: ColumnElement[bool], open_row: Callable[[StoredKey], bytes]) -> int:
        current = master_key_id(self._wrapping)
        self._needs_scrub = True
        with Session(self._engine) as session:
            rows = list(session.scalars(select(StoredKey).where(which)))
            for row in rows:
                mine = (StoredKey.purpose == row.purpose, StoredKey.owner_id == row.owner_id)
                wrapped = _wrap(self._wrapping, row.purpose, row.owner_id, PrivateKey(row.key_id, open_row(row)))
                session.execute(update(StoredKey).where(*mine).values(wrapped=wrapped, master_key_id=current))
            session.commit()
        self.scrub_again()
        return len(rows)

    def _insert_or_keep(self, purpose: Purpose, owner_id: int, draw: Callable[[], PrivateKey]) -> None:
        drawn = draw()
        row = insert_or_keep(
            self._engine.dialect,
            StoredKey,
            purpose=purpose,
            owner_id=owner_id,
            key_id=drawn.key_id,
            master_key_id=master_key_id(self._wrapping),
            wrapped=_wrap(self._wrapping, purpose, owner_id, drawn),
        )
        with Session(self._engine) as session:
            session.execute(row)
            session.commit()

    def _read(self, purpose: Purpose, owner_id: int) -> PrivateKey:
        with Session(self._engine) as session:
            row = session.get(StoredKey, (purpose, owner_id))
            if row is None:
                raise KeysMissing(f"The key store has no {purpose} key for number {owner_id}.")
            return PrivateKey(row.key_id, self._unwrap(row))

    def _unwrap(self, row: StoredKey) -> bytes:
        if not row.is_bound:
            raise KeysMissing("A key in the key store is wrapped as an earlier version did: run `feedback db upgrade`.")
        nonce, rest = row.wrapped[:_NONCE_BYTES], row.wrapped[_NONCE_BYTES:]
        bound_to = _binding(row.purpose, row.owner_id, row.key_id)
        try:
            return ChaCha20Poly1305(self._master_key(row)).decrypt(nonce, rest, bound_to)
        except (InvalidTag, ValueError):
            raise KeysMissing(_ALTERED) from None

    def _unwrap_unbound(self, row: StoredKey) -> bytes:
        try:
            return aes_key_unwrap(self._master_key(row), row.wrapped)
        except InvalidUnwrap:
            raise KeysMissing(_ALTERED) from None

    def _master_key(self, row: StoredKey) -> bytes:
        master = self._unwrapping.get(row.master_key_id)
        if master is None:
            raise KeysMissing(
                f"The key store's keys are wrapped with the master key {row.master_key_id}, which "
                "FEEDBACK_MASTER_KEY does not hold: add it behind the current one."
            )
        return master


_NOBODY = 0
_NONCE_BYTES = 12
_UNBOUND_BYTES = 40
_ALTERED = "A key in the key store was altered or moved and cannot be unwrapped."
_OF_ANSWERS = (Purpose.LINK, Purpose.RESPONSE)
_OF_A_WAVE = (*_OF_ANSWERS, Purpose.COMMENT)
_OF_A_PROGRAMME = (Purpose.OPT_OUT, Purpose.SUPPORT)


def master_key_id(key: bytes) -> str:
    """Return the public name of a master key, 16 hexadecimal characters."""
    return hashlib.sha256(b"feedback/master/1" + key).hexdigest()[:16]


def _wrap(master: bytes, purpose: str, owner_id: int, key: PrivateKey) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(master).encrypt(nonce, key.raw, _binding(purpose, owner_id, key.key_id))


def _binding(purpose: str, owner_id: int, key_id: bytes) -> bytes:
    return f"feedback/key/2 {purpose} {owner_id} ".encode() + key_id


def _new_signing_key() -> PrivateKey:
    return PrivateKey(secrets.token_bytes(8), Ed25519PrivateKey.generate().private_bytes_raw())
