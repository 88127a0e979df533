"""The handlers of the local home as plugins of the Pulumi engine, which then runs against the emulator."""
