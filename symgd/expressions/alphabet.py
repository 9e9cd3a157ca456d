"""The alphabet of the notation: signs and their twins, patterns of tokens, LaTeX commands, what is refused."""

from __future__ import annotations

import re

from symgd.expressions.names import GREEK_WORDS

FULL_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
SIGNS: dict[int, int | str] = {
    **dict.fromkeys(map(ord, "·×⋅∗∙✕✖⨯•‧"), "*"),
    **dict.fromkeys(map(ord, "÷⁄∕"), "/"),
    **dict.fromkeys(map(ord, "−﹣"), "-"),
    **dict.fromkeys(map(ord, "\u00a0\u2009\u202f\u3000\t\r"), " "),
    ord("∣"): "|",
}
AS_TYPED = str.maketrans({**FULL_WIDTH, **SIGNS})
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
VULGAR = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
COMPARE = {"<": "lt", "<=": "le", "≤": "le", ">": "gt", ">=": "ge", "≥": "ge"}

GREEK = "".join(GREEK_WORDS)
_DECIMAL = r"(?:\d+(?:\.\d*)?|\.\d+)"
NUMBER = rf"{_DECIMAL}(?:[eE][+-]?\d+(?![A-Za-z0-9_]))?"
PATTERN = re.compile(
    rf"""(?P<word>(?:[A-Za-z][A-Za-z0-9]*|[{GREEK}]\d*)(?:_[A-Za-z0-9]+)*_?[₀-₉]*)
    |(?P<sign>[-+(),;|{{}}&\[\]@]|\*(?!\*)|/(?!/)|=(?!=))
    |(?P<bad_number>0[xXbBoO]\w+|(?:\d+\.\d*|\.\d+)\.[\d.]*|{_DECIMAL}[eE][+-]?\d+[A-Za-z_]\w*)
    |(?P<number>{NUMBER})
    |(?P<entrywise>\.[*/^]|[⊙∘])
    |(?P<vulgar>[{VULGAR}])
    |(?P<superscript>[⁺⁻]?[⁰¹²³⁴-⁹]+)
    |(?P<power>\*\*|\^)
    |(?P<compare><=|>=|[<>≤≥])
    |(?P<doubled>//|==)
    |(?P<transpose>['ᵀ⊤])
    |(?P<norm>‖)
    |(?P<root>√)
    |(?P<newline>\n)
    |(?P<command>\\[A-Za-z]+|\\.)""",
    re.VERBOSE,
)
#: Pieces of text that mean the same wherever they stand, in plain text and in LaTeX.
ALWAYS_ALIKE = frozenset({"sign", "entrywise", "vulgar", "superscript", "power", "compare", "root"})
#: In plain text words and numbers too; in LaTeX an index, or a power of ten, may follow.
ALIKE = ALWAYS_ALIKE | {"word", "number"}
_INDEX = r"[A-Za-z0-9]+(?:\s*(?:,|\\?_)\s*[A-Za-z0-9]+)*"
SUBSCRIPT = re.compile(
    r"\s*_\s*(?:(?P<plain>[A-Za-z0-9])(?!\d)"
    rf"|\{{\s*(?P<group>{_INDEX})\s*\}}"
    rf"|\{{\s*\\(?:mathrm|text|operatorname)\s*\{{\s*(?P<word>{_INDEX})\s*\}}\s*\}})"
)
BELOW = re.compile(r"\s*_")
#: An index that is worked out: x_{i+1}.
SHIFTED_INDEX = re.compile(r"\s*_\s*\{\s*(?P<index>[A-Za-z])\s*(?P<sign>[+-])\s*(?P<number>\d{1,6})\s*\}")
#: The last case of a choice of cases, said in Chinese.
OTHERWISE = re.compile(r"\s*\{\s*(?:其他情況|其他|否則)\s*\}")
#: What stands before the condition of a case.
CONDITION = re.compile(r"\s*\{\s*(?:if|若|當)\s*\}")
GROUPED_WORD = re.compile(r"\s*\{\s*(?P<word>[A-Za-z](?:[A-Za-z0-9]|\\?_)*)\s*\}")
ENVIRONMENT = re.compile(r"\s*\{(?P<name>[A-Za-z]+\*?)\}")
#: What stands below and above a sum: \\sum_{i=1}^{n}.
LIMITS_OF_SUM = re.compile(
    r"\s*+(?:\\limits)?\s*+_\s*+(?:\{\s*+(?P<index>[A-Za-z])\s*+(?:=(?P<low>[^{}]*))?\}|(?P<bare>[A-Za-z]))"
    r"(?:\s*+\^\s*+(?:\{(?P<high>[^{}]*)\}|(?P<one>[A-Za-z0-9])))?"
)
#: Between them in the text of a token: no part holds a brace.
PARTS_OF_SUM = "}"
#: Which norm it is, behind its closing bar.
KIND_OF_NORM = re.compile(r"\s*_\s*(?:\{\s*([12])\s*\}|([12])(?!\d))|([₁₂])")
MATRICES = frozenset({"bmatrix", "pmatrix", "matrix"})
BASE_OF_LOG = re.compile(r"\s*_\s*(?:\{\s*(2|10)\s*\}|(2))")
ROOT_INDEX = re.compile(r"\s*\[\s*([23])\s*\]")
SCIENTIFIC = re.compile(r"\\mathrm\{e\}\{([+-]?\d+)\}")

#: What sets a formula off, the longer first.
OPENING, CLOSING = ("$$", "$", r"\(", r"\["), ("$$", "$", r"\)", r"\]")
#: LaTeX commands that stand for one of the tokens that plain text has.
COMMANDS = {
    **dict.fromkeys((r"\cdot", r"\times", r"\ast"), ("*", "*")),
    r"\div": ("/", "/"),
    r"\frac": ("frac", ""),
    r"\dfrac": ("frac", ""),
    r"\tfrac": ("frac", ""),
    r"\sqrt": ("sqrt", ""),
    **dict.fromkeys((r"\lvert", r"\vert"), ("|(", "|")),
    r"\rvert": (")|", "|"),
    **dict.fromkeys((r"\odot", r"\circ"), (".*", "⊙")),
    **dict.fromkeys((r"\top", r"\intercal"), ("'", "⊤")),
    r"\lVert": ("‖(", "‖"),
    **dict.fromkeys((r"\le", r"\leq", r"\leqslant"), ("compare", "le")),
    **dict.fromkeys((r"\ge", r"\geq", r"\geqslant"), ("compare", "ge")),
    r"\lt": ("compare", "lt"),
    r"\gt": ("compare", "gt"),
    r"\lbrace": ("{", "{"),
    r"\\": ("row", r"\\"),
}
BLANK_COMMANDS = frozenset(
    [
        r"\,",
        r"\;",
        r"\:",
        r"\!",
        r"\quad",
        r"\qquad",
        r"\left",
        r"\right",
        r"\displaystyle",
        r"\limits",
        r"\big",
        r"\Big",
        r"\bigl",
        r"\bigr",
        r"\Bigl",
        r"\Bigr",
        "\\ ",
    ]
)
WORD_COMMANDS = frozenset(
    [r"\mathrm", r"\operatorname", r"\text", r"\mathit", r"\mathbf", r"\mathcal", r"\textrm", r"\mathsf"]
)

#: Characters that are always refused, with the code of the reason.
REFUSED = {
    "!": "factorial",
    "%": "percent",
    '"': "string",
    "`": "string",
    "'": "string",
    ":": "python",
    "#": "comment",
    "_": "underscore",
    "≠": "comparison",
    "≈": "equals",
    "∂": "derivative",
    "∇": "derivative",
    "∞": "not-a-number",
}
PYTHON = frozenset(
    [
        "and",
        "as",
        "assert",
        "async",
        "await",
        "break",
        "class",
        "continue",
        "def",
        "del",
        "elif",
        "else",
        "except",
        "finally",
        "for",
        "from",
        "global",
        "if",
        "import",
        "in",
        "is",
        "nonlocal",
        "not",
        "or",
        "pass",
        "raise",
        "return",
        "try",
        "while",
        "with",
        "yield",
        "None",
        "True",
        "False",
        "print",
        "eval",
        "exec",
    ]
)
NOT_NUMBERS = frozenset({"nan", "inf", "oo", "infinity", "NaN", "Infinity"})
#: Words that are always refused, with the code of the reason.
REFUSED_WORDS = dict.fromkeys(PYTHON, "python") | dict.fromkeys(NOT_NUMBERS, "not-a-number")
TWINS = dict(zip("АВЕКМНОРСТХасеорухіѕјԛԝᴏ", "ABEKMHOPCTXaceopyxisjqwo", strict=True)) | dict(
    zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ–—‐‑‒", "ABEZHIKMNOPTYX-----", strict=True)
)
