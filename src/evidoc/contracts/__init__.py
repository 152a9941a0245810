"""What goes over the wire. A contract's handler parses, calls one operation, renders."""
