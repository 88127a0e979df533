"""Where traffic and the writer belong at a moment: pure functions of time, health and what was decided before."""
