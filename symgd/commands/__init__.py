"""What the command line does with what it was given: options, and results as text."""
