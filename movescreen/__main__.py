"""``python -m movescreen``: the command line."""

from movescreen.cli import main

if __name__ == "__main__":
    main()
