"""One part at a time, nothing started that a test does not own."""
