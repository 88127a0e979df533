"""Two regions under load while the writer moves and regions die; `make drill` plays it and prints its figures."""
