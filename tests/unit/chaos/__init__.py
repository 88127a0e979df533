"""The harness's own parts: a judge that cannot say no is none."""
