"""Floor 6: what others wrote is checked. It knows the reader and the numbers, never the writer of handouts."""
