"""The ways in which a flow may be written, other than as our own graph of tasks, and how each becomes such a graph."""
