"""The `advocacy` command."""

from advocacy.cli import configuration, database, people, rotation, servers
from advocacy.cli.root import main

__all__ = ["configuration", "database", "main", "people", "rotation", "servers"]
