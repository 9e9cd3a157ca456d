"""Floor 5: the document of facts, Markdown, HTML. No numbers of its own, no signs of its own."""
