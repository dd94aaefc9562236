"""What goes over the wire: frozen models without methods, one class per message, unknown fields ignored."""
