"""Who is calling: accounts, tokens, socket tickets, and which pages may open sockets."""
