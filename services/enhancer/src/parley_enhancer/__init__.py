"""The enhancer: turns a lazy prompt into a good one; asks its author at most once."""
