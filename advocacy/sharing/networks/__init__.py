"""The social networks: one module for each, behind one small interface."""
