"""The machine under the one-machine run: addresses, processes, PostgreSQL and the AWS emulator."""
