"""How well research answers without a model, over tables that are shipped with Python packages."""
