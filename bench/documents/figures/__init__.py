"""One module for each figure; `measure` takes it."""
