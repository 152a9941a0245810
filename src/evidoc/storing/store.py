"""Everything that is kept, under one roof: the database, the blobs, and the key that opens them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from evidoc.kernel import clock
from evidoc.kernel.errors import CannotStart, StorageFull, Unavailable
from evidoc.storing.blob_stores.folder import FolderBlobs
from evidoc.storing.contents import Contents
from evidoc.storing.credits import Credits
from evidoc.storing.database import Database, sqlite_file
from evidoc.storing.deliveries import Deliveries
from evidoc.storing.document_keys import DocumentKeys
from evidoc.storing.documents import Documents
from evidoc.storing.flows import Flows
from evidoc.storing.folders import FolderLock, make_folder
from evidoc.storing.idempotency import IdempotencyKeys
from evidoc.storing.keys import Keys
from evidoc.storing.master_key import MasterKey, open_master_key
from evidoc.storing.migrate import migrate
from evidoc.storing.organisations import Organisations
from evidoc.storing.rates import Rates, open_rates
from evidoc.storing.runs import Runs
from evidoc.storing.signing_secrets import SigningSecrets

_LONGEST_UPLOAD = timedelta(days=1)
_FACT = b"fact"


class Store:
    """The rooms of the store; ``Store.open`` builds it."""

    def __init__(
        self, database: Database, master_key: MasterKey, blobs: FolderBlobs, rates: Rates, lock: FolderLock | None
    ) -> None:
        document_keys = DocumentKeys(database, master_key)
        self.database = database
        self.contents = Contents(document_keys, blobs)
        self.documents = Documents(database, document_keys, self.contents.erase)
        self.flows = Flows(database)
        self.runs = Runs(database)
        self.keys = Keys(database)
        self.idempotency = IdempotencyKeys(database)
        self._master_key = master_key
        self.deliveries = Deliveries(database)
        self.organisations = Organisations(database)
        self.signing_secrets = SigningSecrets(database)
        self.credits = Credits(database)
        self.rates = rates
        self._blobs = blobs
        self._lock = lock

    @classmethod
    def open(
        cls,
        data_folder: Path,
        database_url: str | URL | None = None,
        master_key: bytes | str | None = None,
        *,
        exclusive: bool = True,
    ) -> "Store":
        """Open what lies under ``data_folder``, made and migrated as needed.

        A server opens it exclusively, and then removes what a crash left behind; a command beside a running
        server (making a key) passes ``exclusive=False``. Raises DataFolderInUse, WrongMasterKey or CannotStart.
        """
        data_folder = data_folder.absolute()
        with ExitStack() as undo:
            with _start_errors(data_folder):
                make_folder(data_folder)
                lock = FolderLock(data_folder) if exclusive else None
                if lock is not None:
                    undo.callback(lock.release)
                database = Database(database_url or _own_database(data_folder))
                undo.callback(database.close)
                migrate(database)
                key = open_master_key(database, data_folder / "master.key", master_key)
                blobs = FolderBlobs(data_folder / "blobs")
            store = cls(database, key, blobs, open_rates(database, data_folder), lock)
            if exclusive:
                store.tidy()
            undo.pop_all()
        return store

    def tidy(self) -> None:
        """Remove what a crash left behind. Only for the process that holds the data folder."""
        self._blobs.remove_drafts()
        # Beside a shared database other servers may be receiving; beside our own file nobody is.
        age = timedelta(0) if self.database.is_sqlite else _LONGEST_UPLOAD
        self.contents.sweep(clock.now() - age)
        self.database.forget_deleted()

    def seal(self, secret: bytes) -> bytes:
        """A short secret as it may be kept in a row: only ``unseal`` opens it."""
        return self._master_key.wrap(secret, _FACT)

    def unseal(self, sealed: bytes) -> bytes:
        """What ``seal`` sealed. Raises ContentDamaged for anything else."""
        return self._master_key.unwrap(sealed, _FACT)

    def close(self) -> None:
        """Let go of the database and the data folder."""
        self.rates.close()
        self.database.close()
        if self._lock is not None:
            self._lock.release()


def _own_database(data_folder: Path) -> URL:
    """The database file of this folder, readable by its owner only from its first byte on."""
    file = data_folder / "evidoc.sqlite"
    file.touch(mode=0o600)
    return sqlite_file(file)


@contextmanager
def _start_errors(data_folder: Path) -> Iterator[None]:
    """What keeps a store from opening, as the operator should read it."""
    try:
        yield
    except OSError as error:
        raise CannotStart(f"The data folder {data_folder} cannot be used: {error.strerror}") from error
    except (DBAPIError, ArgumentError) as error:
        cause = getattr(error, "orig", None) or error
        raise CannotStart(f"The database cannot be opened: {cause}") from error
    except (StorageFull, Unavailable) as error:
        raise CannotStart(f"The database cannot be opened. {error.message}") from error
