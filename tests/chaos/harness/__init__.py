"""Breaks a running Parley on a schedule, under load, and checks afterwards that nobody was wronged by it."""
