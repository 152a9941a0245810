"""How the tables came to be, one step a file; ``evidoc.storing.migrate`` runs what is missing at start."""
