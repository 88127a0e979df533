"""What all services share, each module alone."""
