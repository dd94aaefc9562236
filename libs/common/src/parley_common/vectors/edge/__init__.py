"""Qdrant's engine in process, behind the part of Qdrant's REST API that Parley uses."""
