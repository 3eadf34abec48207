"""The `advocacy` command."""

from advocacy.cli import configuration, database, people, servers
from advocacy.cli.root import main

__all__ = ["configuration", "database", "main", "people", "servers"]
