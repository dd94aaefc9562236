"""HTTP, SSE and WebSocket routes."""
