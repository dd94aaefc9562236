"""What chat knows without asking anybody: pure functions over passages, messages and sentences."""
