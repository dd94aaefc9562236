"""Turns an uploaded document into passages that can be searched and cited."""
