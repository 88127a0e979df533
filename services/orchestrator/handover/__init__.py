"""The note that a change of the writer leaves to the team that takes over: gathered, mailed, and shown."""
