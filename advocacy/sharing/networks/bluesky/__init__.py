"""Bluesky, and every server of the AT Protocol (https://atproto.com/specs/atp)."""
