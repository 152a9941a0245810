"""Those who count requests: in memory, in a file of their own, in a table of the database."""
