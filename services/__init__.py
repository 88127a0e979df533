"""The product: every service of the Cloud Sales System, one image with many roles."""
