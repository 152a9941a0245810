"""What can be asked of a server: arguments come in, requests (or steps made of them) go out. Nothing is sent here."""
