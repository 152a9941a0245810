"""Everything that is kept, under one roof: the database, the blobs, and the key that opens them."""

from pathlib import Path

from evidoc.kernel.errors import CannotStart
from evidoc.storing.blob_stores.folder import FolderBlobs
from evidoc.storing.contents import Contents
from evidoc.storing.database import Database, sqlite_file
from evidoc.storing.document_keys import DocumentKeys
from evidoc.storing.documents import Documents
from evidoc.storing.flows import Flows
from evidoc.storing.folders import FolderLock, make_folder
from evidoc.storing.keys import Keys
from evidoc.storing.master_key import MasterKey, open_master_key
from evidoc.storing.migrate import migrate
from evidoc.storing.runs import Runs


class Store:
    """The rooms of the store; ``Store.open`` builds it."""

    def __init__(self, database: Database, master_key: MasterKey, blobs: FolderBlobs, lock: FolderLock | None) -> None:
        document_keys = DocumentKeys(database, master_key)
        self.database = database
        self.contents = Contents(document_keys, blobs)
        self.documents = Documents(database, document_keys, self.contents.erase)
        self.flows = Flows(database)
        self.runs = Runs(database)
        self.keys = Keys(database)
        self._lock = lock

    @classmethod
    def open(
        cls,
        data_folder: Path,
        database_url: str | None = None,
        master_key: bytes | str | None = None,
        *,
        exclusive: bool = True,
    ) -> "Store":
        """Open what lies under ``data_folder``, made and migrated as needed.

        A server opens it exclusively, and then removes what a crash left behind; a command beside a running
        server (making a key) passes ``exclusive=False``. Raises DataFolderInUse, WrongMasterKey or CannotStart.
        """
        data_folder = data_folder.absolute()
        try:
            make_folder(data_folder)
        except OSError as error:
            raise CannotStart(f"The data folder {data_folder} cannot be made: {error.strerror}") from error
        lock = FolderLock(data_folder) if exclusive else None
        database = Database(database_url or sqlite_file(data_folder / "evidoc.sqlite"))
        try:
            migrate(database)
            key = open_master_key(database, data_folder / "master.key", master_key)
            blobs = FolderBlobs(data_folder / "blobs")
            store = cls(database, key, blobs, lock)
            if exclusive:
                blobs.remove_drafts()
                store.contents.sweep()
                database.forget_deleted()
        except BaseException:
            database.close()
            if lock is not None:
                lock.release()
            raise
        return store

    def close(self) -> None:
        """Let go of the database and the data folder."""
        self.database.close()
        if self._lock is not None:
            self._lock.release()
