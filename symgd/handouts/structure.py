"""The structure of a page: Markdown's tree with updates, cards for steps, and tables that say what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from symgd.handouts.formulas import Formulas

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


#: What stands for a picture until the page is made begins so.
FIGURE = "symgdfigure"
_FIGURE = re.compile(FIGURE + "[0-9a-f]{32}")
#: A table of more rows may not fit a sheet, and may be parted between them.
MOST_ROWS = 22
#: One of more columns is set smaller.
MOST_COLUMNS = 6
#: More characters in a row than this do not fit a sheet in letters of the usual size.
MOST_CHARACTERS = 60
#: What numbers are made of: they stand padded with room that takes many characters to write.
_FIGURES = re.compile(r"[\d.−]")


class Structure:
    """Markdown's tree made into a handout's: one h1, updates, cards for steps, tables that scroll, a footer.

    With `reveal`, the words of two buttons, the answers of each step and the pictures are folded behind them.
    """

    def __init__(self, formulas: Formulas, title: str, reveal: tuple[str, ...] = ()) -> None:
        """Nothing is changed yet."""
        self.formulas, self.title, self.reveal = formulas, title, reveal

    def run(self, root: Element) -> None:
        """Called by Markdown when the tree stands."""
        for node in list(root.iter("p")):
            if not len(node) and self.formulas.is_display(node.text):
                node.tag = "div"
                node.set("class", "eq")
            _keep_fields(node)
        for node in root.iter("h3"):
            _number_heading(node)
        self._one_title(root)
        self._tables(root)
        _gather(root)
        if self.reveal:
            self._fold(root)
        _updates(root)

    def _one_title(self, root: Element) -> None:
        titles = list(root.iter("h1"))
        for further in titles[1:]:
            further.tag = "h2"
        if self.title and not titles:
            heading = root.makeelement("h1", {})
            heading.text = self.title
            root.insert(0, heading)

    def _tables(self, root: Element) -> None:
        """Tables say what they are: their caption is the heading that they stand under."""
        heading = ""
        for node in list(root):
            if node.tag in ("h1", "h2", "h3"):
                heading = "".join(node.itertext())
            for table in list(node.iter("table")):
                _mark_cells(table)
                _wrap_table(table, "" if self.formulas.mark in heading else heading)

    def _fold(self, root: Element) -> None:
        """What a class is to find: all but the words of a card, and tables of results behind the first update."""
        cards = [node for node in root if node.get("class") == "step"]
        for card in cards:
            answers = list(card)[1 : 1 + self._answers(list(card)[1:])]
            self._folded(card, answers)
        behind = list(root)[list(root).index(cards[-1]) + 1 :] if cards else []
        for node in behind:
            if (node.get("class") or "").startswith("table"):
                self._folded(root, [node])
        for place, node in enumerate(behind):
            if node.tag == "p" and _FIGURE.fullmatch((node.text or "").strip()):
                picture, caption = behind[place : place + 2]
                title = "".join(name.itertext()) if (name := caption.find("strong")) is not None else ""
                self._folded(root, [picture, caption], self.reveal[1].replace("{title}", title))

    def _answers(self, parts: list[Element]) -> int:
        """How many parts of a card hold answers: all but the last paragraphs without a formula."""
        count = len(parts)
        while count and parts[count - 1].tag == "p" and self.formulas.mark not in "".join(parts[count - 1].itertext()):
            count -= 1
        return count

    def _folded(self, parent: Element, parts: list[Element], summary: str = "") -> None:
        if not parts:
            return
        details = parent.makeelement("details", {"class": "answer"})
        head = parent.makeelement("summary", {})
        head.text = summary or self.reveal[0]
        details.append(head)
        parent.insert(list(parent).index(parts[0]), details)
        for part in parts:
            parent.remove(part)
            details.append(part)


def _mark_cells(table: Element) -> None:
    """Heads say what they are heads of; the first cell of a row is its head."""
    for row in table.iterfind("tbody/tr"):
        row[0].tag = "th"
        row[0].set("scope", "row")
    for head in table.iterfind("thead/tr/th"):
        head.set("scope", "col")
    for cell in [*table.iter("th"), *table.iter("td")]:
        if side := cell.attrib.pop("align", ""):
            cell.set("class", side)


def _wrap_table(table: Element, caption: str) -> None:
    inner = table.makeelement("table", {})
    inner[:] = table[:]
    if caption:
        named = table.makeelement("caption", {"class": "unseen"})
        named.text = caption
        inner.insert(0, named)
    table.tag = "div"
    long = len(table.findall("tbody/tr")) > MOST_ROWS
    table.set("class", "table" + " long" * long + " wide" * _is_wide(table))
    table[:] = [inner]


#: A word and the line to write on behind it, whose signs Markdown has set aside.
_FIELD = re.compile("[^\\s\u00a0]+\u00a0(?:\u0002\\d+\u0003)+")


def _keep_fields(paragraph: Element) -> None:
    """A word stays whole, and with the line behind it: 日期 ____."""
    text = paragraph.text or ""
    fields = list(_FIELD.finditer(text))
    for place, field in enumerate(fields):
        kept = paragraph.makeelement("span", {"class": "keep"})
        end = fields[place + 1].start() if place + 1 < len(fields) else len(text)
        kept.text, kept.tail = field[0], text[field.end() : end]
        paragraph.insert(place, kept)
    if fields:
        paragraph.text = text[: fields[0].start()]


def _number_heading(heading: Element) -> None:
    """A circled digit in front becomes a number that the style puts into a circle."""
    text = (heading.text or "").lstrip()
    if not "①" <= text[:1] <= "⑳":
        return
    number = heading.makeelement("span", {"class": "num"})
    number.text, number.tail = str(ord(text[0]) - ord("①") + 1), f" {text[1:].lstrip()}"
    heading.text = None
    heading.insert(0, number)


def _gather(root: Element) -> None:
    """Put steps into cards, and paragraphs behind the last rule into a footer."""
    gathered: list[Element] = []
    target: list[Element] | Element = gathered
    children = list(root)
    for place, child in enumerate(children):
        wrapper = _wrapper(child, children[place + 1 :])
        if wrapper is not None:
            target = wrapper
            gathered.append(wrapper)
        elif child.tag in ("h1", "h2", "hr"):
            target = gathered
        target.append(child)
    root[:] = gathered


def _wrapper(child: Element, following: Iterable[Element]) -> Element | None:
    """The element that begins with this child, if one does."""
    if child.tag == "h3":
        return child.makeelement("section", {"class": "step"})
    if child.tag == "hr" and all(other.tag == "p" for other in following):
        return child.makeelement("footer", {})
    return None


def _updates(root: Element) -> None:
    """Put each heading with the cards of steps behind it into a section: an update."""
    gathered: list[Element] = []
    for child in list(root):
        last = gathered[-1] if gathered else None
        if child.get("class") == "step" and last is not None and last.tag == "h2":
            section = root.makeelement("section", {"class": "update"})
            section[:] = [last, child]
            gathered[-1] = section
        elif child.get("class") == "step" and last is not None and last.get("class") == "update":
            last.append(child)
        else:
            gathered.append(child)
    root[:] = gathered


def _is_wide(table: Element) -> bool:
    """Whether a table has so many columns, or so long numbers, that it is set smaller."""
    rows = [[len(_FIGURES.findall("".join(cell.itertext()))) for cell in row] for row in table.findall("tbody/tr")]
    widths: list[int] = [max(column) for column in zip(*rows, strict=False)]
    return len(table.findall("thead/tr/th")) > MOST_COLUMNS or sum(widths) > MOST_CHARACTERS
