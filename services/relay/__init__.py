"""The relay: moves the outbox to S3 and SQS."""
