"""Floor 4: problems, optimizers, the descent in any number system, and how it ended. It knows no looks."""
