"""Licensing before the CCP's simulator, over a real socket and on a real database."""
