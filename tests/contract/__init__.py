"""The seams between the parts."""
