"""What the ports of research are made of: a model, or the deterministic engine."""
