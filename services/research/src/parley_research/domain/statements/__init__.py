"""The SQL of what is asked: one statement over the table `data`, every order total, every NULL accounted for.

Rows without a value in a column that is grouped by or computed with are left out; wording says so where there are any.
"""
