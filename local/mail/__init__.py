"""The delivery side of SES on one machine: it keeps each accepted mail, publishes its events and shows a mailbox."""
