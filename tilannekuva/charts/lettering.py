"""A line of text whose place is known, drawn without matplotlib's layout of paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.text import Text

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase

__all__ = ["Lettering"]


class Lettering(Text):
    """One line, not turned, on its baseline. Layout takes two thirds of the time of a text."""

    left: float = 0.0
    """Where the line begins, in pixels of the sheet."""

    def draw(self, renderer: RendererBase) -> None:
        """Hand the letters to the renderer where they belong."""
        x, y = self.get_transform().transform((self.left, self.get_unitless_position()[1]))
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        gc = renderer.new_gc()
        gc.set_foreground(self.get_color())
        renderer.open_group("text", self.get_gid())
        font = self.get_fontproperties()
        renderer.draw_text(gc, x, y, self.get_text(), font, 0, ismath=False, mtext=self)
        renderer.close_group("text")
        gc.restore()
        self.stale = False
