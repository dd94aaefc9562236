"""Live push: from one event on the bus to every client that follows its job, replay and back-pressure included."""
