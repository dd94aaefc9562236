"""The deterministic part of an enhancement: what a prompt says, what it lacks, and what of it must survive. Pure."""
