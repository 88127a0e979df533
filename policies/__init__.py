"""What may never be built: every rule once, judged by the Pulumi engine, by tests and by the local home alike."""
