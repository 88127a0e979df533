"""The steps of `up`, in one module for each part of the run."""
