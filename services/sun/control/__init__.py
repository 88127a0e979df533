"""Taking traffic and the writer where the schedule wants them: one at a time, in writing first, never by force."""
