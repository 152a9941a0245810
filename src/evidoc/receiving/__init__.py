"""Bytes come in from outside; a Receipt goes out: sniffed type, size, hash, all within the limits."""
