"""From the captured model to the graph: nothing is shown that the program does not declare."""
