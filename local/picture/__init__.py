"""The picture of a region in `docs/img/system.svg`: read from the captured model, laid out and drawn without a hand."""
