"""What is built: the product's regions, each from its own settings file and nothing else."""
