"""The portal: the whole API on one page, and its OpenAPI document."""
