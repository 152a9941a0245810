"""The durable engine. Comes in: committed work, by its id. Goes out: that it was performed, whatever happened."""
