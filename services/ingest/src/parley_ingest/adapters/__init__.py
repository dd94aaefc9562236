"""What stands between ingestion and files, indexes and embedders."""
