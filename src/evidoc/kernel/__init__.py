"""Values that cross the walls between rooms. Imports nothing of the rest of Evidoc."""
