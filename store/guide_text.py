"""The text of a guide: Markdown in, steps out. So phones need no Markdown, and what is no step is told to its writer.

A guide is one or more lists; every item is a step: its first paragraph is what to do, the rest is more about it. Headings and lines before the
first list are for who reads the source and are left out. HTML is text like any other (CommonMark, `html` off).
"""

from __future__ import annotations

from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

MOST_STEPS = 20
LONGEST_STEP = 200
LONGEST_MORE = 600
LISTS = ("ordered_list", "bullet_list")
SPOKEN = ("heading", "paragraph", *LISTS)

Step = dict[str, str]


@dataclass(frozen=True)
class NoSteps:
    """Why this text cannot be steps, as a code, and at which step (from 1; 0 where it is about the whole)."""

    code: str
    step: int = 0


def read_steps(markdown: str) -> list[Step] | NoSteps:
    """The steps, [{"text", "more"}]; or why there are none (`no_list`, `between`, `not_text`, `many_steps`, or a code of `_step`)."""
    blocks = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(markdown)).children
    lists = [block for block in blocks if block.type in LISTS]
    if any(block.type not in SPOKEN for block in blocks):
        return NoSteps("not_text")
    if not lists:
        return NoSteps("no_list")
    if any(block.type == "paragraph" for block in blocks[blocks.index(lists[0]) :]):
        return NoSteps("between")
    steps = [_step(item) for one in lists for item in one.children]
    if len(steps) > MOST_STEPS:
        return NoSteps("many_steps")
    wrong = next((NoSteps(step, place) for place, step in enumerate(steps, 1) if isinstance(step, str)), None)
    return wrong or [step for step in steps if isinstance(step, dict)]


def _step(item: SyntaxTreeNode) -> Step | str:
    """A step, or the code of what is wrong with it: `empty_step`, `not_text`, `long_step` or `long_more`."""
    if not item.children or item.children[0].type != "paragraph":
        return "empty_step"
    if any(node.type in ("image", "code_block", "fence", "table", "hr", "blockquote") for node in item.walk()):
        return "not_text"
    text = _said(item.children[0])
    more = "\n".join(line for block in item.children[1:] for line in _lines(block))
    if not text:
        return "empty_step"
    if len(text) > LONGEST_STEP:
        return "long_step"
    return "long_more" if len(more) > LONGEST_MORE else {"text": text, "more": more}


def _lines(block: SyntaxTreeNode) -> list[str]:
    if block.type in LISTS:
        return [f"– {' '.join(line for inner in item.children for line in _lines(inner))}" for item in block.children]
    return [_said(block)]


def _said(block: SyntaxTreeNode) -> str:
    """What is read, without marks; a line that was broken for the writer is one line."""
    parts = [" " if node.type in ("softbreak", "hardbreak") else node.content for node in block.walk() if not node.children and node.type in SAID]
    return "".join(parts).strip()


SAID = ("text", "code_inline", "softbreak", "hardbreak")
