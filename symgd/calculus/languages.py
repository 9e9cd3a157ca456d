"""Languages in which a gradient can be written for people to read: a row each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Functions that most languages have under the same name.
_COMMON = (
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("exp", "log", "log2", "log10", "sqrt"),
)
_OWN = ("sigmoid", "leaky_relu", "elu", "softplus", "silu", "gelu", "huber", "logsumexp", "logit", "sign", "cbrt")
_EVERYWHERE = frozenset(
    {"number", "name", "add", "sub", "mul", "hadamard", "div", "neg", "piecewise", "lt", "le", "gt", "ge"}
)

Own = Callable[[str], str]  # a name that nothing else has
Function = Callable[[Sequence[str], Sequence[str], str, Sequence[str], Own], str]


@dataclass(frozen=True)
class Language:
    """One row: how each operation is written, how a line is, and what the source defines for itself."""

    imports: str
    forms: Mapping[str, str]
    helpers: Mapping[str, str]
    choice: str
    assign: str
    function: Function
    power: bool = True  # has an operator for powers
    whole: str = "{}"  # a whole number, so that 1/3 is no division of integers
    constant: str = "{}"  # a number that a function takes
    pairwise: frozenset[str] = frozenset()  # what takes two operands at a time
    arrays: bool = False  # has arrays; else every entry is worked out in loops

    @property
    def known(self) -> frozenset[str]:
        """The operations that can be written."""
        return _EVERYWHERE | frozenset(self.forms) | ({"pow"} if self.power else frozenset())

    def helpers_for(self, operations: Iterable[str]) -> list[str]:
        """The helpers that some operations need, in the order of the table."""
        wanted = {helper for op in operations for helper in (*_NEEDS.get(op, ()), op)}
        return [source for word, source in self.helpers.items() if word in wanted]


#: What a helper calls itself.
_NEEDS: Mapping[str, Sequence[str]] = {"silu": ("sigmoid",), "row_product": ("matmul",)}


def _python(arguments: Sequence[str], body: Sequence[str], loss: str, slopes: Sequence[str], own: Own) -> str:
    lines = [*body, f"return {loss}, [{', '.join(slopes)}]"]
    return f"def loss_and_gradient({', '.join(arguments)}):\n" + "\n".join(f"    {line}" for line in lines)


def _c(arguments: Sequence[str], body: Sequence[str], loss: str, slopes: Sequence[str], own: Own) -> str:
    x, gradient = own("x"), own("gradient")
    taken = [f"const double {word} = {x}[{place}];" for place, word in enumerate(arguments)]
    given = [f"{gradient}[{place}] = {slope};" for place, slope in enumerate(slopes)]
    lines = [*taken, *body, *given, f"return {loss};"]
    head = f"/* {x} holds {', '.join(arguments)}; the slopes go to {gradient}, in the same order. */\n"
    head += f"double loss_and_gradient(const double *{x}, double *{gradient}) {{\n"
    return head + "\n".join(f"    {line}" for line in lines) + "\n}"


def c_over_arrays(
    arguments: Mapping[str, bool], count: str, body: Sequence[str], loss: str, slopes: Mapping[str, bool]
) -> str:
    """A function of C over arrays: of each argument and slope it is told whether it is an array."""
    taken = [f"const double *{word}" if is_array else f"double {word}" for word, is_array in arguments.items()]
    given = [f"double *{word}" for word in slopes]
    head = "/* Matrices are given row by row; each slope goes to the entries of its own pointer. */\n"
    depth, lines = 1, list[str]()
    for line in [*body, f"return {loss};"]:
        depth -= line == "}"
        lines.append("    " * depth + line)
        depth += line.endswith("{")
    rows = [f"int {count}"] if count else []
    signature = ", ".join([*rows, *taken, *given])
    return f"{head}double loss_and_gradient({signature}) {{\n" + "\n".join(lines) + "\n}"


def _calls(module: str, names: Iterable[str]) -> dict[str, str]:
    return {word: f"{module}{word}({{}})" for word in names}


_SLOPES = {
    "cot": "(1 / {module}tan({{}}))",
    "sec": "(1 / {module}cos({{}}))",
    "csc": "(1 / {module}sin({{}}))",
}


def _reciprocals(module: str) -> dict[str, str]:
    return {word: form.format(module=module) for word, form in _SLOPES.items()}


PYTHON_HELPERS: Mapping[str, str] = {
    "sign": "def sign(x):\n    return float(x > 0) - float(x < 0)",
    "sigmoid": (
        "def sigmoid(x):\n    if x >= 0:\n        return 1 / (1 + math.exp(-x))\n"
        "    return math.exp(x) / (1 + math.exp(x))"
    ),
    "softplus": "def softplus(x):\n    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))",
    "silu": "def silu(x):\n    return x * sigmoid(x)",
    "gelu": "def gelu(x):\n    return x * (1 + math.erf(x / math.sqrt(2))) / 2",
    "leaky_relu": "def leaky_relu(x, slope):\n    return x if x > 0 else slope * x",
    "elu": "def elu(x, alpha):\n    return x if x > 0 else alpha * math.expm1(x)",
    "huber": "def huber(x, delta):\n    return x * x / 2 if abs(x) <= delta else delta * (abs(x) - delta / 2)",
    "logit": "def logit(x):\n    return math.log(x) - math.log1p(-x)",
    "clip": "def clip(x, low, high):\n    return min(max(x, low), high)",
    "logsumexp": (
        "def logsumexp(*parts):\n    top = max(parts)\n"
        "    return top + math.log(sum(math.exp(part - top) for part in parts))"
    ),
}
_ARRAY_HELPERS: Mapping[str, str] = {
    "softmax_of": (
        "def softmax_of(x):\n    top = max(x)\n    powers = [math.exp(part - top) for part in x]\n"
        "    return [power / sum(powers) for power in powers]"
    ),
    "logsumexp_of": (
        "def logsumexp_of(x):\n    top = max(x)\n    return top + math.log(sum(math.exp(part - top) for part in x))"
    ),
}
_PYTHON = Language(
    imports="import math",
    forms={
        **_calls("math.", (*_COMMON, "cbrt", "erf")),
        **_reciprocals("math."),
        **_calls("", ("abs", "max", "min", "clip", *(word for word in _OWN if word != "cbrt"))),
        "relu": "max({}, 0.0)",
        "e": "math.e",
        "pi": "math.pi",
        "true": "True",
    },
    helpers={**PYTHON_HELPERS, **_ARRAY_HELPERS},
    choice="{0} if {1} else {2}",
    assign="{} = {}",
    function=_python,
)

_NUMPY = Language(
    imports="import numpy as np",
    forms={
        **_calls("np.", (word for word in _COMMON if not word.startswith("a"))),
        **{word: f"np.{word.replace('a', 'arc', 1)}({{}})" for word in _COMMON if word.startswith("a")},
        **_calls("np.", ("cbrt", "sign", "abs", "clip", "sum", "mean", "trace")),
        **_reciprocals("np."),
        **_calls(
            "", ("softmax", "matmul", "transpose", "erf", *(w for w in _OWN if w not in ("cbrt", "sign", "softplus")))
        ),
        "max": "np.max(np.broadcast_arrays({}), axis=0)",
        "min": "np.min(np.broadcast_arrays({}), axis=0)",
        "relu": "np.maximum({}, 0.0)",
        "softplus": "np.logaddexp(0.0, {})",
        "e": "np.e",
        "pi": "np.pi",
        "true": "True",
        "dot": "np.vdot({})",
        "norm1": "np.sum(np.abs({}))",
        "norm2": "np.linalg.norm({})",
        "ones": "np.ones_like({})",
        "eye": "np.eye(len({}))",
        "rowsum": "np.sum({}, axis=1, keepdims=True)",
        "column": "np.reshape({}, (-1, 1))",
        "vector": "np.array([{}])",
        "index": "entry({})",
        "row_product": "matmul({})[0]",
    },
    helpers={
        "transpose": "def transpose(x):\n    return np.reshape(x, (1, -1)) if np.ndim(x) == 1 else np.transpose(x)",
        "matmul": (
            "def matmul(a, b):\n    # a vector is a column\n"
            "    if np.ndim(a) == 0 or np.ndim(b) == 0:\n        return a * b\n"
            "    if np.ndim(a) == 1 and np.ndim(b) == 2:\n        return np.outer(a, b)\n"
            "    return a @ b"
        ),
        "index": "def entry(x, *places):\n    return np.asarray(x)[tuple(int(place) - 1 for place in places)]",
        "erf": "import math\n\nerf = np.vectorize(math.erf, otypes=[float])",
        "gelu": (
            "import math\n\n\ndef gelu(x):\n"
            "    return x * (1 + np.vectorize(math.erf, otypes=[float])(x / np.sqrt(2))) / 2"
        ),
        "sigmoid": (
            "def sigmoid(x):\n    small = np.exp(-np.abs(x))\n    return np.where(x >= 0, 1.0, small) / (1.0 + small)"
        ),
        "silu": "def silu(x):\n    return x * sigmoid(x)",
        "leaky_relu": "def leaky_relu(x, slope):\n    return np.where(x > 0, x, slope * x)",
        "elu": "def elu(x, alpha):\n    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))",
        "huber": (
            "def huber(x, delta):\n    return np.where(np.abs(x) <= delta, x * x / 2, delta * (np.abs(x) - delta / 2))"
        ),
        "logit": "def logit(x):\n    return np.log(x) - np.log1p(-x)",
        "softmax": (
            "def softmax(x):\n    powers = np.exp(x - np.max(x, axis=-1, keepdims=True))\n"
            "    return powers / powers.sum(axis=-1, keepdims=True)"
        ),
        "logsumexp": (
            "def logsumexp(*parts):\n"
            "    x = np.stack(np.broadcast_arrays(*parts), axis=-1) if len(parts) > 1 else parts[0]\n"
            "    top = np.max(x, axis=-1, keepdims=True)\n"
            "    return (top + np.log(np.exp(x - top).sum(axis=-1, keepdims=True)))[..., 0]"
        ),
    },
    choice="np.where({1}, {0}, {2})",
    assign="{} = {}",
    function=_python,
    arrays=True,
)

_C_ROWS = (
    "static void {name}(int rows, int length, const double *x, double *out) {{\n"
    "    for (int i = 0; i < rows; i++) {{\n"
    "        const double *row = x + i*length;\n"
    "        double top = row[0], total = 0.0;\n"
    "        for (int k = 1; k < length; k++) top = fmax(top, row[k]);\n"
    "        for (int k = 0; k < length; k++) total += exp(row[k] - top);\n"
    "{body}    }}\n}}"
)
_C = Language(
    imports="#include <math.h>",
    forms={
        **_calls("", (*_COMMON, "cbrt", "erf", "pow")),
        **_reciprocals(""),
        **_calls("", (word for word in _OWN if word != "cbrt")),
        "abs": "fabs({})",
        "max": "fmax({})",
        "min": "fmin({})",
        "clip": "fmin(fmax({0}, {1}), {2})",
        "relu": "fmax({}, 0.0)",
        "e": "2.718281828459045",
        "pi": "3.141592653589793",
        "true": "1",
    },
    helpers={
        "sign": "static double sign(double x) { return (x > 0) - (x < 0); }",
        "sigmoid": (
            "static double sigmoid(double x) {\n    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));\n}"
        ),
        "softplus": "static double softplus(double x) { return fmax(x, 0.0) + log1p(exp(-fabs(x))); }",
        "silu": "static double silu(double x) { return x * sigmoid(x); }",
        "gelu": "static double gelu(double x) { return x * (1 + erf(x / sqrt(2.0))) / 2; }",
        "leaky_relu": "static double leaky_relu(double x, double slope) { return x > 0 ? x : slope * x; }",
        "elu": "static double elu(double x, double alpha) { return x > 0 ? x : alpha * expm1(x); }",
        "huber": (
            "static double huber(double x, double delta) {\n"
            "    return fabs(x) <= delta ? x * x / 2 : delta * (fabs(x) - delta / 2);\n}"
        ),
        "logit": "static double logit(double x) { return log(x) - log1p(-x); }",
        "logsumexp": "static double logsumexp(double a, double b) { return fmax(a, b) + log1p(exp(-fabs(a - b))); }",
        "logsumexp_of": _C_ROWS.format(
            name="logsumexp_of",
            body="        out[i] = top + log(total);\n",
        ),
        "softmax_of": _C_ROWS.format(
            name="softmax_of",
            body="        for (int k = 0; k < length; k++) out[i*length + k] = exp(row[k] - top)/total;\n",
        ),
    },
    choice="({1}) ? {0} : {2}",
    assign="const double {} = {};",
    function=_c,
    power=False,
    whole="{}.0",
    pairwise=frozenset({"max", "min", "logsumexp"}),
)


def _tensors(
    imports: str, module: str, more: Mapping[str, str], helpers: Mapping[str, str], constant: str
) -> Language:
    """A language of tensors, in which a number is a tensor too."""
    arcs = {word: f"{module}{word}({{}})" for word in _COMMON}
    return Language(
        imports=imports,
        forms={
            **arcs,
            **_reciprocals(module),
            **_calls(module, ("sign", "abs", "sum", "mean", "trace")),
            **_calls("", ("matmul", "transpose", "logsumexp", "huber")),
            "pow": "({0})**({1})",
            "e": "2.718281828459045",
            "pi": "3.141592653589793",
            "true": "True",
            "dot": f"{module}sum(({{0}})*({{1}}))",
            "norm1": f"{module}sum({module}abs({{}}))",
            "ones": f"{module}ones_like({{}})",
            "column": f"{module}reshape({{}}, (-1, 1))",
            "index": "entry({})",
            "row_product": "matmul({})[0]",
            **more,
        },
        helpers=helpers,
        choice=module + "where({1}, {0}, {2})",
        assign="{} = {}",
        function=_python,
        constant=constant,
        arrays=True,
    )


_ENTRY = "def entry(x, *places):\n    return x[tuple(int(place) - 1 for place in places)]"
_HUBER = (
    "def huber(x, delta):\n    size = {module}abs(x)\n"
    "    return {module}where(size <= delta, x * x / 2, delta * (size - delta / 2))"
)
_TORCH_HELPERS: Mapping[str, str] = {
    "transpose": "def transpose(x):\n    return x.reshape(1, -1) if x.ndim == 1 else x.T",
    "matmul": (
        "def matmul(a, b):\n    # a vector is a column\n"
        "    if not (isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor) and a.ndim and b.ndim):\n"
        "        return a * b\n    if a.ndim == 1 and b.ndim == 2:\n        return torch.outer(a, b.reshape(-1))\n"
        "    return a @ b"
    ),
    "index": _ENTRY,
    "vector": (
        "def stacked(*parts):\n    return torch.stack([torch.as_tensor(part, dtype=torch.float64) for part in parts])"
    ),
    "huber": _HUBER.format(module="torch."),
    "logsumexp": (
        "def logsumexp(*parts):\n"
        "    x = torch.stack(torch.broadcast_tensors(*parts), dim=-1) if len(parts) > 1 else parts[0]\n"
        "    return torch.logsumexp(x, dim=-1)"
    ),
    "max": (
        "def greatest(*parts):\n    best = parts[0]\n    for part in parts[1:]:\n"
        "        best = torch.where(best >= part, best, part)\n    return best"
    ),
    "min": (
        "def least(*parts):\n    best = parts[0]\n    for part in parts[1:]:\n"
        "        best = torch.where(best <= part, best, part)\n    return best"
    ),
}
_TORCH = _tensors(
    "import torch\nimport torch.nn.functional as F",
    "torch.",
    {
        "max": "greatest({})",
        "min": "least({})",
        "cbrt": "(torch.sign({0}) * torch.abs({0})**(1/3))",
        "relu": "F.relu({})",
        "erf": "torch.erf({})",
        "logit": "torch.logit({})",
        "sigmoid": "torch.sigmoid({})",
        "softplus": "F.softplus({}, threshold=700)",
        "silu": "F.silu({})",
        "gelu": "F.gelu({})",
        "leaky_relu": "F.leaky_relu({0}, float({1}))",
        "elu": "F.elu({0}, float({1}))",
        "clip": "torch.clip({})",
        "softmax": "torch.softmax({}, dim=-1)",
        "norm2": "torch.linalg.vector_norm({})",
        "eye": "torch.eye(len({0}), dtype=({0}).dtype)",
        "rowsum": "torch.sum({}, dim=1, keepdim=True)",
        "vector": "stacked({})",
    },
    _TORCH_HELPERS,
    "torch.tensor({}, dtype=torch.float64)",
)
_JAX = _tensors(
    "import jax\nimport jax.numpy as jnp",
    "jnp.",
    {
        "max": "jnp.max(jnp.stack(jnp.broadcast_arrays({})), axis=0)",
        "min": "jnp.min(jnp.stack(jnp.broadcast_arrays({})), axis=0)",
        "cbrt": "jnp.cbrt({})",
        "relu": "jax.nn.relu({})",
        "erf": "jax.scipy.special.erf({})",
        "logit": "jax.scipy.special.logit({})",
        "sigmoid": "jax.nn.sigmoid({})",
        "softplus": "jax.nn.softplus({})",
        "silu": "jax.nn.silu({})",
        "gelu": "jax.nn.gelu({}, approximate=False)",
        "leaky_relu": "jax.nn.leaky_relu({0}, {1})",
        "elu": "jax.nn.elu({0}, {1})",
        "clip": "jnp.clip({})",
        "softmax": "jax.nn.softmax({}, axis=-1)",
        "norm2": "jnp.linalg.norm({})",
        "eye": "jnp.eye(len({}))",
        "rowsum": "jnp.sum({}, axis=1, keepdims=True)",
        "vector": "jnp.array([{}])",
    },
    {
        "transpose": _NUMPY.helpers["transpose"].replace("np.", "jnp."),
        "matmul": _NUMPY.helpers["matmul"].replace("np.", "jnp."),
        "index": _ENTRY,
        "huber": _HUBER.format(module="jnp."),
        "logsumexp": (
            "def logsumexp(*parts):\n"
            "    x = jnp.stack(jnp.broadcast_arrays(*parts), axis=-1) if len(parts) > 1 else parts[0]\n"
            "    return jax.scipy.special.logsumexp(x, axis=-1)"
        ),
    },
    "{}",
)
LANGUAGES: Mapping[str, Language] = {"python": _PYTHON, "numpy": _NUMPY, "c": _C, "torch": _TORCH, "jax": _JAX}
