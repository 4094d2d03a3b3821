"""The command line: one module a command."""

from movescreen.cli.app import main

__all__ = ["main"]
