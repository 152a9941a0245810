"""A Reading and the features wanted come in; Findings go out: candidates, each with evidence."""
