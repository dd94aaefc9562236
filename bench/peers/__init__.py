"""What Parley is measured against: processes that do the same work the usual way."""
