"""What clients may do to jobs: submit, answer, cancel; each one transaction with its message in the outbox."""
