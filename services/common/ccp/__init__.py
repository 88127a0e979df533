"""The CCP as every service meets it: one gate a process, bounded calls, and outcomes that say what can be known."""
