"""The rules, one module per area; a new module here joins the pack by itself."""
