"""The keepers of the reader's promise, one a format. They run inside the sandbox only."""
