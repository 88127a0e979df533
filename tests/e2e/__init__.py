"""The whole platform, by the commands of the README."""
