"""The container image, built and started: `make image`."""
