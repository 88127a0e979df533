"""How a supply is taxed, and the tables it is read from."""
