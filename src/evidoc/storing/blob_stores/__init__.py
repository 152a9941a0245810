"""The keepers of the blob store's promise."""
