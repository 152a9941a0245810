"""Evidoc: a self-hosted document platform that answers for every value it gives."""

__version__ = "0.1.0"
