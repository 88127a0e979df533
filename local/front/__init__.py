"""The way to the regions on one machine: a proxy that goes by the shared name's records, as DNS has clients do."""
