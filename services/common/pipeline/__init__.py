"""What the workers and the outbox are made of: inbox, payloads, queues, and the loop around them."""
