"""Deep research: a question about a table, answered in seven visible stages, every number traceable to a query."""
