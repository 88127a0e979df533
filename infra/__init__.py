"""What can be built: one component per file, none of which knows a region, a domain or a service by name."""
