"""From a JSON Schema to what is looked for in a document, and from what was found to a value that fits the schema."""
