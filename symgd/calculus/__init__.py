"""Floor 3: to and from SymPy, the rules, the gradient and its checks. It knows no steps and no learning rates."""
