"""Running SQL that nobody here wrote: a gate that reads it first, and a caged process that runs it."""
