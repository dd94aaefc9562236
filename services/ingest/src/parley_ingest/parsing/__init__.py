"""From an uploaded file to one canonical text, in a process that may come to grief alone."""
