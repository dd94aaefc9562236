"""How good answers without a model are, and how long people wait for them."""
