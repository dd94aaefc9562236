"""From an uploaded file to one Parquet file and its profile."""
