"""Bytes come in, a Reading goes out; bytes are only ever opened in a child process with hard limits."""
