"""The verbs that the house offers, one file a noun; what every door calls."""
