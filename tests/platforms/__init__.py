"""Where symgd is tried: its wheel alone, on each Python that is here, with the lowest and the newest libraries."""
