"""One module per figure: each starts what it needs, measures, and says whether its target is reached."""
