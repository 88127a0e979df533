"""The operations as data, one module for each thing that they are about."""
