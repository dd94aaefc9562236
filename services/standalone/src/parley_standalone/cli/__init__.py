"""The `parley` command: a terminal's view of Parley, over the same HTTP and WebSocket ports as everyone else's."""
