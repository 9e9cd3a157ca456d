"""Records what torch autograd (float64) and scikit-learn say of matrix losses.

`python -m tests.calculus.record_torch_arrays` writes torch_arrays.json anew.

Needs torch and scikit-learn; the tests need neither. Each loss is written a second time here, by hand, in torch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("torch_arrays.json")
X = [[1.0, 0.5], [-0.25, 2.0], [0.75, -1.5], [0.3, 0.2], [-1.1, 0.4]]
KNOWN: dict[str, Any] = {
    "X": X,
    "y": [1.0, 0.0, 0.5, -1.0, 0.3],
    "t": [1.0, 0.0, 1.0, 0.0, 1.0],
    "Y": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
    "A": [[0.5, 0.2], [-0.3, 1.0]],
    "S": [[2.0, 0.5], [0.5, 3.0]],
    "B": [[0.2, -0.4, 0.1], [0.6, 0.3, -0.5], [0.0, 0.7, 0.9]],
    "M": [[0.4, -0.1, 0.3], [0.2, 0.8, -0.6]],
    "b": [0.2, -0.7],
    "c": [0.3, 0.1, 0.2, 0.25, 0.15],
}
START: dict[str, Any] = {
    "w": [0.4, -0.3],
    "v": [0.6, 0.1, -0.2],
    "W": [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]],
    "U": [[0.3, -0.4], [0.2, 0.7]],
    "k": 0.35,
}

#: symgd's text, and the same in torch: a function of a space with all names, torch and its functional module.
LOSSES: dict[str, str] = {
    "mean((X*w - y)^2)": "((X @ w - y)**2).mean()",
    "mean((X*w + k - y)^2)": "((X @ w + k - y)**2).mean()",
    "sum((X*w - y)^2)/2": "((X @ w - y)**2).sum() / 2",
    "mean((X*w - y)^2) + 0.1*dot(w, w)": "((X @ w - y)**2).mean() + 0.1 * (w @ w)",
    "mean((X*w - y)^2) + 0.1*norm1(w)": "((X @ w - y)**2).mean() + 0.1 * w.abs().sum()",
    "mean((X*w - y)^2) + 0.1*norm1(w) + 0.2*norm2(w)^2": "((X @ w - y)**2).mean() + 0.1*w.abs().sum() + 0.2*(w @ w)",
    "norm2(X*w - y)": "torch.linalg.vector_norm(X @ w - y)",
    "mean(softplus(X*w) - t*(X*w))": "(F.softplus(X @ w) - t * (X @ w)).mean()",
    "-mean(t*log(sigmoid(X*w)) + (1 - t)*log(1 - sigmoid(X*w)))": "F.binary_cross_entropy(torch.sigmoid(X @ w), t)",
    "mean(log(1 + exp(-(2*t - 1)*(X*w))))": "torch.log1p(torch.exp(-(2*t - 1) * (X @ w))).mean()",
    "mean(relu(1 - (2*t - 1)*(X*w)))": "F.relu(1 - (2*t - 1) * (X @ w)).mean()",
    "mean(relu(1 - (2*t - 1)*(X*w))^2)": "(F.relu(1 - (2*t - 1) * (X @ w))**2).mean()",
    "mean(huber(X*w - y, 0.4))": "F.huber_loss(X @ w, y, delta=0.4)",
    "-sum(Y .* log(softmax(X*W)))/5": "F.cross_entropy(X @ W, Y)",
    "mean(logsumexp(X*W)) - sum(Y .* (X*W))/5": "torch.logsumexp(X @ W, 1).mean() - (Y * (X @ W)).sum() / 5",
    "1/2*w'*S*w - b'*w": "w @ S @ w / 2 - b @ w",
    "w'*A*w": "w @ A @ w",
    "dot(w, S*w)/dot(w, w)": "(w @ S @ w) / (w @ w)",
    "norm2(X - X*w*w')^2/5": "((X - torch.outer(X @ w, w))**2).sum() / 5",
    "norm2(M - U*W)^2": "((M - U @ W)**2).sum()",
    "trace(U'*S*U)": "torch.trace(U.T @ S @ U)",
    "trace((X*w - y)'*(X*w - y)) + trace(w'*w)": "((X @ w - y)**2).sum() + (w**2).sum()",
    "trace(W*B*W'*A)": "torch.trace(W @ B @ W.T @ A)",
    "logsumexp(X*w)": "torch.logsumexp(X @ w, 0)",
    "-dot(softmax(X*w), log(softmax(X*w)))": "-(torch.softmax(X @ w, 0) * torch.log_softmax(X @ w, 0)).sum()",
    "exp(-norm2(w - b)^2)": "torch.exp(-((w - b)**2).sum())",
    "dot(w, b)/(norm2(w)*norm2(b))": "(w @ b) / (w.norm() * b.norm())",
    "sum(exp(X*w))": "torch.exp(X @ w).sum()",
    "mean(exp(X*w) - y*(X*w))": "(torch.exp(X @ w) - y * (X @ w)).mean()",
    "mean((tanh(X*W)*v - y)^2)": "((torch.tanh(X @ W) @ v - y)**2).mean()",
    "mean((sigmoid(X*W)*v + k - y)^2)": "((torch.sigmoid(X @ W) @ v + k - y)**2).mean()",
    "mean((relu(X*W)*v - y)^2)": "((F.relu(X @ W) @ v - y)**2).mean()",
    "dot(c, (X*w - y)^2)": "(c * (X @ w - y)**2).sum()",
    "(w'*S*w)^2/(1 + k^2)": "(w @ S @ w)**2 / (1 + k**2)",
    "sum(1/(1 + (X*w)^2))": "(1 / (1 + (X @ w)**2)).sum()",
    "norm2(softmax(X*W) - Y)^2/5": "((torch.softmax(X @ W, 1) - Y)**2).sum() / 5",
}


def main() -> None:
    """Write the file anew."""
    import torch
    import torch.nn.functional as functional

    recorded = []
    for text, source in LOSSES.items():
        space: dict[str, Any] = {word: torch.tensor(value, dtype=torch.float64) for word, value in KNOWN.items()}
        weights = {w: torch.tensor(v, dtype=torch.float64, requires_grad=True) for w, v in START.items()}
        loss = eval(source, {"torch": torch, "F": functional}, {**space, **weights})  # this file's own text
        loss.backward()
        used = {word: weight.grad.tolist() for word, weight in weights.items() if weight.grad is not None}
        recorded.append({"loss": text, "value": float(loss.detach()), "gradient": used})
    table = {"torch": torch.__version__, "losses": recorded, "fits": fits()}
    FILE.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def fits() -> dict[str, Any]:
    """Closed fits of a line through data, and of a logistic curve without a penalty."""
    import numpy as np
    from sklearn.linear_model import LinearRegression, LogisticRegression

    choose = np.random.default_rng(5)
    x = np.round(choose.normal(size=(30, 2)), 2)
    y = np.round(x @ [1.5, -0.7] + 0.4 + choose.normal(size=30) / 5, 2)
    t = (x @ [1.0, 2.0] + choose.normal(size=30) > 0).astype(int)
    line = LinearRegression().fit(x, y)
    curve = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(x, t)
    return {
        "X": x.tolist(),
        "y": y.tolist(),
        "t": t.tolist(),
        "linear": {"w": line.coef_.tolist(), "k": float(line.intercept_)},
        "logistic": {"w": curve.coef_[0].tolist(), "k": float(curve.intercept_[0])},
    }


if __name__ == "__main__":
    main()
