"""`python -m evidoc` is `evidoc`."""

from evidoc.cli.main import main

if __name__ == "__main__":
    main()
