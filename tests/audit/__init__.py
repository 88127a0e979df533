"""What `make audit` hands to judges from outside the project."""
