"""Floor 2: number systems, digits, and the relation sign. It knows no SymPy."""
