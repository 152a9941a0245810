"""The Doclo contract: flows and their runs, in camelCase, with codes in capitals."""
