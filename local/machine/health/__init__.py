"""Health checks of Route 53: each is really made, at what answers on this machine in the name's place."""
