"""The one guarded way out. Comes in: an address that a caller gave. Goes out: what answers there, or a refusal."""
