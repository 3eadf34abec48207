"""Tests of the practice network, over real HTTP."""
