"""The keepers of the extractor's promise: each proposes candidates from what it knows."""
