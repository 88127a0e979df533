"""The laid-out picture as SVG."""
