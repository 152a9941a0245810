"""Finding every value of a kind in a page, with its span."""
