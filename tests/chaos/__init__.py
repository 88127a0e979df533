"""The running platform under load and under fire; `make chaos` runs it and prints its figures."""
