"""One module for each figure of research without a model."""
