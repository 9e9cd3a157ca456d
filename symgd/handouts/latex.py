"""A handout as a LaTeX document: its Markdown read into a tree, and each element written in LaTeX.

XeLaTeX and LuaLaTeX take it. Formulas go through as they are; everything else from outside is escaped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from string import Template
from urllib.parse import unquote

from symgd.handouts.formulas import Formulas, mathml

_PREAMBLE = Template(r"""% Made by symgd; for XeLaTeX or LuaLaTeX.
\documentclass[${size}pt,${paper}paper]{article}
\usepackage[margin=2.2cm]{geometry}
\usepackage{amsmath,amssymb,longtable,array,graphicx}
\usepackage{fontspec}
${fonts}\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6em}
\allowdisplaybreaks
% A new page where less than #1 is left.
\newcommand{\roomfor}[1]{\par\penalty-100\ifdim\dimexpr\pagegoal-\pagetotal\relax<#1\relax\newpage\fi}
\begin{document}
""")
_CHINESE = r"""\usepackage{xeCJK}
\setCJKmainfont{Noto Serif CJK TC}
"""


def greek() -> Iterator[tuple[str, str]]:
    """Greek letters that LaTeX has a command for, with its name."""
    for code in (*range(0x391, 0x3A9 + 1), *range(0x3B1, 0x3C9 + 1)):
        kind, _, word = unicodedata.name(chr(code), "").removeprefix("GREEK ").partition(" LETTER ")
        command = word.lower().replace("lamda", "lambda")
        if "FINAL" not in word and command in (_SMALL if kind == "SMALL" else _CAPITAL):
            yield chr(code), command if kind == "SMALL" else command.capitalize()


_SMALL = frozenset(
    (
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"),
        *("nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
    )
)
_CAPITAL = frozenset(("gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega"))
_SPECIAL: Mapping[int, str] = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        **{sign: rf"\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "−": "$-$",
        "≈": r"$\approx$",
        "×": r"$\times$",
        "→": r"$\to$",
        "↘": r"$\searrow$",
        "↗": r"$\nearrow$",
        "✓": r"$\checkmark$",
        "✗": r"$\times$",
        "\u00a0": "~",
        **{letter: rf"$\{command}$" for letter, command in greek()},
        **{chr(ord("①") + k): rf"\textcircled{{\scriptsize {k + 1}}}" for k in range(9)},
    }
)
#: How an element begins and ends.
_AROUND: Mapping[str, tuple[str, str]] = {
    "h1": ("\\section*{", "}\n\n"),
    "h2": ("\\roomfor{9\\baselineskip}\n\\subsection*{", "}\n\n"),
    "h3": ("\\roomfor{5\\baselineskip}\n\\subsubsection*{", "}\n\n"),
    "p": ("", "\n\n"),
    "strong": (r"\textbf{", "}"),
    "em": (r"\emph{", "}"),
    "code": (r"\texttt{", "}"),
    "ul": ("\\begin{itemize}\n", "\\end{itemize}\n\n"),
    "ol": ("\\begin{enumerate}\n", "\\end{enumerate}\n\n"),
    "li": (r"\item ", "\n"),
    "blockquote": ("\\begin{quote}\n", "\\end{quote}\n\n"),
    "hr": ("\\medskip\\hrule\\medskip\n\n", ""),
    "br": ("\\\\\n", ""),
}


def latex_document(markdown: str, *, language: str, paper: str = "a4", large_print: bool = False) -> str:
    r"""A complete document. `markdown` is a handout with formulas between dollar signs.

    >>> r"\section*{Down}" in latex_document("# Down", language="en")
    True
    """
    fonts = _CHINESE if language.startswith("zh") else ""
    head = _PREAMBLE.substitute(size=12 if large_print else 11, paper=paper, fonts=fonts)
    large = "\\Large\n" if large_print else ""
    return head + large + latex_body(markdown) + "\n\\end{document}\n"


def latex_body(markdown: str) -> str:
    r"""What stands in a document.

    >>> latex_body("a **bold** $x_1$")
    'a \\textbf{bold} $x_1$'
    """
    from markdown import Markdown

    formulas = Formulas(markdown)
    converter = Markdown(extensions=["tables"], extension_configs={"tables": {"use_align_attribute": True}})
    converter.ESCAPED_CHARS.extend("$~|")
    writer = _Writer(formulas)
    writer.feed(converter.convert(formulas.text))
    writer.close()
    body = re.sub(r"(?m)^~$", lambda _: _ROOM, "".join(writer.parts))
    return re.sub(r"\n{3,}", "\n\n", body).strip()


#: A line to write on, as far from the one before as a hand needs.
_ROOM = r"\rule{0pt}{1.6em}\dotfill"


class _Writer(HTMLParser):
    """Writes elements as they come; a table waits until all its cells are there."""

    def __init__(self, formulas: Formulas) -> None:
        super().__init__()
        self.token = re.compile(rf"{formulas.mark}n(\d+)e")
        self.found, self.parts = formulas.found, list[str]()
        self.rows: list[list[str]] | None = None
        self.sides: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        if tag == "img":
            self.write(_picture(dict(attrs).get("src") or ""))
        elif tag == "table":
            self.rows, self.sides = [], []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("th", "td") and self.rows is not None:
            self.rows[-1].append("")
            if len(self.rows) == 1:
                self.sides.append({"right": "r", "center": "c"}.get(dict(attrs).get("align") or "", "l"))
        elif tag in _AROUND:
            self.write(_AROUND[tag][0])

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag == "table" and self.rows is not None:
            rows, self.rows = self.rows, None
            self.write(_table(rows, self.sides))
        elif tag in _AROUND:
            self.write(_AROUND[tag][1])

    def handle_data(self, data: str) -> None:
        """Text, with the tokens of formulas in it."""
        place = 0
        for match in self.token.finditer(data):
            self.write(self.plain(data[place : match.start()]))
            latex, display = self.found[int(match[1])]
            self.write(_formula(latex, display))
            place = match.end()
        self.write(self.plain(data[place:]))

    def plain(self, text: str) -> str:
        """Text of the page; between the elements of a table blanks mean nothing."""
        return text.translate(_SPECIAL) if self.rows is None or text.strip() else ""

    def write(self, text: str) -> None:
        """To the page, or to the cell that is open."""
        if self.rows is None:
            self.parts.append(text)
        elif self.rows and self.rows[-1]:
            self.rows[-1][-1] += text


#: A file beside the document: no folder, and no sign that LaTeX takes for something else.
_FILE = re.compile(r"\w[\w.-]*\.(?:pdf|png|jpe?g)")


def _picture(source: str) -> str:
    """A picture across the page, as high as half of it at most, on the page of its caption; others are left out."""
    name = unquote(source)
    if not _FILE.fullmatch(name):
        return ""
    size = r"width=0.85\linewidth,height=0.45\textheight,keepaspectratio"
    return rf"\begin{{center}}\includegraphics[{size}]{{\detokenize{{{name}}}}}\par\nopagebreak\end{{center}}"


#: Tables of more columns are set smaller and closer.
_CLOSER: Mapping[int, str] = {
    8: "\\begingroup\\scriptsize\\setlength{\\tabcolsep}{1.5pt}",
    6: "\\begingroup\\small\\setlength{\\tabcolsep}{4pt}",
}

#: What defines commands: the page's own reader takes it, but LaTeX would let it reach further.
_DEFINES = re.compile(r"\\(?:(?:re|provide)?newcommand|renewcommand|def|let|global|gdef|edef|xdef)(?![A-Za-z])")


def _formula(latex: str, display: bool) -> str:
    """A formula; one that the page's reader refuses is shown as its source: LaTeX can read and write files."""
    if _DEFINES.search(latex) or mathml(latex, display=display).startswith("<code>"):
        return rf"\texttt{{{latex.strip().translate(_SPECIAL)}}}"
    return f"\\[\n{latex.strip()}\n\\]" if display else f"${latex}$"


def _table(rows: list[list[str]], sides: list[str]) -> str:
    """A table that may go over pages, its head on each; its blanks are narrower than those of a line."""
    if not rows:
        return ""
    closer = next((written for columns, written in _CLOSER.items() if len(sides) > columns), "")
    head, *body = (" & ".join(cell.strip().replace("{4em}", "{3em}") for cell in row) + r" \\" for row in rows)
    lines = [
        *([closer] if closer else []),
        rf"\begin{{longtable}}{{{''.join(sides)}}}",
        r"\hline",
        head,
        r"\hline",
        r"\endhead",
        *body,
        r"\hline",
    ]
    return "\n".join([*lines, r"\end{longtable}", *([r"\endgroup"] if closer else []), "", ""])
