"""`make policy`: every stack, and what its chart renders to, before the policies; nothing is created."""
