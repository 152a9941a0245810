"""The Clary contract: documents, workflows, analysis under /v1."""
