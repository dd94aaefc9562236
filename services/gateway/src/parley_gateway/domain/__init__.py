"""What an event and a job are to the gateway, free of how they come and go."""
