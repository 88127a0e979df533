"""The commands behind `make up`, `down`, `reset`, `status` and `logs`."""
