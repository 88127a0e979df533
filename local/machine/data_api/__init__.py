"""The Data API of RDS, which runs statements on the servers that play the clusters."""
