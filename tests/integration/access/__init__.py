"""Roles before the emulator of one machine, by the SDK's own requests."""
