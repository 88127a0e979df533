"""A day of the sun as a picture: weights, writer and hand-overs, as the schedule decides them."""
