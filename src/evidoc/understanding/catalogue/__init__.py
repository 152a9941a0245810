"""Common features of business documents, with what is printed beside them in eight languages."""
