"""The S3 payloads that services hand each other, as models; beside them one JSON Schema per kind and version."""
