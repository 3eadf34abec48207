"""Bluesky's mode."""
