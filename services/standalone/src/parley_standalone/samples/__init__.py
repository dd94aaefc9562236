"""Data to try Parley with."""
