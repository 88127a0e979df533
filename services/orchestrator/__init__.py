"""The orchestrator: what operators see of the pipeline, and how they set it going again."""
