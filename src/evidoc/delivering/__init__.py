"""Decisions leave the house: rows into databases."""
