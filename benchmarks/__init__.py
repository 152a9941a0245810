"""How fast Evidoc is, always beside something else measured in the same run."""
