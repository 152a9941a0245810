"""The one key that wraps every document's own: made on the first start, or given by the operator.

Keep a copy of it apart from the backups of the data folder: without it nothing in them can be read, with it
anybody can. Keys are wrapped with AES-256-GCM, bound to what they belong to, so that they cannot be exchanged.
"""

import os
import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import insert, select

from evidoc.kernel.errors import CannotStart, ContentDamaged, WrongMasterKey
from evidoc.storing.database import Database
from evidoc.storing.folders import sync_folder
from evidoc.storing.schema import installation

KEY_BYTES = 32
_NONCE_BYTES = 12
_PROOF = "master_key_proof"


class MasterKey:
    """32 secret bytes that wrap keys."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise WrongMasterKey(f"A master key is {KEY_BYTES} bytes long; this one has {len(secret)}")
        self._cipher = AESGCM(secret)

    def make_key(self, context: bytes) -> tuple[bytes, bytes]:
        """A new random key of 32 bytes, and the same wrapped for ``context``."""
        key = secrets.token_bytes(KEY_BYTES)
        return key, self.wrap(key, context)

    def wrap(self, secret: bytes, context: bytes) -> bytes:
        """A short secret, encrypted for ``context``."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """What ``wrap`` or ``make_key`` wrapped for ``context``. Raises ContentDamaged for anything else."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise ContentDamaged() from error


def open_master_key(database: Database, file: Path, given: bytes | str | None = None) -> MasterKey:
    """The master key of this installation: ``given`` (32 bytes, or as text), else what ``file`` holds.

    The very first start makes ``file`` where nothing is given. Raises WrongMasterKey where the key is not the
    one that the database was begun with, or is missing.
    """
    proof = _stored_proof(database)
    if given is not None:
        key = MasterKey(given if isinstance(given, bytes) else _from_text(given, "The master key in the settings"))
    elif file.exists():
        key = MasterKey(_read(file))
    elif proof is not None:
        raise WrongMasterKey(f"The master key {file} is missing; put it back, or give it in the settings")
    else:
        key = MasterKey(_make_file(file))
    if proof is None:
        proof = _store_proof(database, key)
    try:
        key.unwrap(proof, _PROOF.encode())
    except ContentDamaged as error:
        raise WrongMasterKey() from error
    return key


def _stored_proof(database: Database) -> bytes | None:
    with database.read() as transaction:
        found: bytes | None = transaction.execute(
            select(installation.c.value).where(installation.c.name == _PROOF)
        ).scalar()
    return found


def _store_proof(database: Database, key: MasterKey) -> bytes:
    _, proof = key.make_key(_PROOF.encode())
    with database.write() as transaction:
        earlier: bytes | None = transaction.execute(
            select(installation.c.value).where(installation.c.name == _PROOF)
        ).scalar()
        if earlier is not None:
            return earlier
        transaction.execute(insert(installation).values(name=_PROOF, value=proof))
    return proof


def _make_file(file: Path) -> bytes:
    """Write a new key that only its owner may read; where another process was first, its key counts."""
    secret = secrets.token_bytes(KEY_BYTES)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(b64encode(secret) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return _read(file)
        sync_folder(file.parent)
    except OSError as error:
        raise CannotStart(f"The master key {file} cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    return secret


def _read(file: Path) -> bytes:
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongMasterKey(f"The master key {file} cannot be read") from error
    return _from_text(text, f"The master key {file}")


def _from_text(text: str, what: str) -> bytes:
    """32 bytes from 64 hexadecimal digits or base64."""
    text = text.strip()
    try:
        return bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise WrongMasterKey(f"{what} is neither base64 nor {2 * KEY_BYTES} hexadecimal digits") from error
