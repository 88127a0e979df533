"""From the graph to places on paper: columns for the parts, channels between them for the lines, in whole pixels."""
