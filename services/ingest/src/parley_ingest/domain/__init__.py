"""What a document is once it is read, and how it is cut into passages: pure."""
