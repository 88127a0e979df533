"""What providers answer, as data: the shape of each known type's id and outputs."""
