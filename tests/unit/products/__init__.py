"""The products service's pure parts."""
