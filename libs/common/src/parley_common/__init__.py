"""What every Parley service shares: contracts, bus, job runtime, model client, settings and telemetry."""
