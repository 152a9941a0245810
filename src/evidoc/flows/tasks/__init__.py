"""The keepers of the task's promise, one a task type."""
