"""The products service: keeps the catalogue in step with the CCP's and makes sales prices of what it charges."""
