"""What chat remembers of conversations: their turns, summaries of the older ones, and what is being answered."""
