"""Mail that customers write to their cases: read, judged, and added to the case once."""
