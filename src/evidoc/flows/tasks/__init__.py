"""The types of task: each takes a document (and what came before) and gives one output."""
