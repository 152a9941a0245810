"""Findings come in, Decisions go out: validated across features, calibrated, kept or left for review."""
